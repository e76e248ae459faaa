"""A case in PostgreSQL beside the same in a folder: the same entries, the same proof, and what servers do to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from fakes import cases, ground
from fakes import custody as fakes
from fakes.postgres import asked, fresh, text_of
from samegoods import wiring
from samegoods.campaign import Campaign
from samegoods.edges.case import CaseStore, InPostgres, address_of, inspect
from samegoods.edges.case import postgres as of_postgres
from samegoods.edges.case.database import migrations
from samegoods.edges.case.postgres import connect_postgres, engine_of
from samegoods.edges.case.tables import Base
from samegoods.errors import CaseError, MissingPart
from samegoods.results.review import Wish
from samegoods.wiring.copying import held_by

MARKET = "camellia-biscuits"
FORMS = [step.revision for step in ScriptDirectory.from_config(migrations()).walk_revisions()][::-1]


@pytest.fixture
def address(postgres: str) -> InPostgres:
    return fresh(postgres)


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return cases.campaign(tmp_path / "campaign")


def filled(place: object, campaign: Campaign, monkeypatch: pytest.MonkeyPatch, **more: object) -> None:
    """A case with sources, a source saved again, decisions, a report from the ground, published."""
    monkeypatch.setattr("secrets.token_hex", lambda size: "5a" * size)
    with fakes.opened(place, campaign, **more) as store:
        store.keep_references(cases.references())
        for examined in cases.whole_case(campaign):
            store.save(examined)
        store.save(cases.examined(campaign, cases.source("gate-2.mp4"), [cases.same(MARKET)]))
        wish = Wish(decision="correct", axis="packaging", call="same", remark="서울에서 ✓")
        store.decide(wish, source="s-gate-1.mp4", item="s-gate-1.mp4-i0", by="Ana")
        ground.reported(store, photos=1)
        store.moderate(1, "accept", by="Ben")
        fakes.finish(store, campaign)


@pytest.fixture
def both(tmp_path: Path, address: InPostgres, campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same in a folder and at ``address``, whose files lie in another folder; returns the folder of both."""
    filled(tmp_path / "folder", campaign, monkeypatch)
    filled(address, campaign, monkeypatch, results=tmp_path / "results")
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    own = ("case.db", "case.db-wal", "case.db-shm", "case.lock")
    found = {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    return {name: content for name, content in found.items() if name not in own}


def test_both_have_the_same_entries_and_files_byte_for_byte_and_the_same_digests(both: Path, address: InPostgres):
    assert files(both / "folder") == files(both / "results")
    held = [inspect(place)[0] for place in (both / "folder", address)]
    assert held_by(held[0]) == held_by(held[1])
    assert len(held[0].rows.sources) == 8
    proofs = [wiring.verify(place) for place in (both / "folder", text_of(address))]
    assert proofs[0] == proofs[1]
    assert proofs[0].state == "holds"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE items SET views = 99 WHERE id LIKE '%gate-1%'", "source s-gate-1.mp4: the rows are not as"),
        ("UPDATE items SET label = '{}'", "the rows are not as the log tells"),
        ("DELETE FROM sources WHERE id = 's-gate-1.mp4'", "source s-gate-1.mp4: the rows are missing"),
        ("DELETE FROM reviews", "decision 1: the rows are missing"),
        ("UPDATE custody SET line = replace(line, 'Ana', 'Eva')", "are not the same"),
        ("ALTER TABLE items ADD COLUMN weight integer DEFAULT 5", "the rows are not as the log tells"),
        ("CREATE TABLE notes (n integer)", "a table that a case does not have"),
        ("CREATE VIEW seen AS SELECT 1", "a view that a case does not have"),
        ("CREATE RULE still AS ON DELETE TO items DO INSTEAD NOTHING", "a rule that a case does not have"),
        ("UPDATE alembic_version SET version_num = '9999'", "a form of the tables that is not known"),
    ],
)
def test_what_was_changed_in_the_data_base_is_named(
    tmp_path: Path, address: InPostgres, campaign: Campaign, change: str, problem: str
):
    with fakes.opened(address, campaign, results=tmp_path / "results") as store:
        store.save(cases.examined(campaign, cases.source("gate-1.mp4"), [cases.same(MARKET)]))
        store.decide(Wish(decision="agree"), source="s-gate-1.mp4", item="s-gate-1.mp4-i0", by="Ana")
        store.conclude()
    assert wiring.verify(text_of(address)).state == "holds"
    asked(address, change)
    proof = wiring.verify(text_of(address))
    assert proof.state == "wrong"
    assert any(problem in str(one) for one in proof.problems), proof.problems


def test_proving_changes_nothing(both: Path, address: InPostgres):
    counted = "; ".join(f'SELECT * FROM "{name}"' for name in Base.metadata.tables)
    before = files(both / "results"), [asked(address, one) for one in counted.split("; ")]
    wiring.verify(text_of(address))
    assert before == (files(both / "results"), [asked(address, one) for one in counted.split("; ")])


