"""Every way of tampering with a case or a bundle that was thought of, and what verify must say first."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fakes import custody as fakes
from samegoods import wiring
from samegoods.custody import fingerprint
from samegoods.custody.entries import FIRST, digest, line_of, read_entry
from samegoods.edges.case.log import _signed
from samegoods.errors import CaseError, CustodyError

Tamper = Callable[[Path], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished case and a bundle of it; nothing may change them."""
    folder = tmp_path_factory.mktemp("whole")
    case = fakes.finished_case(folder, sources=4)
    fakes.decided_on(case)
    wiring.export(case, folder / "case.zip", signing_key=fakes.key_file(folder))
    (folder / "public.pem").write_text(fakes.key().public_pem)
    return folder


@pytest.fixture
def case(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole / "case", tmp_path / "case")


@pytest.fixture
def bundle(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole / "case.zip", tmp_path / "case.zip"))


def first(place: Path, whole: Path) -> str:
    proof = wiring.verify(place, key=whole / "public.pem")
    assert proof.state == "wrong", proof
    return str(next(one for one in proof.problems if not one.unfinished))


# What is done to the log, as lines.


def lines_of(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines(keepends=True)


def edited(change: Callable[[list[str]], list[str]], *, both: bool = False) -> Tamper:
    """Another log in the file and, if ``both``, in the data base as well."""

    def tamper(case: Path) -> None:
        lines = change(lines_of(case / "custody.jsonl"))
        (case / "custody.jsonl").write_text("".join(lines), encoding="utf-8")
        if both:
            sql("DELETE FROM custody")(case)
            with closing(sqlite3.connect(case / "case.db")) as db, db:
                db.executemany("INSERT INTO custody VALUES (?, ?)", list(enumerate(lines, 1)))

    return tamper


def with_other(line: str, **values: object) -> str:
    entry = read_entry(line.encode())
    return line_of(replace(entry, **values))


def rebuilt(lines: list[str], *, seed: int | None = None) -> list[str]:
    """The chain made anew over changed entries; the signatures by another key, or as they were."""
    made: list[str] = []
    for number, line in enumerate(lines, 1):
        entry = replace(read_entry(line.encode()), n=number, previous=digest(made[-1]) if made else FIRST)
        if entry.kind == "begun" and seed is not None:
            entry = replace(entry, body={**entry.body, "public_key": fakes.key(seed).public_pem})
        if entry.kind == "signed" and seed is not None:
            signer = fakes.key(seed)
            entry = _signed(replace(entry, body={**entry.body, "key": fingerprint(signer.public_pem)}), signer, None)
        made.append(line_of(entry))
    return made


def source_line(lines: list[str]) -> int:
    """The index of the first entry on a source."""
    return next(i for i, line in enumerate(lines) if '"kind":"source"' in line and '"sha256"' in line)


def lying(lines: list[str]) -> list[str]:
    """A source of another hash in the log."""
    at = source_line(lines)
    body = {**read_entry(lines[at].encode()).body, "sha256": "f" * 64}
    return [*lines[:at], with_other(lines[at], body=body), *lines[at + 1 :]]


def swap(lines: list[str], i: int) -> list[str]:
    return [*lines[:i], lines[i + 1], lines[i], *lines[i + 2 :]]


# What is done to the other files.


def sql(*statements: str) -> Tamper:
    def tamper(case: Path) -> None:
        with closing(sqlite3.connect(case / "case.db")) as db, db:
            db.execute("PRAGMA foreign_keys = OFF")
            for statement in statements:
                assert db.execute(statement).rowcount != 0, statement

    return tamper


def pictures(case: Path) -> list[Path]:
    return sorted((case / "evidence").rglob("*.png"))


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def changed_text(name: str, old: str, new: str) -> Tamper:
    def tamper(case: Path) -> None:
        text = (case / name).read_text(encoding="utf-8")
        assert old in text
        (case / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return tamper


def rename_picture(case: Path) -> None:
    picture = pictures(case)[0]
    other = picture.parent / f"{picture.stem[:2]}{'0' * 62}.png"
    picture.rename(other)


def swap_pictures(case: Path) -> None:
    one, other = pictures(case)[:2]
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def add_picture(case: Path) -> None:
    content = b"a picture of nothing"
    name = hashlib.sha256(content).hexdigest()
    (case / "evidence" / name[:2]).mkdir(exist_ok=True)
    (case / "evidence" / name[:2] / f"{name}.png").write_bytes(content)


def link_picture(case: Path) -> None:
    picture = pictures(case)[0]
    elsewhere = case.parent / "elsewhere.png"
    picture.rename(elsewhere)
    picture.symlink_to(elsewhere)


def link_evidence(case: Path) -> None:
    (case / "evidence").rename(case.parent / "elsewhere")
    (case / "evidence").symlink_to(case.parent / "elsewhere")


def swap_key(case: Path) -> None:
    (case / "custody.pub").write_text(fakes.key(2).public_pem)


def forge(case: Path) -> None:
    """Another hash of a source, in a log that another key signs, with that key in the case."""
    edited(lambda lines: rebuilt(lying(lines), seed=2), both=True)(case)
    swap_key(case)


CASE: dict[str, tuple[Tamper, str]] = {
    "line edited": (
        edited(lambda ls: [*ls[:6], ls[6].replace("2026", "2025", 1), *ls[7:]]),
        "custody.jsonl:7: was changed",
    ),
    "line edited in both": (
        edited(lambda ls: [*ls[:6], ls[6].replace("2026", "2025", 1), *ls[7:]], both=True),
        "custody.jsonl:7: was changed",
    ),
    "line removed": (edited(lambda ls: [*ls[:6], *ls[7:]]), "custody.jsonl:7: expected entry 7, found entry 8"),
    "first line removed": (edited(lambda ls: ls[1:], both=True), "custody.jsonl:1: expected entry 1, found entry 2"),
    "line added": (edited(lambda ls: [*ls[:6], ls[6], *ls[6:]]), "custody.jsonl:8: expected entry 8, found entry 7"),
    "lines swapped": (edited(lambda ls: swap(ls, 5)), "custody.jsonl:6: expected entry 6, found entry 7"),
    "last line twice": (edited(lambda ls: [*ls, ls[-1]]), "custody.jsonl:"),
    "lines renumbered": (
        edited(lambda ls: [*ls[:6], *(with_other(line, n=i) for i, line in enumerate(ls[7:], 7))]),
        "custody.jsonl:6: was changed: entry 7 is bound to another form",
    ),
    "line that is none": (edited(lambda ls: [*ls[:6], "{}\n", *ls[7:]]), "custody.jsonl:7: not an entry"),
    "line with a space": (edited(lambda ls: [ls[0].replace(":", ": ", 1), *ls[1:]]), "custody.jsonl:1: not an entry"),
    "empty line": (edited(lambda ls: [*ls[:3], "\n", *ls[3:]]), "custody.jsonl:4: not an entry"),
    "log truncated": (edited(lambda ls: ls[:-3], both=True), ""),
    "log emptied": (edited(lambda ls: [], both=True), "custody.jsonl: is missing or empty"),
    "log deleted": (lambda case: (case / "custody.jsonl").unlink(), ""),
    "signature removed": (edited(lambda ls: ls[:-1], both=True), "custody.jsonl:"),
    "chain rebuilt": (edited(lambda ls: rebuilt(lying(ls)), both=True), "custody.jsonl:"),
    "signed by another key": (
        edited(lambda ls: rebuilt(ls, seed=2), both=True),
        "custody.pub: is not the key under which",
    ),
    "forged with another key": (forge, "custody.pub: is the key"),
    "entry appended unsigned": (
        edited(lambda ls: rebuilt([*ls, with_other(ls[-2], kind="audited", body={"by": "me"})]), both=True),
        "custody.jsonl:",
    ),
    "findings changed": (changed_text("findings.json", '"same"', '"different"'), "findings.json: is not the file"),
    "source hash in findings": (changed_text("findings.json", '"sha256": "', '"sha256": "0'), "findings.json: is not"),
    "findings deleted": (lambda case: (case / "findings.json").unlink(), "findings.json: is missing"),
    "table changed": (changed_text("sightings.csv", "songsin", "moran"), "sightings.csv: is not the file"),
    "report changed": (changed_text("report.html", "found", "not found"), "report.html: is not the file"),
    "report deleted": (lambda case: (case / "report.html").unlink(), "report.html: is missing"),
    "sheets changed": (lambda case: flip(case / "report.pdf"), "report.pdf: is not the file"),
    "picture changed": (lambda case: flip(pictures(case)[0]), "evidence/"),
    "pictures swapped": (swap_pictures, "evidence/"),
    "picture renamed": (rename_picture, "evidence/"),
    "picture deleted": (lambda case: pictures(case)[0].unlink(), "evidence/"),
    "picture added": (add_picture, "evidence/"),
    "picture linked": (link_picture, "evidence/"),
    "evidence linked": (link_evidence, "evidence: is a link"),
    "stray file in evidence": (
        lambda case: (case / "evidence" / "note.txt").write_text("x"),
        "evidence/note.txt: no entry",
    ),
    "public key swapped": (swap_key, "custody.pub: is the key"),
    "public key deleted": (lambda case: (case / "custody.pub").unlink(), "custody.pub: is missing"),
    "public key no key": (lambda case: (case / "custody.pub").write_text("no key"), "custody.pub: no public key"),
    "row of the campaign": (sql("UPDATE case_info SET software = '9'"), "case.db: campaign"),
    "row of a reference": (
        sql('UPDATE "references" SET width_mm = 9'),
        "case.db: reference camellia-biscuits/export/front",
    ),
    "reference dropped": (
        sql("DELETE FROM \"references\" WHERE id LIKE 'dew%'"),
        "case.db: reference dew-cream/export/front",
    ),
    "row of a source": (
        sql("UPDATE sources SET site = 'moran' WHERE id = 's-gate-1.mp4'"),
        "case.db: source s-gate-1.mp4",
    ),
    "row of a sighting": (
        sql("UPDATE sightings SET score = score - 0.01 WHERE rank = 0"),
        "case.db: source s-gate-1.mp4",
    ),
    "row of an item": (sql("UPDATE items SET call = 'same'"), "case.db: source s-gate-1.mp4"),
    "row of a crop": (sql("UPDATE crops SET face = 'back'"), "case.db: source s-gate-1.mp4"),
    "source dropped": (sql("DELETE FROM sources WHERE id = 's-gate-2.mp4'"), "case.db: source s-gate-2.mp4"),
    "crop dropped": (sql("DELETE FROM crops WHERE rank = 1"), "case.db: source s-gate-1.mp4"),
    "source added": (
        sql(
            "INSERT INTO sources SELECT 's-new', path, sha256, kind, site, captured_at, captured_from, status, reason,"
            " duration_s, done_key, digest, software, saved_at FROM sources LIMIT 1"
        ),
        "case.db: source s-new: the log does not tell of it",
    ),
    "item of no source": (
        sql("UPDATE items SET source = 's-lost' WHERE source = 's-gate-2.mp4'"),
        "case.db: source s-gate-2",
    ),
    "decision changed": (
        sql("UPDATE reviews SET call = 'same' WHERE n = 2"),
        "case.db: decision 2: the rows are not as the log tells",
    ),
    "remark of a decision changed": (sql("UPDATE reviews SET remark = 'x' WHERE n = 1"), "case.db: decision 1"),
    "decision by another": (sql("UPDATE reviews SET by = 'Somebody' WHERE n = 3"), "case.db: decision 3"),
    "decision dropped": (sql("DELETE FROM reviews WHERE n = 2"), "case.db: decision 2: the rows are missing"),
    "decision added": (
        sql(
            "INSERT INTO reviews SELECT 9, at, by, source, item, judged, decision, axis, call, kind, reference,"
            " region, remark, blind, withdraws FROM reviews WHERE n = 1"
        ),
        "case.db: decision 9: the log does not tell of it",
    ),
    "decision renumbered": (sql("UPDATE reviews SET n = 9 WHERE n = 3"), "case.db: decision 3: the rows are missing"),
    "decision in the log": (
        edited(lambda ls: [ln.replace('"decision":"agree"', '"decision":"not_product"') for ln in ls], both=True),
        "custody.jsonl:",
    ),
    "decision in the findings": (
        changed_text("findings.json", '"decision": "agree"', '"decision": "not_product"'),
        "findings.json: is not the file",
    ),
    "table added": (sql("CREATE TABLE more (a)"), "case.db: more: a table that a case does not have"),
    "trigger added": (
        sql("CREATE TRIGGER t AFTER INSERT ON items BEGIN DELETE FROM items; END"),
        "case.db: t: a trigger that a case does not have",
    ),
    "column added": (sql("ALTER TABLE items ADD COLUMN more DEFAULT 1"), "case.db: source s-gate-1.mp4"),
    "log table changed": (
        sql("UPDATE custody SET line = replace(line, '2026', '2025') WHERE n = 5"),
        "case.db: entry 5",
    ),
    "log table cut": (sql("DELETE FROM custody WHERE n > 9"), "case.db: lacks entry 10"),
    "log table renumbered": (
        sql("UPDATE custody SET n = 900 WHERE n = 9"),
        "case.db: custody: the entries are not numbered",
    ),
    "form of the tables": (sql("UPDATE alembic_version SET version_num = '0001'"), "case.db: alembic_version"),
    "data base dropped": (lambda case: (case / "case.db").unlink(), "case.db: is missing"),
    "data base no data base": (
        lambda case: (case / "case.db").write_bytes(b"x" * 9000),
        "case.db: is not the data base",
    ),
    "data base linked": (
        lambda case: (
            (case / "case.db").rename(case.parent / "e.db"),
            (case / "case.db").symlink_to(case.parent / "e.db"),
        ),
        "case.db: is a link",
    ),
}
UNFINISHED = {"log truncated", "log deleted"}
"""These look like a run that was ended: named, but told apart from what only tampering does."""


def test_the_table_is_long_enough():
    assert len(CASE) + len(BUNDLE) >= 60


@pytest.mark.parametrize("name", sorted(CASE.keys() - UNFINISHED))
def test_tampering_with_a_case_is_named(name: str, case: Path, whole: Path):
    tamper, said = CASE[name]
    tamper(case)
    assert first(case, whole).startswith(said)


def test_a_case_that_nobody_touched_holds(case: Path, whole: Path):
    before = {file: file.read_bytes() for file in case.rglob("*") if file.is_file()}
    proof = wiring.verify(case, key=whole / "public.pem")
    assert (proof.state, proof.problems, proof.notes) == ("holds", (), ())
    assert {file: file.read_bytes() for file in case.rglob("*") if file.is_file()} == before


def test_a_cut_log_is_named_with_what_is_missing(case: Path, whole: Path):
    CASE["log deleted"][0](case)
    number = len(lines_of(whole / "case" / "custody.jsonl"))
    proof = wiring.verify(case)
    assert proof.state == "unfinished"
    assert str(proof.problems[0]).startswith(f"custody.jsonl: ends after 0 of the {number} entries that case.db has")


def test_a_log_cut_in_both_places_never_holds(case: Path):
    """Nowhere but after a run's last signature could it be whole, and there the rest of the case contradicts it."""
    for kept in range(len(lines_of(case / "custody.jsonl")) - 3, 0, -1):  # the last two tell of the export
        edited(lambda ls, kept=kept: ls[:kept], both=True)(case)
        assert wiring.verify(case).state != "holds", kept


@pytest.mark.parametrize("name", ["line edited in both", "chain rebuilt", "entry appended unsigned", "log table cut"])
def test_a_case_that_was_tampered_with_is_not_gone_on_with(name: str, case: Path):
    CASE[name][0](case)
    before = {file: file.read_bytes() for file in case.rglob("*") if file.is_file()}
    with pytest.raises(CaseError, match=r"samegoods verify .* tells more"):
        fakes.opened(case, None)
    assert {file: file.read_bytes() for file in case.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("name", ["row of an item", "picture deleted", "findings changed", "report changed"])
def test_a_case_that_does_not_hold_is_not_exported(name: str, case: Path, tmp_path: Path):
    CASE[name][0](case)
    with pytest.raises(CustodyError, match="is not exported, since it does not hold"):
        wiring.export(case, tmp_path / "b.zip", signing_key=fakes.key_file(tmp_path))
    assert not (tmp_path / "b.zip").exists()


def test_findings_that_were_changed_get_no_report(case: Path, tmp_path: Path):
    CASE["findings changed"][0](case)
    with pytest.raises(CaseError, match=r"findings\.json: is not what was published: it was changed"):
        wiring.report(case, signing_key=fakes.key_file(tmp_path))


# What is done to a bundle.

Parts = dict[str, bytes]


def repacked(change: Callable[[Parts], object], *, lists: bool = False) -> Tamper:
    """The bundle with other members; ``lists``: with a list of members that fits them."""

    def tamper(file: Path) -> None:
        with zipfile.ZipFile(file) as bundle:
            parts = {name: bundle.read(name) for name in bundle.namelist()}
        change(parts)
        if lists:
            listed = {
                n: hashlib.sha256(c).hexdigest()
                for n, c in parts.items()
                if n not in ("custody.jsonl", "manifest.json")
            }
            parts["manifest.json"] = json.dumps({"members": listed}).encode()
        with zipfile.ZipFile(file, "w") as bundle:
            for name, content in parts.items():
                bundle.writestr(zipfile.ZipInfo(name), content)

    return tamper


def picture_in(parts: Parts) -> str:
    return min(name for name in parts if name.startswith("evidence/"))


def put(name: str, content: bytes) -> Callable[[Parts], object]:
    return lambda parts: parts.update({name: content})


def replaced(name: str, old: bytes, new: bytes) -> Callable[[Parts], object]:
    def change(parts: Parts) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return change


def log_of(change: Callable[[list[str]], list[str]]) -> Callable[[Parts], object]:
    def changed(parts: Parts) -> None:
        lines = parts["custody.jsonl"].decode().splitlines(keepends=True)
        parts["custody.jsonl"] = "".join(change(lines)).encode()

    return changed


def raw_member(info: zipfile.ZipInfo, content: bytes = b"x") -> Tamper:
    def tamper(file: Path) -> None:
        with pytest.MonkeyPatch.context() as patch, zipfile.ZipFile(file, "a") as bundle:
            patch.setattr("warnings.warn", lambda *_, **__: None)  # that a name is there twice
            bundle.writestr(info, content)

    return tamper


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"evidence/aa/{'a' * 64}.png")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def renamed(parts: Parts) -> None:
    name = picture_in(parts)
    parts[f"evidence/00/{'0' * 64}.png"] = parts.pop(name)


BUNDLE: dict[str, tuple[Tamper, str]] = {
    "findings changed": (
        repacked(replaced("findings.json", b'"same"', b'"different"')),
        "findings.json: is not the file that",
    ),
    "findings changed and listed": (
        repacked(replaced("findings.json", b'"same"', b'"different"'), lists=True),
        "manifest.json: is not the list that was exported",
    ),
    "source hash in findings": (
        repacked(replaced("findings.json", b'"sha256": "', b'"sha256": "0')),
        "findings.json: is not",
    ),
    "picture changed": (repacked(lambda parts: put(picture_in(parts), b"x")(parts)), "evidence/"),
    "picture removed": (repacked(lambda parts: parts.pop(picture_in(parts))), "evidence/"),
    "picture removed and unlisted": (
        repacked(lambda parts: parts.pop(picture_in(parts)), lists=True),
        "manifest.json: is not",
    ),
    "picture added": (
        repacked(put(f"evidence/aa/{'a' * 64}.png", b"x")),
        f"evidence/aa/{'a' * 64}.png: manifest.json does",
    ),
    "picture renamed": (repacked(renamed), f"evidence/00/{'0' * 64}.png: manifest.json does not"),
    "report changed": (repacked(put("report.html", b"x")), "report.html: is not the file that manifest"),
    "report removed": (repacked(lambda parts: parts.pop("report.html")), "report.html: is missing"),
    "sheets changed": (repacked(put("report.pdf", b"x")), "report.pdf: is not the file that manifest"),
    "readme changed": (repacked(put("README.txt", b"x")), "README.txt: is not the file that"),
    "list changed": (
        repacked(replaced("manifest.json", b'"samegoods/bundle/1"', b'"x"')),
        "manifest.json: is not the list that",
    ),
    "list removed": (repacked(lambda parts: parts.pop("manifest.json")), "manifest.json: is missing"),
    "list no list": (repacked(put("manifest.json", b"[]")), "manifest.json: is not the list of"),
    "log removed": (repacked(lambda parts: parts.pop("custody.jsonl")), "custody.jsonl: is missing or empty"),
    "log line edited": (
        repacked(log_of(lambda ls: [*ls[:4], ls[4].replace("2026", "2025", 1), *ls[5:]])),
        "custody.jsonl:5: was changed: entry 6 is bound to another form of it",
    ),
    "last line edited": (repacked(log_of(lambda ls: [*ls[:-1], ls[-1].replace("2026", "2025")])), "custody.jsonl:"),
    "log cut": (repacked(log_of(lambda ls: ls[:-2])), "manifest.json: no entry of the log tells that"),
    "signature removed": (repacked(log_of(lambda ls: ls[:-1])), "custody.jsonl:"),
    "key swapped": (
        repacked(put("custody.pub", fakes.key(2).public_pem.encode())),
        "custody.pub: is not the file that",
    ),
    "name that leads out": (repacked(put("../../case.db", b"x")), "../../case.db: has no place in a bundle"),
    "absolute name": (repacked(put("/etc/passwd", b"x")), "/etc/passwd: has no place in a bundle"),
    "name with a line end": (repacked(put("a\nb", b"x")), "'a\\nb': has no place in a bundle"),
    "folder": (raw_member(zipfile.ZipInfo("evidence/"), b""), "evidence/: has no place in a bundle"),
    "link": (raw_member(link()), f"evidence/aa/{'a' * 64}.png: is a link"),
    "name there twice": (raw_member(zipfile.ZipInfo("findings.json")), "findings.json: is there twice"),
}


@pytest.mark.parametrize("name", sorted(BUNDLE))
def test_tampering_with_a_bundle_is_named(name: str, bundle: Path, whole: Path):
    tamper, said = BUNDLE[name]
    tamper(bundle)
    assert first(bundle, whole).startswith(said)


def test_a_bundle_that_nobody_touched_holds(bundle: Path, whole: Path):
    proof = wiring.verify(bundle, key=whole / "public.pem")
    assert (proof.state, proof.problems) == ("holds", ())


@pytest.fixture
def forged(case: Path) -> Iterator[Path]:
    """All of it made anew by somebody else, with their own key in it."""
    forge(case)
    return case


def test_without_the_key_a_forger_may_have_swapped_both(forged: Path, whole: Path):
    inner = wiring.verify(forged)
    assert [one for one in inner.problems if "signature" in one.what or one.where == "custody.pub"] == []
    assert first(forged, whole).startswith("custody.pub: is the key")
