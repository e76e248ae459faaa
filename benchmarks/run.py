"""Run the benchmarks, or those named, and make the page anew: ``python benchmarks/run.py [NAME...]``.

``page`` as the only name measures nothing and makes the page from what is kept.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pages import ORDER, write_page


def main(names: list[str]) -> int:
    unknown = set(names) - {*ORDER, "page"}
    if unknown:
        print(f"no benchmark is called {', '.join(sorted(unknown))}: there are {', '.join(ORDER)}")
        return 2
    # A process each: what one loads or leaves in memory is not measured by the next.
    failed = [name for name in names or ORDER if name != "page" and measured(name)]
    print(write_page())
    if failed:
        print(f"not measured: {', '.join(failed)}")
    return 1 if failed else 0


def measured(name: str) -> int:
    """Measure one; the exit code of its process."""
    return subprocess.run([sys.executable, Path(__file__).with_name(f"{name}.py")], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