def test_who_may_read_the_tables_may_prove_the_case_and_no_more(both: Path, address: InPostgres):
    asked(address, f"CREATE ROLE reader_{address.schema} LOGIN")
    asked(address, f"GRANT USAGE ON SCHEMA {address.schema} TO reader_{address.schema}")
    asked(address, f"GRANT SELECT ON ALL TABLES IN SCHEMA {address.schema} TO reader_{address.schema}")
    reader = text_of(address).replace("postgres@", f"reader_{address.schema}@")
    assert wiring.verify(reader).state == "holds"
    with pytest.raises(CaseError, match="permission denied for table"), fakes.opened(reader, None) as store:
        store.decide(Wish(decision="agree"), source="s-gate-1.mp4", item="s-gate-1.mp4-i0", by="Ana")


def upgraded_to(address: InPostgres, form: str) -> None:
    """Tables as an earlier release would have made them."""
    asked(address, f'CREATE SCHEMA "{address.schema}"')
    engine = engine_of(address)
    with engine.connect() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, form)
        connection.commit()
    engine.dispose()


@pytest.mark.parametrize("form", FORMS)
def test_every_earlier_form_is_brought_to_the_newest(address: InPostgres, form: str):
    upgraded_to(address, form)
    asked(
        address,
        "INSERT INTO sources VALUES ('s', 'a.mp4', 'ab', 'video', 'moran', NULL, NULL, 'ok', NULL, 1.5, 'k', 'd', '1',"
        " '2026-07-01T00:00:00+00:00')",
    )
    engine = connect_postgres(address)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == FORMS[-1]
        assert connection.execute(text("SELECT id, duration_s FROM sources")).all() == [("s", 1.5)]
    engine.dispose()
    texts = asked(
        address,
        "SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND data_type = 'character varying' AND table_name <> 'alembic_version'",
    )
    assert texts == [("C",)], "else rows come in another order than from a folder"


def test_times_of_a_stream_fit(address: InPostgres):
    """Half a day in microseconds has 36 bits."""
    connect_postgres(address).dispose()
    asked(address, "INSERT INTO sources SELECT 's', '', '', '', '', NULL, NULL, '', NULL, 0, '', '', '', ''")
    found = "INSERT INTO sightings SELECT 's', 'i', 0, 43200000000, '1/1000000', '', '', NULL, '', 0, 0, '[]', '[]', 0"
    asked(address, found)
    assert asked(address, "SELECT pts FROM sightings") == [(43_200_000_000,)]


# Addresses.


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://ana@db.example/markets", "postgresql://ana@db.example/markets?schema=samegoods"),
        ("postgres://ana@db/markets?schema=july", "postgresql://ana@db/markets?schema=july"),
        ("postgresql://ana:secret@db:5433/m?schema=j", "postgresql://ana:***@db:5433/m?schema=j"),
        (
            "postgresql:///m?host=/run/pg&sslmode=require",
            "postgresql:///m?host=%2Frun%2Fpg&schema=samegoods&sslmode=require",
        ),
    ],
)
def test_an_address_says_where_it_leads_and_no_password(given: str, shown: str):
    address = address_of(given)
    assert isinstance(address, InPostgres)
    assert str(address) == shown
    assert "secret" not in f"{address!r} {address}"


@pytest.mark.parametrize("folder", ["july/case", "C:/cases/july", "postgresql", "s3://bucket/x", "postgres.d/x"])
def test_what_is_no_address_is_a_folder(folder: str):
    assert str(address_of(folder)) == folder.replace("//", "/")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("postgresql://u:secret@db:port/x", "cannot be read"),
        ("postgresql://db/x?password=secret", "use PGPASSWORD or ~/.pgpass"),
        ("postgresql://db/x?schema=July", "small letters"),
        ("postgresql://db/x?schema=pg_temp", "small letters"),
        ('postgresql://db/x?schema=a";drop', "small letters"),
        (f"postgresql://db/x?schema={'x' * 51}", "up to 50"),
        (Path("postgresql://u:secret@db/x"), "is a text and no path"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(given: str | Path, said: str):
    with pytest.raises(CaseError) as caught:
        address_of(given)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_server_that_cannot_be_reached_is_named_without_the_password():
    with pytest.raises(
        CaseError, match=r"^postgresql://ana:\*\*\*@localhost:1/x\?schema=samegoods: cannot be reached"
    ) as told:
        CaseStore.open("postgresql://ana:secret@localhost:1/x", campaign=None, software="1.0")
    assert "secret" not in f"{told.value!r} {told.value.__cause__!r}"


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(of_postgres, "find_spec", lambda _: None)
    with pytest.raises(MissingPart, match=r"pip install 'samegoods\[stores\]'"):
        CaseStore.open("postgresql://db/x", campaign=None, software="1.0")
