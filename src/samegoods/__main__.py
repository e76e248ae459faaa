"""``python -m samegoods``: the commands."""

from samegoods.cli import main

if __name__ == "__main__":
    main(prog_name="samegoods")
