"""The tables of a case: the same as its findings, one definition of the columns, safe in a spreadsheet, streamed."""

from __future__ import annotations

import csv
import json
import shutil
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from pyarrow import parquet, types

from fakes import cases
from fakes import custody as fakes
from samegoods import wiring
from samegoods.edges.case import inspect
from samegoods.edges.case.holdings import holdings
from samegoods.edges.tables import write_tables
from samegoods.errors import CaseError
from samegoods.results.review import Wish
from samegoods.results.tables import FILES, TABLES, Kind
from samegoods.wiring.custody import NO_SEAL
from samegoods.wiring.publishing import republish

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of all kinds of outcome with decisions of two people, published."""
    folder = tmp_path_factory.mktemp("tables")
    case = fakes.finished_case(folder)
    fakes.decided_on(case)
    seal = {"kind": "mark", "reference": "camellia-biscuits/export/front", "region": ((1.5, 2), (9, 2), (9, 7))}
    with fakes.opened(case, None, now=fakes.clock(day=22)) as store:
        wish = Wish(decision="correct", axis="packaging", call="different", remark="no seal", **seal)
        store.decide(wish, source="s-gate-2.mp4", item="s-gate-2.mp4-i0", by="Ben")
        cases.publish(store, cases.campaign(folder / "campaign"))
        store.conclude()
    return case


@pytest.fixture(scope="module")
def document(decided: Path) -> dict[str, Any]:
    return json.loads((decided / "findings.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder(decided: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    assert write_tables(decided / "findings.json", folder) == FILES
    return folder


def spreadsheet(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"tables/{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    return parquet.read_table(folder / f"tables/{name}.parquet").to_pylist()


def test_every_pack_difference_source_and_decision_has_a_row(folder: Path, document: dict[str, Any]):
    items = document["items"]
    assert [(row["source"], row["id"]) for row in table(folder, "items")] == [
        (one["source"], one["id"]) for one in items
    ]
    told = sum(len(one[axis]["differences"]) for one in items for axis in ("packaging", "quality"))
    assert len(table(folder, "differences")) == told > 3
    assert [row["n"] for row in table(folder, "reviews")] == [one["n"] for item in items for one in item["reviews"]]
    assert [row["id"] for row in table(folder, "sources")] == [one["id"] for one in document["sources"]]
    assert len(table(folder, "shares")) == len(document["statistics"]["shares"])


def test_the_counts_are_those_of_the_findings(folder: Path, document: dict[str, Any]):
    rows = table(folder, "findings")
    assert len(rows) == 3 * len(document["findings"])
    for row in rows:
        places = (row["product"], row["site"])
        (meant,) = (one for one in document["findings"] if (one["product"], one["site"]) == places)
        tally = meant if row["counted"] == "order" else meant["axes"][row["counted"]]
        for name in ("same", "different", "cannot_tell", "share_different", "low", "high", "visits"):
            assert row[name] == tally[name]
        assert row["bounds_low"] == (tally["bounds"] or {}).get("low")
        assert row["rule"] == meant["rule"]


@pytest.mark.parametrize("of", TABLES, ids=lambda of: of.name)
def test_both_files_of_a_table_say_the_same(folder: Path, of: Any):
    people, programs = spreadsheet(folder, of.name), table(folder, of.name)
    names = [one.name for one in of.columns]
    assert len(people) == len(programs)
    for row, same in zip(people, programs, strict=True):
        assert list(row) == list(same) == names
        for column in of.columns:
            cell, value = row[column.name], same[column.name]
            match column.kind:
                case "count" | "number" | "amount":
                    assert (None if cell == "" else float(cell)) == value
                case "time":
                    assert (None if cell == "" else datetime.fromisoformat(cell)) == value
                case "flag":
                    assert cell == {True: "true", False: "false", None: ""}[value]
                case "texts" | "points":
                    assert json.loads(cell) == value
                case _:
                    assert cell == (value or "")


@pytest.mark.parametrize("of", TABLES, ids=lambda of: of.name)
def test_no_column_is_empty_in_all_rows_for_a_wrong_name(folder: Path, document: dict[str, Any], of: Any):
    """A column whose name fits no field would be empty in every row, and nobody would see it."""
    fills = {
        "findings": {"corrected_share", "corrected_low", "corrected_high", "corrected_method", "corrected_reviewed"},
        "items": {"offer_amount", "offer_currency", "offer_unit_price", "offer_unit"},
        "differences": {"letters"},
        "shares": {"corrected_share", "corrected_low", "corrected_high", "corrected_method", "corrected_reviewed"},
    }
    rows = table(folder, of.name)
    empty = {one.name for one in of.columns if all(row[one.name] is None for row in rows)}
    assert empty <= fills.get(of.name, set()) or not rows


def test_types_are_their_own(folder: Path):
    of = {one.name: one.type for one in parquet.read_schema(folder / "tables/items.parquet")}
    assert str(of["captured_at"]) == "timestamp[us, tz=UTC]"
    assert types.is_list(of["evidence"])
    assert types.is_boolean(of["in_scope"])
    row = next(one for one in table(folder, "items") if one["path"].endswith("gate-1.mp4"))
    assert row["captured_at"] == datetime(2026, 7, 9, 1, 30, tzinfo=UTC)
    assert {kind for one in TABLES for kind in (column.kind for column in one.columns)} == set(get_args(Kind))


@pytest.mark.parametrize("begin", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠x"])
def test_no_cell_is_a_formula(document: dict[str, Any], tmp_path: Path, begin: str):
    changed = json.loads(json.dumps(document))
    for one in changed["sources"]:
        one["path"] = begin
    for item in changed["items"]:
        for one in item["reviews"]:
            one["remark"] = begin
    lines = [f'"{name}": {json.dumps(value)}' for name, value in changed.items() if not isinstance(value, list)]
    for name, value in changed.items():
        if isinstance(value, list):
            lines += [f'"{name}": [', *(f"  {json.dumps(one)}," for one in value), "],"]
    lines.sort(key=lambda line: not line.startswith('"campaign"'))
    (tmp_path / "findings.json").write_text("\n".join(lines), encoding="utf-8")
    write_tables(tmp_path / "findings.json", tmp_path)
    assert {row["path"] for row in spreadsheet(tmp_path, "sources")} == {f"'{begin}"}
    assert {row["remark"] for row in spreadsheet(tmp_path, "reviews")} == {f"'{begin}"}
    assert {row["path"] for row in table(tmp_path, "sources")} == {begin}, "for programs it is as it was"


def test_korean_opens_right_in_a_spreadsheet(decided: Path, folder: Path, tmp_path: Path):
    raw = (folder / "tables/items.csv").read_bytes()
    assert raw.startswith("\ufeffsource,".encode())
    named = (decided / "findings.json").read_text(encoding="utf-8").replace("Songsin Market", "송신시장")
    (tmp_path / "findings.json").write_text(named, encoding="utf-8")
    write_tables(tmp_path / "findings.json", tmp_path)
    assert "송신시장" in {row["site_name"] for row in spreadsheet(tmp_path, "findings")}


def test_the_same_findings_give_the_same_bytes(decided: Path, folder: Path, tmp_path: Path):
    write_tables(decided / "findings.json", tmp_path)
    assert {one: (tmp_path / one).read_bytes() for one in FILES} == {one: (folder / one).read_bytes() for one in FILES}


@pytest.mark.parametrize(
    "broken", ['"items": [\n  {"id": \n]', '"items": [\n  {"id": "x"}\n]', '"sources": [\n  7\n]']
)
def test_what_is_no_findings_is_refused(tmp_path: Path, broken: str):
    (tmp_path / "findings.json").write_text(broken, encoding="utf-8")
    with pytest.raises(CaseError, match="is not in the form that samegoods report writes"):
        write_tables(tmp_path / "findings.json", tmp_path)


def test_ten_times_the_packs_take_no_more_memory(decided: Path, tmp_path: Path):
    lines = (decided / "findings.json").read_text(encoding="utf-8").splitlines()
    start, end = lines.index('"items": ['), lines.index('"findings": [')
    peaks = []
    for times in (400, 4000):
        items = [f"{line.rstrip(',')}," for line in lines[start + 1 : end - 1]] * (times // 10)
        (tmp_path / "findings.json").write_text("\n".join([*lines[: start + 1], *items, "],", *lines[end:]]))
        del items
        tracemalloc.start()
        write_tables(tmp_path / "findings.json", tmp_path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert len(spreadsheet(tmp_path, "items")) >= 4000
    assert peaks[1] < 2 * peaks[0] + 3_000_000, peaks


def test_a_report_puts_the_tables_into_the_case_and_its_log(decided: Path, tmp_path: Path):
    case = Path(shutil.copytree(decided, tmp_path / "case"))
    key = fakes.key_file(tmp_path)
    wiring.report(case, signing_key=key)
    proof = wiring.verify(case)
    assert proof.state == "holds"
    assert sorted(one.relative_to(case).as_posix() for one in (case / "tables").iterdir()) == sorted(FILES)
    assert not [one for one in holdings(case) if one.problem]
    log = (case / "custody.jsonl").read_bytes()
    wiring.report(case, signing_key=key)
    assert (case / "custody.jsonl").read_bytes() == log
    with (case / "tables/items.csv").open("a", encoding="utf-8") as stream:
        stream.write("more\n")
    (case / "tables/other.csv").write_text("x")
    proof = wiring.verify(case)
    assert str(proof.problems[0]).startswith("tables/items.csv: is not the file that was published")
    assert "tables/other.csv is no part of the case, and nothing vouches for it" in proof.notes
    wiring.report(case, signing_key=key)
    assert wiring.verify(case).state == "holds"
    wiring.export(case, tmp_path / "case.zip", signing_key=key)
    assert wiring.verify(tmp_path / "case.zip").state == "holds"


def test_tables_that_are_elsewhere_are_a_problem(decided: Path, tmp_path: Path):
    case = Path(shutil.copytree(decided, tmp_path / "case"))
    (tmp_path / "elsewhere").mkdir()
    (case / "tables").symlink_to(tmp_path / "elsewhere")
    held, _ = inspect(case)
    assert "tables: is a link: a case has none" in map(str, held.problems)


def test_a_table_that_holds_bytes_is_not_taken_for_text(tmp_path: Path, decided: Path):
    import pyarrow as arrow

    case = Path(shutil.copytree(decided, tmp_path / "case"))
    (case / "tables").mkdir()
    parquet.write_table(arrow.table({"face": [b"\x89PNG"], "name": ["x"]}), case / "tables/items.parquet")
    (case / "tables/prices.parquet").write_bytes(b"PAR1")
    told = {one.path: one.problem for one in holdings(case) if one.path.startswith("tables/")}
    assert told["tables/items.parquet"] == "values that are no text in: face"
    assert str(told["tables/prices.parquet"]).startswith("it is no table")


def test_what_a_killed_run_left_goes_and_the_tables_come(
    decided: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fakes.without_audit(monkeypatch)
    case = Path(shutil.copytree(decided, tmp_path / "case"))
    (case / "results.part" / "tables").mkdir(parents=True)
    (case / "results.part" / "tables" / "items.csv").write_text("half")
    assert wiring.verify(case).state == "unfinished"
    with fakes.opened(case, None) as store:
        republish(store, NO_SEAL)
    assert wiring.verify(case).state == "holds"
    assert not (case / "results.part").exists()


def page() -> str:
    """What the page says of the tables."""
    said = []
    for one in TABLES:
        said.append(f"## `{one.name}`\nA row: {one.about}.\n\n| column | is | says |\n| --- | --- | --- |")
        said[-1] += "".join(f"\n| `{column.name}` | {column.kind} | {column.about} |" for column in one.columns)
    return "\n\n".join(said)


def test_the_page_on_the_tables_tells_every_column():
    assert PAGE.read_text(encoding="utf-8").endswith(f"{page()}\n"), "write docs/tables.md anew from page()"
