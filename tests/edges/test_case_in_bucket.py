"""A case whose pictures lie in a bucket: nothing of it is another than that of a case in its folder."""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from fakes import cases, ground
from fakes import custody as fakes
from fakes.objects import Service
from fakes.served import served
from samegoods import wiring
from samegoods.edges.case import CaseStore, inspect, pictures_of
from samegoods.edges.case.holdings import holdings
from samegoods.edges.report import report_files
from samegoods.errors import CaseError, CustodyError
from samegoods.wiring import Progress
from samegoods.wiring.apart import apart
from samegoods.wiring.purging import purge

LATER = datetime(2036, 1, 1, tzinfo=UTC)


def made(folder: Path, evidence: str | None, *, sources: int = 3) -> Path:
    """A finished case, with the clock and the key of the tests."""
    campaign = cases.campaign(folder / "campaign")
    with fakes.opened(folder / "case", campaign, evidence=evidence) as store:
        store.keep_references(cases.references())
        for examined in list(cases.whole_case(campaign))[:sources]:
            store.save(examined)
        fakes.finish(store, campaign)
    return folder / "case"


@dataclass(frozen=True)
class There:
    """A case in a bucket, and how to meddle with its pictures."""

    case: Path
    objects: Service
    bucket: str

    @property
    def prefix(self) -> str:
        return str(pictures_of(self.case).address).removeprefix(f"s3://{self.bucket}/")

    def keys(self) -> set[str]:
        """The paths of all objects of this case, as another program sees them."""
        listed = self.objects.client().list_objects_v2(Bucket=self.bucket, Prefix=self.prefix)
        return {one["Key"].removeprefix(f"{self.prefix}/") for one in listed.get("Contents", [])}

    def put(self, path: str, content: bytes) -> None:
        self.objects.client().put_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}", Body=content)

    def delete(self, path: str) -> None:
        self.objects.client().delete_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}")

    def contents(self) -> dict[str, bytes]:
        client = self.objects.client()
        return {
            path: client.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}")["Body"].read()
            for path in self.keys()
        }


