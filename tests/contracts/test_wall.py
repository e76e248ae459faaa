"""The privacy wall in the source: one function makes crops."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "samegoods"
WALL, RECORDS = SOURCE / "stages" / "keep.py", SOURCE / "records" / "goods.py"


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def mentions(path: Path, name: str) -> list[ast.AST]:
    """Every use of a name, as itself, as an attribute, in an import or as text."""
    found: list[ast.AST] = []
    for node in nodes(path):
        names = [getattr(node, key, None) for key in ("id", "attr", "name", "value")]
        if name in [n for n in names if isinstance(n, str)]:
            found.append(node)
    return found


def calls(path: Path, name: str) -> list[str]:
    """The functions in which ``name(...)`` is called."""
    return [
        function.name
        for function in nodes(path)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and name in (getattr(node.func, "id", None), getattr(node.func, "attr", None))
    ]


def test_only_the_wall_knows_the_warrant():
    knows = {path for path in SOURCE.rglob("*.py") if mentions(path, "_WARRANT")}
    assert knows == {WALL, RECORDS}


def test_crops_are_made_in_one_place():
    """And by a crop itself, which can only show less."""
    made = {path: calls(path, "Crop") for path in SOURCE.rglob("*.py")}
    assert {path: where for path, where in made.items() if where} == {WALL: ["_cut"], RECORDS: ["without"]}


def test_nothing_takes_a_crop_apart_to_make_another():
    """References that are read late are filled in where no crop is known."""
    late = SOURCE / "edges" / "catalogue" / "deferred.py"
    assert not mentions(late, "Crop")
    for path in SOURCE.rglob("*.py"):
        for call in ("__setattr__", "__new__"):
            assert path in (RECORDS, late) or not mentions(path, call), path


def test_pictures_are_put_by_the_evidence_alone():
    """Which takes crops and references and nothing else; the doctor tries a service with its own address."""
    puts = {path.relative_to(SOURCE).as_posix(): calls(path, "put_once") for path in SOURCE.rglob("*.py")}
    assert {path: set(where) for path, where in puts.items() if where} == {
        "edges/case/evidence.py": {"_put"},
        "wiring/doctoring/storage.py": {"_objects"},
    }
    made = {path.relative_to(SOURCE).as_posix(): calls(path, "Ready") for path in SOURCE.rglob("*.py")}
    assert {path: where for path, where in made.items() if where} == {
        "edges/case/evidence.py": ["ready", "keep_crop"],
    }
