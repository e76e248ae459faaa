"""The house rules that no other tool checks: sizes, names that say nothing, broad excepts, hosts in locks."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "src").rglob("*.py"))
FILE_LINES = 300
FUNCTION_LINES = 50
SAY_NOTHING = {"utils", "helpers", "manager", "data", "info", "process", "misc", "common"}
ENGINES_EDGE = ROOT / "src" / "samegoods" / "edges" / "engines"
MIGRATIONS = ROOT / "src" / "samegoods" / "edges" / "case" / "migrations" / "versions"
"""A step that makes all tables is a list of columns, and is never changed once it is released."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "src").as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function without its docstring, which may be as long as it needs to be."""
    docstring = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    spent = 0 if docstring is None else (docstring.end_lineno or 0) - docstring.lineno + 1
    return (function.end_lineno or 0) - function.lineno + 1 - spent


def is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in ("Exception", "BaseException") for kind in kinds)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_can_be_read_in_one_go(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES


@pytest.mark.parametrize("path", [file for file in FILES if MIGRATIONS not in file.parents], ids=name_of)
def test_a_function_fits_on_a_screen(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = {function.name: body_lines(function) for function in functions(tree)}
    assert {name: lines for name, lines in long.items() if lines > FUNCTION_LINES} == {}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_an_except_names_what_it_expects(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    broad = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.ExceptHandler) and is_broad(n)]
    if ENGINES_EDGE not in path.parents:
        assert broad == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_is_checked_by_assert(path: Path):
    """``python -O`` leaves them out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_module_has_a_docstring_and_a_name_that_says_something(path: Path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert path.stem not in SAY_NOTHING


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: path.name)
def test_locks_pin_by_hash_and_name_no_host(lock: Path):
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"https?:|//|--(extra-)?index|--find-links", text)
    pinned = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==[^\s;]+(?: ; [^\\\n]+)? \\$", text, re.MULTILINE)
    named = re.findall(r"^[^\s#].*$", text, re.MULTILINE)
    assert pinned == named
    assert text.count("--hash=sha256:") >= len(pinned)


WHOLE = [path for path in sorted(ROOT.glob("requirements*.lock")) if not path.with_suffix(".in").exists()]
"""The locks that are installed with all that they depend on; the others bring single packages, and no OpenCV."""


def test_packages_that_are_installed_alone_bring_no_opencv():
    for lock in set(ROOT.glob("requirements*.lock")) - set(WHOLE):
        assert not re.search(r"^opencv", lock.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("lock", WHOLE, ids=lambda path: path.name)
def test_locks_pin_one_opencv(lock: Path):
    """Two wheels of OpenCV write over each other's files, and it is chance which one is then imported."""
    pinned = re.findall(r"^(opencv[\w-]*)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned == ["opencv-python-headless"]


@pytest.mark.parametrize(("lock", "groups"), [("requirements", ["build"]), ("requirements-dev", ["build", "dev"])])
def test_locks_pin_all_that_the_project_asks_for(lock: str, groups: list[str]):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = list(project["project"]["dependencies"])
    for group in groups:
        asked += project["dependency-groups"][group]
    names = {re.split(r"[<>=!~\[; ]", one)[0] for one in asked if isinstance(one, str)}
    pinned = re.findall(r"^([\w.-]+)[\[=]", (ROOT / f"{lock}.lock").read_text(encoding="utf-8"), re.MULTILINE)
    assert names - set(pinned) == set()


@pytest.mark.parametrize("broken", ["except:", "except Exception:", "except (OSError, BaseException):"])
def test_the_check_of_excepts_sees_a_broad_one(broken: str):
    tree = ast.parse(f"try:\n    pass\n{broken}\n    pass")
    assert any(isinstance(node, ast.ExceptHandler) and is_broad(node) for node in ast.walk(tree))


def test_the_check_of_length_leaves_out_the_docstring_alone():
    (function,) = functions(ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    x = 1\n    return x'))
    assert body_lines(function) == 3