@pytest.fixture(scope="module")
def whole(objects: Service, tmp_path_factory: pytest.TempPathFactory) -> tuple[There, dict[str, bytes]]:
    """A finished case that nothing may change, and what lies in its bucket."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in objects.environment.items():
            patch.setenv(name, value)
        objects.client().create_bucket(Bucket="market-whole")
        case = made(tmp_path_factory.mktemp("whole"), "s3://market-whole/july")
    found = There(case, objects, "market-whole")
    return found, found.contents()


@pytest.fixture
def there(whole: tuple[There, dict[str, bytes]], bucket: str, tmp_path: Path) -> Iterator[There]:
    """A copy of its folder; what is done to its bucket is undone."""
    first, contents = whole
    yield There(Path(shutil.copytree(first.case, tmp_path / "case")), first.objects, first.bucket)
    first.objects.fail()
    left = first.contents()
    for path in left.keys() - contents.keys():
        first.delete(path)
    for path, content in contents.items():
        if left.get(path) != content:
            first.put(path, content)


@pytest.fixture
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fakes.copied_case(tmp_path_factory.mktemp("here"), 3)


def log_of(case: Path) -> list[str]:
    return (case / "custody.jsonl").read_text().splitlines()


def needed(case: Path) -> set[str]:
    with fakes.opened(case, None) as store:
        return set(store.told.needed())


def test_the_results_are_those_of_a_case_in_its_folder(there: There, here: Path):
    for name in ("findings.json", "sightings.csv"):
        assert (there.case / name).read_bytes() == (here / name).read_bytes()
    assert not list(there.case.rglob("*.png"))
    assert there.keys() == needed(there.case) == {p.relative_to(here).as_posix() for p in here.rglob("*.png")}
    made_there = report_files(there.case, pictures=pictures_of(there.case))
    assert made_there == report_files(here)


def test_the_log_tells_where_the_pictures_are_and_nothing_else_is_other(there: There, here: Path):
    def entries(case: Path) -> list[tuple[str, Any]]:
        return [(one["kind"], one["body"]) for one in map(json.loads, log_of(case))]

    told = entries(there.case)
    assert told[1] == ("evidence", {"address": f"s3://{there.bucket}/{there.prefix}"})
    assert told[0] == entries(here)[0]
    assert [kind for kind, _ in told[2:]] == [kind for kind, _ in entries(here)[1:]]
    assert there.prefix.startswith("july/case-")


def test_it_holds_and_tells_of_every_picture(there: There):
    proof = wiring.verify(there.case)
    assert (proof.state, proof.notes) == ("holds", ())
    assert proof.counts["pictures"] == len(there.keys())


def changed(there: There, path: str) -> None:
    there.put(path, b"another picture")


def taken(there: There, path: str) -> None:
    there.delete(path)


def copied(there: There, path: str) -> None:
    there.put(path.replace("evidence/", "evidence/x"), b"?")


def unnamed(there: There, path: str) -> None:
    there.put(f"evidence/ab/{'ab' * 32}.png", b"?")


@pytest.mark.parametrize(
    ("meddle", "said"),
    [
        (changed, "is not the picture that was kept: its SHA-256 is not its name"),
        (taken, "is missing"),
        (copied, "is nothing that a case puts there, and nothing vouches for it"),
        (unnamed, "no entry of the log names it"),
    ],
)
def test_what_was_done_to_its_pictures_is_found(there: There, meddle: Any, said: str):
    meddle(there, sorted(there.keys())[0])
    proof = wiring.verify(there.case)
    assert proof.state == "wrong"
    assert said in [one.what for one in proof.problems]


def test_a_service_that_fails_midway_is_no_proof(there: There):
    there.objects.fail("GET", after=4, status="403 Forbidden")
    with pytest.raises(CaseError, match=f"s3://{there.bucket}/{there.prefix}"):
        wiring.verify(there.case)


def test_a_log_that_leads_to_no_address_is_wrong(there: There):
    log = there.case / "custody.jsonl"
    log.write_text(log.read_text().replace("s3://", "file://"))
    proof = wiring.verify(there.case)
    assert proof.state == "wrong"
    assert "tells of an address for evidence that is none" in [one.what for one in proof.problems]


def test_pictures_in_the_folder_of_such_a_case_are_no_part_of_it(there: There):
    (there.case / "evidence" / "ab").mkdir()
    _, beside = inspect(there.case)
    assert beside == ("evidence/ab",)


def test_a_rerun_goes_on_where_the_pictures_are(there: There, tmp_path: Path):
    campaign = cases.campaign(tmp_path / "campaign")
    for again in (None, f"s3://{there.bucket}/july", f"s3://{there.bucket}/{there.prefix}"):
        with fakes.opened(there.case, campaign, evidence=again) as store:
            assert store.pictures.address == f"s3://{there.bucket}/{there.prefix}"
    before = (there.case / "custody.jsonl").read_bytes()
    with pytest.raises(CaseError, match=r"its evidence is s3:.*: leave --evidence out to go on, or begin"):
        fakes.opened(there.case, campaign, evidence=f"s3://{there.bucket}/august")
    assert (there.case / "custody.jsonl").read_bytes() == before
    assert wiring.verify(there.case).state == "holds"


def test_a_case_in_its_folder_stays_there(here: Path, bucket: str):
    with pytest.raises(CaseError, match="its evidence is in the case itself: leave --evidence out"):
        fakes.opened(here, cases.campaign(here.parent / "campaign"), evidence=bucket)
    assert wiring.verify(here).state == "holds"


def test_nothing_is_begun_where_no_picture_can_lie(tmp_path: Path, bucket: str):
    campaign = cases.campaign(tmp_path / "campaign")
    with pytest.raises(CaseError, match="there is no such bucket"):
        fakes.opened(tmp_path / "case", campaign, evidence=f"{bucket}-other")
    with fakes.opened(tmp_path / "case", campaign, evidence=bucket) as store:
        assert str(store.pictures.address).startswith(f"{bucket}/case-")


def test_two_cases_of_one_address_do_not_clear_up_after_each_other(
    there: There, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fakes.without_audit(monkeypatch)
    other = made(tmp_path / "other", f"s3://{there.bucket}/july", sources=2)
    purge(there.case, older_than_days=1, signing_key=fakes.key_file(tmp_path), now=lambda: LATER)
    assert wiring.verify(other).state == "holds"


def test_what_is_too_old_is_gone_from_the_bucket(there: There, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fakes.without_audit(monkeypatch)
    before = there.keys()
    result = purge(there.case, older_than_days=1, signing_key=fakes.key_file(tmp_path), now=lambda: LATER)
    assert len(result.sources) == 3
    assert len(before - there.keys()) == result.pictures > 0
    assert there.keys() == needed(there.case)
    assert wiring.verify(there.case).state == "holds"


def test_a_purge_that_the_service_interrupts_is_completed(
    there: There, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The rows go first, and what is left of the pictures with the next run; until then the case is unfinished."""
    fakes.without_audit(monkeypatch)
    key = fakes.key_file(tmp_path)
    there.objects.fail("POST", status="403 Forbidden")
    with pytest.raises(CaseError, match="403 Forbidden"):
        purge(there.case, older_than_days=1, signing_key=key, now=lambda: LATER)
    assert wiring.verify(there.case).state != "holds"
    there.objects.fail()
    study = cases.campaign(tmp_path / "campaign")
    with fakes.opened(there.case, study) as store:
        store.save(cases.examined(study, cases.source("new.mp4"), [cases.same("camellia-biscuits")]))
        fakes.finish(store, study)
    assert there.keys() == needed(there.case)
    assert wiring.verify(there.case).state == "holds"


