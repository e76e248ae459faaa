"""``findings.json`` and ``sightings.csv`` of the made-up case: their schema, the golden file, each other."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from fakes import cases
from samegoods.edges.case.document import SIGHTINGS_HEAD, sighting_cells
from samegoods.records import Comparison, Verdict
from samegoods.results import comparison_document, schema
from samegoods.results.parts import SightingPart

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_make", GOLDEN / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def case(make: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = make.made_case(tmp_path_factory.mktemp("findings"))
    return folder


@pytest.fixture
def document(case: Path) -> dict[str, Any]:
    return json.loads((case / "findings.json").read_text())


@pytest.mark.parametrize("name", ["findings", "comparison", "read"])
def test_the_published_schema_is_what_the_code_says(make: ModuleType, name: str) -> None:
    published = make.SCHEMAS / f"{name}.schema.json"
    assert published.read_text() == make.schema_text(name), "run tests/golden/make.py"
    Draft202012Validator.check_schema(schema(name))


def test_the_findings_obey_their_schema(document: dict[str, Any]) -> None:
    Draft202012Validator(schema("findings")).validate(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("findings", 0, "low"), 1.2),
        (("items", 0, "packaging", "call"), "similar"),
        (("sightings", 0, "quad"), [[0, 0], [1, 0], [1, 1]]),
        (("sources", 0, "status"), None),
    ],
)
def test_the_schema_refuses_what_is_wrong(document: dict[str, Any], path: tuple[Any, ...], value: object) -> None:
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ValidationError):
        Draft202012Validator(schema("findings")).validate(document)


def test_the_findings_are_the_golden_ones(make: ModuleType, case: Path) -> None:
    assert make.golden_text(case) == (GOLDEN / "findings.json").read_text(), "run tests/golden/make.py"


# The fields that the contract with the users names; more may be there.
CONTRACT = {
    "sources": "id path sha256 kind site captured_at status reason",
    "sightings": "id source time_s product version score margin quad candidates item",
    "items": "id product version site views evidence packaging quality",
    "findings": "product site in_scope rule items same different cannot_tell share_different low high method",
}


@pytest.mark.parametrize("part", CONTRACT)
def test_every_field_of_the_contract_is_there(document: dict[str, Any], part: str) -> None:
    assert document[part]
    for entry in document[part]:
        assert set(CONTRACT[part].split()) <= set(entry)
    assert {"schema", "campaign", "made_at", "software", *CONTRACT} <= set(document)
    assert document["schema"] == "samegoods/findings/1"


def test_the_parts_fit_together(document: dict[str, Any]) -> None:
    sources = {source["id"] for source in document["sources"]}
    items = {item["id"]: item for item in document["items"]}
    assert {sighting["source"] for sighting in document["sightings"]} <= sources
    assert {sighting["item"] for sighting in document["sightings"]} == set(items)
    for finding in document["findings"]:
        here = [i for i in items.values() if (i["product"], i["site"]) == (finding["product"], finding["site"])]
        assert [i["call"] for i in here].count("different") == finding["different"]
        assert [i["call"] for i in here].count("same") == finding["same"]
    photo = next(s for s in document["sightings"] if s["source"].endswith(".jpg"))
    assert photo["time_s"] is None


def test_the_table_has_a_row_for_each_sighting(case: Path, document: dict[str, Any]) -> None:
    with (case / "sightings.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["id"] for row in rows] == [sighting["id"] for sighting in document["sightings"]]
    first, meant = rows[0], document["sightings"][0]
    assert [float(first["top_left_x"]), float(first["bottom_left_y"])] == [
        meant["quad"][0][0],
        meant["quad"][3][1],
    ]
    assert {row["captured_at"] for row in rows if "undated" in row["path"]} == {""}


@pytest.mark.parametrize(
    ("path", "cell"),
    [
        ("=cmd|' /C calc'!A0.mp4", "'=cmd|' /C calc'!A0.mp4"),
        ("-2+3.mp4", "'-2+3.mp4"),
        ("+1.mp4", "'+1.mp4"),
        ("@SUM(A1).mp4", "'@SUM(A1).mp4"),
        ("\t=1.mp4", "'\t=1.mp4"),
        ('a=b, "c"\nd.mp4', 'a=b, "c"\nd.mp4'),
    ],
)
def test_no_cell_of_the_table_is_a_formula_and_numbers_stay_numbers(
    document: dict[str, Any], path: str, cell: str
) -> None:
    seen = SightingPart.model_validate(document["sightings"][0] | {"quad": [[-4.5, 3.0]] * 4})
    table = io.StringIO()
    csv.writer(table).writerows([SIGHTINGS_HEAD, sighting_cells(seen, path=path, site="here", captured_at=None)])
    (row,) = csv.DictReader(io.StringIO(table.getvalue(), newline=""))
    assert (row["path"], row["captured_at"]) == (cell, "")
    assert (row["top_left_x"], row["top_left_y"]) == ("-4.5", "3.0")


def test_a_comparison_is_a_document_too() -> None:
    pack = cases.no_seal("heron-filter")
    made = comparison_document(Comparison("domestic", pack.packaging, Verdict("same", "alike")))
    Draft202012Validator(schema("comparison")).validate(made)
    assert (made["schema"], made["call"], made["quality"]["call"]) == (
        "samegoods/comparison/1",
        "different",
        "same",
    )
    (difference,) = made["packaging"]["differences"]
    assert (difference["kind"], difference["region"][0]) == ("mark", [178.0, 98.0])
