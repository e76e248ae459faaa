from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from fakes.forms import taken_back
from samegoods.edges.case.database import connect, migrations
from samegoods.edges.case.tables import Base
from samegoods.errors import CaseError


def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    engine = connect(tmp_path / "case.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == ScriptDirectory.from_config(migrations()).get_current_head()
    assert "sightings" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_case_of_before_its_packs_were_held_against_each_other_opens(tmp_path: Path) -> None:
    file = tmp_path / "case.db"
    connect(file).dispose()
    taken_back(file, "0002")
    engine = connect(file)
    assert "nearest" in {column["name"] for column in inspect(engine).get_columns("items")}
    engine.dispose()


def test_the_history_is_one_line() -> None:
    known = ScriptDirectory.from_config(migrations())
    assert len(known.get_heads()) == len(known.get_bases()) == 1


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "case.db"
    connect(file).dispose()
    before = file.read_bytes()
    connect(file).dispose()
    assert file.read_bytes() == before


def test_it_is_set_up_for_one_writer_beside_readers(tmp_path: Path) -> None:
    engine = connect(tmp_path / "case.db")
    with engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_a_later_release_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "case.db"
    engine = connect(file)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(CaseError, match=r"written by a later release of samegoods \(tables 9999\): update"):
        connect(file)


def test_another_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "case.db"
    file.write_bytes(b"these are notes and no database " * 40)
    with pytest.raises(CaseError, match="not a case database"):
        connect(file)
    assert file.read_bytes().startswith(b"these are notes")