def test_a_bundle_needs_no_service(there: There, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = wiring.export(there.case, tmp_path / "case.zip", signing_key=fakes.key_file(tmp_path))
    with zipfile.ZipFile(file) as bundle:
        assert {name for name in bundle.namelist() if name.startswith("evidence/")} == there.keys()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert wiring.verify(file).state == "holds"


def test_a_picture_that_changes_as_it_is_exported_is_refused(
    there: There, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from samegoods.edges import bundle

    path, manifest_of = sorted(there.keys())[0], bundle.manifest_of

    def then_changed(*proven: Any) -> bytes:
        there.put(path, b"another picture")
        return manifest_of(*proven)

    monkeypatch.setattr(bundle, "manifest_of", then_changed)
    with pytest.raises(CustodyError, match=f"{path}: was changed while it was read: try again"):
        wiring.export(there.case, tmp_path / "case.zip", signing_key=fakes.key_file(tmp_path))
    assert not list(tmp_path.glob("case.zip*"))


def test_everything_of_it_is_there_to_be_searched(there: There, here: Path):
    def held(case: Path) -> list[tuple[Any, ...]]:
        found = (one for one in holdings(case) if one.kind in ("crop", "reference"))
        return [(one.path, one.kind, one.content, one.reference, one.quad, one.problem) for one in found]

    assert held(there.case) == held(here)
    there.put("notes.txt", b"?")
    assert "notes.txt" in str([one.path for one in holdings(there.case) if one.problem])


@pytest.fixture
def clients(there: There, here: Path, tmp_path: Path) -> Iterator[list[Any]]:
    """Clients of the page of both, of reviewers who see what the machine says."""
    with served(tmp_path, case=there.case) as one, served(tmp_path, case=here, port=8718) as other:
        pages = []
        for each in (one, other):
            from fastapi.testclient import TestClient

            client = TestClient(each.app, base_url=each.link.partition("/enter")[0], follow_redirects=False)
            assert client.get(each.link).status_code == 303
            pages.append(client)
        yield pages


def test_the_page_shows_the_same_pictures(clients: list[Any], there: There):
    for path in ("references/1", "packs/1/0", "packs/1/0/heat"):
        mine, meant = (client.get(f"/pictures/{path}.webp") for client in clients)
        assert (mine.status_code, mine.content) == (meant.status_code, meant.content)
    there.objects.fail("GET", status="403 Forbidden")
    assert clients[0].get("/pictures/packs/1/0.webp").status_code == 200, "what was shown is remembered"
    unread = clients[0].get("/pictures/packs/2/0.webp")
    assert unread.status_code == 503
    assert "a picture of this case cannot be read" in unread.text
    assert not [one for one in (there.bucket, "evidence/", "s3:") if one in unread.text]


def test_who_may_not_see_a_picture_is_led_nowhere(there: There, tmp_path: Path):
    with served(tmp_path, case=there.case, blind=True) as page:
        client = page.client()
        for path in ("references/1", "packs/1/0"):
            answer = client.get(f"/pictures/{path}.webp")
            assert answer.status_code == 403
            assert there.bucket not in answer.text + str(answer.headers)
        blind = client.get("/pictures/blind/1/0/a.webp")
        assert (blind.status_code, "location" in blind.headers) == (200, False)


def test_a_report_from_the_ground_that_is_taken_back_is_gone_from_the_bucket(there: There):
    before = there.keys()
    with fakes.opened(there.case, None) as store:
        kept = ground.reported(store, photos=2)
        assert there.keys() - before == set(kept.pictures)
        store.withdraw_report(kept.n)
        assert there.keys() == before


@dataclass
class Watched:
    """The pictures of a case, and how they are asked for."""

    pictures: Any
    at_once: int = 4
    asked: list[str] = field(default_factory=list)
    waiting: int = 0
    most: int = 0
    lock: Lock = field(default_factory=Lock)

    def where(self, path: str) -> str:
        return path

    def read(self, path: str) -> bytes:
        with self.lock:
            self.asked.append(path)
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        time.sleep(0.05)  # as a service far away
        with self.lock:
            self.waiting -= 1
        return bytes(self.pictures.read(path))


def test_the_report_reads_each_picture_once_and_several_at_a_time(here: Path):
    watched = Watched(pictures_of(here))
    assert report_files(here, pictures=watched) == report_files(here)
    assert len(watched.asked) == len(set(watched.asked)) > 4
    assert 1 < watched.most <= 4


def test_who_waits_is_told_how_far_it_is(there: There):
    heard: list[Progress] = []
    wiring.report(there.case, signing_key=fakes.key_file(there.case.parent), progress=heard.append)
    assert [one.done for one in heard] == list(range(1, len(heard) + 1))
    assert 0 < len(heard) <= len(there.keys())
    heard.clear()
    wiring.verify(there.case, progress=heard.append)
    assert (heard[-1].done, heard[-1].total) == (len(there.keys()), len(there.keys()))


def test_cases_are_set_side_by_side_wherever_their_pictures_lie(there: There, here: Path, tmp_path: Path):
    page, paper = wiring.against(there.case, here, tmp_path / "beside.html")
    assert page.stat().st_size > 0
    assert paper.stat().st_size > 0


def test_a_worker_reads_pictures_from_the_bucket(there: There):
    """As the one that looks at photos of the public form does: in a process of its own, with little memory."""
    path = sorted(there.keys())[0]
    assert apart(pictures_of(there.case).read, path, what="a picture") == there.contents()[path]


def test_a_copy_of_the_folder_finds_its_pictures(there: There, tmp_path: Path):
    assert wiring.verify(shutil.copytree(there.case, tmp_path / "copy")).state == "holds"


def test_what_a_killed_run_could_not_name_is_swept(there: There, tmp_path: Path):
    there.put(f"evidence/ab/{'ab' * 32}.png", b"a picture of a run that was killed")
    campaign = cases.campaign(tmp_path / "campaign")
    with fakes.opened(there.case, campaign) as store:
        store.save(cases.examined(campaign, cases.source("new.mp4"), [cases.same("camellia-biscuits")]))
    with CaseStore.open(there.case, campaign=campaign, software="1.0", signer=fakes.key()) as store:
        store.save(cases.examined(campaign, cases.source("next.mp4"), [cases.same("camellia-biscuits")]))
        fakes.finish(store, campaign)
    assert there.keys() == needed(there.case)
    assert wiring.verify(there.case).state == "holds"
