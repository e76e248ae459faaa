"""Copies of a case: the same log, rows and files wherever they go, and nothing that looks whole before it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakes import custody as fakes
from fakes import ground
from fakes.forms import taken_back
from fakes.postgres import asked, fresh, text_of
from samegoods import wiring
from samegoods.cli import main
from samegoods.custody import Proof
from samegoods.edges.case import InPostgres, copying, inspect
from samegoods.errors import CaseError, CustodyError
from samegoods.results.review import Wish
from samegoods.wiring.copying import copy, held_by


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case with all kinds of outcome, decisions and a report from the ground."""
    folder = fakes.copied_case(tmp_path)
    fakes.decided_on(folder)
    with fakes.opened(folder, None, now=fakes.clock(day=22)) as store:
        ground.reported(store, photos=1)
        store.conclude()
    return folder


@pytest.fixture
def address(postgres: str) -> InPostgres:
    return fresh(postgres)


def own(folder: Path) -> dict[str, bytes]:
    """The files of a case but those of its data base."""
    found = {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    return {name: content for name, content in found.items() if not name.startswith("case.")}


def test_a_case_goes_to_postgres_and_on_and_back_and_stays_the_same(
    case: Path, address: InPostgres, postgres: str, tmp_path: Path
):
    second = fresh(postgres)
    way: list[tuple[str | Path, str | Path, Path | None]] = [
        (case, text_of(address), tmp_path / "first"),
        (text_of(address), text_of(second), tmp_path / "second"),
        (text_of(second), tmp_path / "back", None),
        (tmp_path / "back", tmp_path / "again", None),
    ]
    meant = held_by(inspect(case)[0])
    for source, target, results in way:
        made = copy(source, target, results=results)
        assert (made.done, made.proof.state) == (True, "holds")
        held, beside = inspect(target)
        assert held_by(held) == meant
        assert beside == ()
        assert own(results or Path(target)) == own(case)
    with fakes.opened(second, None, now=fakes.clock(day=23)) as store:  # and goes on, under its own key
        store.decide(Wish(decision="agree"), source="s-gate-2.mp4", item="s-gate-2.mp4-i0", by="Eva")
    assert wiring.verify(text_of(second)).state == "holds"
    assert wiring.verify(case).state == "holds"


def test_a_case_of_an_earlier_release_gets_the_newest_form(case: Path, tmp_path: Path):
    taken_back(case / "case.db", "0006")
    copy(case, tmp_path / "target")
    with closing(sqlite3.connect(case / "case.db")) as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [("0006",)], "it was left as it is"
    assert held_by(inspect(tmp_path / "target")[0]) == held_by(inspect(case)[0])


@pytest.mark.parametrize("to", ["folder", "postgres"])
def test_a_dry_run_says_what_would_be_copied_and_copies_nothing(
    case: Path, address: InPostgres, tmp_path: Path, to: str
):
    results = tmp_path / "results" if to == "postgres" else None
    target = tmp_path / "target" if to == "folder" else text_of(address)
    before = sorted(tmp_path.iterdir())
    would = copy(case, target, results=results, dry_run=True)
    assert not would.done
    assert would.files == len(own(case)) - 1, "all but the log, which is counted in entries"
    assert sorted(tmp_path.iterdir()) == before
    assert asked(address, f"SELECT 1 FROM pg_namespace WHERE nspname LIKE '{address.schema}%'") == []


@pytest.mark.parametrize("where", ["_begun", "_copy_table", "_written", "first rename"])
def test_an_interrupted_copy_to_postgres_leaves_no_case_and_the_next_begins_anew(
    case: Path, address: InPostgres, tmp_path: Path, where: str
):
    results = tmp_path / "results"
    with pytest.MonkeyPatch.context() as patch:
        if where == "first rename":
            patch.setattr("samegoods.wiring.copying._refuse_another", _interrupt)
        else:
            patch.setattr(copying, where, _interrupt)
        with pytest.raises(KeyboardInterrupt):
            copy(case, text_of(address), results=results)
    with pytest.raises(CaseError, match="there is no case here"):
        wiring.verify(text_of(address))
    assert copy(case, text_of(address), results=results).done
    assert wiring.verify(text_of(address)).state == "holds"


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("where", ["_copy_table", "_written"])
def test_an_interrupted_copy_to_a_folder_leaves_none_and_the_next_begins_anew(case: Path, tmp_path: Path, where: str):
    target = tmp_path / "target"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, where, _interrupt)
        with pytest.raises(KeyboardInterrupt):
            copy(case, target)
    assert not target.exists()
    assert copy(case, target).done
    assert sorted(one.name for one in tmp_path.iterdir() if "copying" in one.name) == []


def changed_row(case: Path) -> None:
    with closing(sqlite3.connect(case / "case.db")) as db, db:
        db.execute("UPDATE items SET views = 99")


def lost_picture(case: Path) -> None:
    next((case / "evidence").rglob("*.png")).unlink()


def unfinished(case: Path) -> None:
    with fakes.opened(case, None) as store:
        store.record("run", {"swept": []})


@pytest.mark.parametrize("fault", [changed_row, lost_picture, unfinished])
def test_a_case_that_does_not_hold_is_not_copied(case: Path, tmp_path: Path, fault: Callable):
    fault(case)
    with pytest.raises(CustodyError, match="is not copied, since it does not hold: "):
        copy(case, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_a_picture_that_changes_while_it_is_copied_is_noticed(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    copy_rows = copying.copy_rows

    def meanwhile(*words: object) -> None:
        copy_rows(*words)
        next((case / "evidence").rglob("*.png")).write_bytes(b"another")

    monkeypatch.setattr(copying, "copy_rows", meanwhile)
    with pytest.raises(CaseError, match="was changed while it was copied: try again"):
        copy(case, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_nothing_that_is_there_is_written_over(case: Path, address: InPostgres, tmp_path: Path):
    there = tmp_path / "there"
    there.mkdir()
    in_the_way = tmp_path / "new.copying"
    in_the_way.mkdir()
    asked(
        address, f'CREATE SCHEMA "{address.schema}_copying"; CREATE TABLE "{address.schema}_copying".mine (n integer)'
    )
    for target, results, said in (
        (there, None, "is there already: name a folder that is not"),
        (tmp_path / "new", None, "is in the way: move it elsewhere"),
        (tmp_path / "new2", tmp_path / "results", "leave --results out"),
        (text_of(address), None, "give a folder for the results and the pictures with --results"),
        (text_of(address), there, "is there already: name a folder that is not"),
        (text_of(address), tmp_path / "results", r"_copying: is in the way: name another \?schema="),
    ):
        with pytest.raises(CaseError, match=said):
            copy(case, target, results=results)
    asked(address, f'CREATE SCHEMA "{address.schema}"')
    with pytest.raises(CaseError, match=r"is there already: name another \?schema="):
        copy(case, text_of(address), results=tmp_path / "results")


def test_the_command_says_what_holds_at_the_target(case: Path, address: InPostgres, tmp_path: Path):
    words = ["copy", str(case), text_of(address), "--results", str(tmp_path / "results")]
    would = CliRunner().invoke(main, [*words, "--dry-run"])
    assert (would.exit_code, would.stdout) == (0, "")
    assert would.stderr.startswith("would be copied: ")
    done = CliRunner().invoke(main, words)
    proof: Proof = wiring.verify(case)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"holds: {proof.entries} entries, 8 sources, ")
    again = CliRunner().invoke(main, words)
    assert again.exit_code == 2
    assert "is there already" in again.stderr
