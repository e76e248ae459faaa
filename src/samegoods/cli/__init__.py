"""The command line. Every command loads what it needs when it runs, so that ``--help`` is instant."""

from samegoods.cli.group import main

__all__ = ["main"]
