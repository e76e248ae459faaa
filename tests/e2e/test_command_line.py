"""The commands as a user runs them, on a tiny campaign: in processes of their own where that may make a difference."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from fakes import drawn, market
from fakes.footage import write_photo
from samegoods.cli import main

pytestmark = pytest.mark.slow

PLACE = ("--site", "corner", "--captured-at", "2026-07-14T09:30")
CAPTURED = datetime(2026, 7, 14, 0, 30, tzinfo=UTC)
HANGS_S = 300
"""A command that takes this long will not end."""


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "samegoods", *map(str, words)]


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), capture_output=True, encoding="utf-8", env=environment(), timeout=HANGS_S, check=False
    )


def here(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The same in this process, which has all libraries loaded: a process of its own takes two seconds for that."""
    done = CliRunner().invoke(main, [str(word) for word in words], prog_name="samegoods")
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def beside_audit(said: str) -> list[str]:
    """What a check told on stderr beside the outcome of its audit, which must be clean, and beside what this machine
    lacks: Tesseract is no Python package."""
    lines = said.splitlines()
    audits = [line for line in lines if line.startswith("privacy audit: ")]
    assert len(audits) == 1
    assert audits[0].startswith("privacy audit: clean: 0 of ")
    lacking = "labels were read without tesseract: "
    return [line for line in lines if line not in audits and not line.startswith(lacking)]


@lru_cache
def schema(name: str) -> dict:
    done = here("schema", name)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def check_words(folder: Path, case: Path, *names: str) -> list[str | Path]:
    """The check of a tiny campaign's footage, or of the files of these names, into a case."""
    footage = folder / "footage"
    files = [footage / name for name in names]
    return ["check", folder / "campaign.yaml", *(files or [footage]), "-o", case, *PLACE]


@dataclass(frozen=True)
class Tiny:
    """The tiny campaign on disk, and what one undisturbed run came to."""

    folder: Path
    case: Path
    broken: Path
    done: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny campaign and its footage; beside it a photo of a pack that is not in the campaign."""
    folder = tmp_path_factory.mktemp("tiny")
    market.write_campaign(folder)
    market.write_footage(folder / "footage")
    write_photo(folder / "stranger.jpg", market.stranger().pixels, quality=92)
    return folder


@pytest.fixture(scope="module")
def tiny(folder: Path) -> Tiny:
    case = folder / "case"
    done = run(*check_words(folder, case), "--workers", "1")
    return Tiny(folder, case, folder / "footage" / "broken.mp4", done)


@pytest.fixture
def again(tiny: Tiny, tmp_path: Path) -> Path:
    """A copy of the case, to go on with."""
    return shutil.copytree(tiny.case, tmp_path / "case")


def document(case: Path) -> dict:
    return json.loads((case / "findings.json").read_text(encoding="utf-8"))


def named(found: dict) -> dict[str, dict]:
    """The sources of a document by the names of their files."""
    return {Path(source["path"]).name: source for source in found["sources"]}


def evidence(case: Path) -> set[str]:
    return {path.relative_to(case).as_posix() for path in (case / "evidence").rglob("*") if path.is_file()}


def inside(region: list[list[float]], box: tuple[float, float, float, float]) -> bool:
    """Whether a region's middle lies in a box."""
    (x, y), (left, top, width, height) = np.mean(region, axis=0), box
    return bool(left < x < left + width and top < y < top + height)


ADDRESSES = {"src", "srcset", "href", "xlink:href", "action", "formaction", "data", "poster", "background"}
RUN = {"script", "iframe", "object", "embed"}


class Page(HTMLParser):
    """What a page would fetch or go to, what in it would run, and how many pictures it holds itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        styled = re.findall(r"""url\(\s*["']?([^"')]*)|@import\s*["']([^"']*)""", text)
        self._asked = [url or imported for url, imported in styled]
        self._ids: set[str] = set()
        self.feed(text)
        self.close()

    @property
    def pictures(self) -> int:
        return sum(address.startswith("data:image/") for address in self._asked)

    @property
    def outside(self) -> list[str]:
        """The addresses that are neither a picture in the page nor a place in it."""
        places = {f"#{one}" for one in self._ids}
        return [one for one in self._asked if not one.startswith("data:image/") and one not in places]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._asked += [value or "" for name, value in attrs if name in ADDRESSES]
        self._ids |= {value or "" for name, value in attrs if name == "id"}
        self.runs += [tag] if tag in RUN else []
        self.runs += [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize(
    ("text", "outside", "runs"),
    [
        ('<img src="a.png"><svg><image href="data:image/webp;base64,AA"/></svg>', ["a.png"], []),
        ('<a href="#here">1</a><a href="#gone">2</a><p id="here">', ["#gone"], []),
        ("<style>@import 'b.css'; p {background: url(c.png)}</style>", ["b.css", "c.png"], []),
        ('<p style="background: url(//d)"><link href=https://e>', ["//d", "https://e"], []),
        ('<script>1</script><p onclick="1">', [], ["script", "onclick"]),
    ],
)
def test_the_look_at_a_page_sees_what_is_outside_and_what_runs(text: str, outside: list[str], runs: list[str]):
    page = Page(text)
    assert (page.outside, page.runs) == (outside, runs)


def test_check_ends_with_4_and_names_the_broken_file_alone(tiny: Tiny):
    assert tiny.done.returncode == 4, tiny.done.stderr
    reason = named(document(tiny.case))["broken.mp4"]["reason"]
    assert reason
    assert beside_audit(tiny.done.stderr) == [f"failed: {tiny.broken}: {reason}"]


def test_check_prints_what_it_found_and_where_the_report_is(tiny: Tiny):
    _, *rows, report = tiny.done.stdout.splitlines()
    assert [row.split()[:7] for row in rows] == [
        ["tea", "corner", "2", "1", "1", "0", "50%"],
        ["soap", "corner", "1", "1", "0", "0", "0%"],
    ]
    assert report == f"report: {tiny.case / 'report.html'}"
    assert (tiny.case / "report.html").is_file()


def test_findings_follow_their_schema(tiny: Tiny):
    found = document(tiny.case)
    jsonschema.validate(found, schema("findings"))
    del found["items"][0]["packaging"]["call"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema("findings"))


def test_sources_say_what_was_read(tiny: Tiny):
    sources = named(document(tiny.case))
    assert {name: (one["kind"], one["status"], one["reason"] is None) for name, one in sources.items()} == {
        "clip.mp4": ("video", "ok", True),
        "same.jpg": ("photo", "ok", True),
        "other.jpg": ("photo", "ok", True),
        "broken.mp4": ("video", "failed", False),
    }
    for name, source in sources.items():
        assert source["sha256"] == hashlib.sha256((tiny.folder / "footage" / name).read_bytes()).hexdigest()
        assert source["site"] == "corner"
        assert datetime.fromisoformat(source["captured_at"]) == CAPTURED


def test_each_pack_is_one_item_with_its_call(tiny: Tiny):
    found = document(tiny.case)
    calls = {
        name: [(item["product"], item["packaging"]["call"]) for item in found["items"] if item["source"] == one["id"]]
        for name, one in named(found).items()
    }
    assert calls == {
        "clip.mp4": [("soap", "same")],
        "same.jpg": [("tea", "same")],
        "other.jpg": [("tea", "different")],
        "broken.mp4": [],
    }
    views = Counter(sighting["item"] for sighting in found["sightings"])
    assert {item["id"]: item["views"] for item in found["items"]} == views
    for item in found["items"]:
        differences = item["packaging"]["differences"]
        assert bool(differences) == (item["packaging"]["call"] == "different")
        assert all(inside(one["region"], market.BADGE) for one in differences), differences


def test_sightings_say_when_and_where(tiny: Tiny):
    found = document(tiny.case)
    names = {source["id"]: name for name, source in named(found).items()}
    photos = {"same.jpg": market.tea(), "other.jpg": market.other_tea()}
    seen = Counter()
    for sighting in found["sightings"]:
        name, time_s = names[sighting["source"]], sighting["time_s"]
        seen[name] += 1
        assert (time_s is None) == (name in photos)
        truth = photos[name] if name in photos else market.soap(round(time_s / market.STEP_S))
        assert np.abs(np.subtract(sighting["quad"], truth.quad)).max() < 4
    assert (seen["same.jpg"], seen["other.jpg"]) == (1, 1)
    assert seen["clip.mp4"] >= 2


def test_findings_count_the_items(tiny: Tiny):
    counted = {finding["product"]: finding for finding in document(tiny.case)["findings"]}
    numbers = ("site", "in_scope", "items", "same", "different", "cannot_tell", "share_different")
    assert {product: tuple(one[number] for number in numbers) for product, one in counted.items()} == {
        "tea": ("corner", True, 2, 1, 1, 0, 0.5),
        "soap": ("corner", True, 1, 1, 0, 0, 0.0),
    }
    assert 0 < counted["tea"]["low"] < 0.5 < counted["tea"]["high"] < 1


def test_the_table_of_sightings_says_the_same(tiny: Tiny):
    found = document(tiny.case)
    paths = {source["id"]: source["path"] for source in found["sources"]}
    corners = [
        f"{corner}_{axis}" for corner in ("top_left", "top_right", "bottom_right", "bottom_left") for axis in "xy"
    ]
    with (tiny.case / "sightings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    plain = ("id", "source", "time_s", "product", "version", "face", "score", "margin", "item")
    assert [[row[key] for key in plain] for row in rows] == [
        ["" if one[key] is None else str(one[key]) for key in plain] for one in found["sightings"]
    ]
    for row, one in zip(rows, found["sightings"], strict=True):
        assert (row["path"], row["site"]) == (paths[one["source"]], "corner")
        assert datetime.fromisoformat(row["captured_at"]) == CAPTURED
        assert [float(row[corner]) for corner in corners] == np.ravel(one["quad"]).tolist()


def test_the_report_needs_nothing_but_itself(tiny: Tiny):
    text = (tiny.case / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.outside == []
    assert page.runs == []
    assert page.pictures >= 2
    for said in ("Tea", "Soap", "broken.mp4"):
        assert said in text


def test_evidence_is_there_and_named_by_its_content(tiny: Tiny):
    found = document(tiny.case)
    told = {one["picture"] for one in found["references"]}
    for item in found["items"]:
        assert item["evidence"]
        assert {crop["path"] for crop in item["crops"]} == set(item["evidence"])
        told |= set(item["evidence"])
    assert evidence(tiny.case) == told
    for path in told:
        assert hashlib.sha256((tiny.case / path).read_bytes()).hexdigest() == Path(path).stem


def test_a_rerun_looks_at_nothing_that_is_done_and_changes_nothing(tiny: Tiny, again: Path):
    before = (again / "findings.json").read_bytes()
    done = here(*check_words(tiny.folder, again, "clip.mp4", "same.jpg", "other.jpg"), "-v", "--json")
    assert (done.returncode, beside_audit(done.stderr)) == (0, [])
    assert done.stdout.encode() == before
    assert (again / "findings.json").read_bytes() == before
    assert evidence(again) == evidence(tiny.case)


@dataclass(frozen=True)
class Rerun:
    """A rerun over all footage: what it said, and findings.json before and after."""

    done: subprocess.CompletedProcess[str]
    before: bytes
    after: bytes


@pytest.fixture(scope="module")
def rerun(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Rerun:
    case = shutil.copytree(tiny.case, tmp_path_factory.mktemp("again") / "case")
    done = run(*check_words(tiny.folder, case), "-v")
    return Rerun(done, (tiny.case / "findings.json").read_bytes(), (case / "findings.json").read_bytes())


def test_a_rerun_tries_what_failed_and_that_alone(tiny: Tiny, rerun: Rerun):
    assert rerun.done.returncode == 4
    reason = named(json.loads(rerun.before))["broken.mp4"]["reason"]
    assert beside_audit(rerun.done.stderr) == [
        f"{tiny.broken}: failed: {reason}: 0 sightings, 0 items",
        "3 of 4 were done by an earlier run",
        f"failed: {tiny.broken}: {reason}",
    ]


def test_a_rerun_that_finds_nothing_new_changes_nothing(rerun: Rerun):
    assert rerun.after == rerun.before


def killed(words: list[str | Path], *, sources: int) -> list[str]:
    """Start a check and kill it, workers and all, when it has told of so many sources: what it told."""
    with subprocess.Popen(
        command(*words, "-v"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        try:
            told = [process.stderr.readline() for _ in range(sources)]
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, told
    return told


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system cannot kill a process without asking it")
def test_a_killed_run_is_completed_by_the_next(tiny: Tiny, tmp_path: Path):
    case = tmp_path / "case"
    words = [*check_words(tiny.folder, case), "--workers", "1"]
    first, _ = killed(words, sources=2)  # the first is saved before the second is told
    assert re.search("clip.mp4: ok: [1-9]", first)
    assert not (case / "findings.json").exists(), "it was killed too late to show anything"
    done = run(*words, "-v")
    assert done.returncode == 4, done.stderr
    assert re.search("^[12] of 4 were done by an earlier run$", done.stderr, re.MULTILINE)
    assert "clip.mp4" not in done.stderr
    assert document(case) | {"made_at": ""} == document(tiny.case) | {"made_at": ""}
    assert (case / "sightings.csv").read_bytes() == (tiny.case / "sightings.csv").read_bytes()
    assert evidence(case) == evidence(tiny.case)


@pytest.mark.parametrize(
    ("runs", "photo", "code", "call", "pictures"),
    [
        (run, "footage/other.jpg", 1, "different", 5),
        (here, "stranger.jpg", 3, "cannot_tell", 0),
    ],
)
def test_compare_ends_with_its_call(
    runs: Callable[..., subprocess.CompletedProcess[str]],
    folder: Path,
    tmp_path: Path,
    photo: str,
    code: int,
    call: str,
    pictures: int,
):
    """``pictures``: those of the whole face; each difference adds three from close by."""
    done = runs("compare", folder / "references" / "tea.png", folder / photo, "--json", "-o", tmp_path / "seen")
    assert (done.returncode, done.stderr) == (code, "")
    comparison = json.loads(done.stdout)
    jsonschema.validate(comparison, schema("comparison"))
    assert comparison["call"] == comparison["packaging"]["call"] == call
    differences = comparison["packaging"]["differences"]
    assert bool(differences) == (call == "different")
    assert all(inside(one["region"], market.BADGE) for one in differences), differences
    page = Page((tmp_path / "seen" / "comparison.html").read_text(encoding="utf-8"))
    assert (page.pictures, page.outside, page.runs) == (pictures + 3 * len(differences), [], [])


@pytest.mark.parametrize(
    ("reference", "photo", "bad"),
    [
        ("references/tea.png", "footage/broken.mp4", "footage/broken.mp4"),
        ("campaign.yaml", "footage/same.jpg", "campaign.yaml"),
    ],
)
def test_compare_refuses_what_is_no_picture(folder: Path, tmp_path: Path, reference: str, photo: str, bad: str):
    done = here("compare", folder / reference, folder / photo, "-o", tmp_path / "seen")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert str(folder / bad) in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "seen").exists()


def contents(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def test_a_new_campaign_can_be_filled_in_and_planned(folder: Path, tmp_path: Path):
    footage = folder / "footage"
    made = here("init", tmp_path / "july")
    assert made.returncode == 0, made.stderr
    file = tmp_path / "july" / "campaign.yaml"
    assert made.stdout == f"{file}\n"
    (picture,) = re.findall(r"references/[\w.-]+", file.read_text(encoding="utf-8"))
    words = ("check", file, footage, "-o", tmp_path / "case", "--dry-run")
    empty = here(*words)
    assert (empty.returncode, empty.stdout) == (2, "")
    assert picture in empty.stderr
    assert "sites[0].notice" in empty.stderr
    sample = "TODO: where the public is told of the filming"
    file.write_text(file.read_text(encoding="utf-8").replace(sample, "at both gates"), encoding="utf-8")
    write_photo(file.parent / picture, drawn.pack(1))
    before = contents(tmp_path), contents(footage)
    planned = here(*words)
    assert (planned.returncode, planned.stderr) == (0, "")
    _, *rows = planned.stdout.splitlines()
    assert [row.split()[:3] for row in rows] == [
        [str(footage / name), kind, "main-market"]
        for name, kind in [
            ("broken.mp4", "video"),
            ("clip.mp4", "video"),
            ("other.jpg", "photo"),
            ("same.jpg", "photo"),
        ]
    ]
    assert (contents(tmp_path), contents(footage)) == before


@pytest.mark.parametrize("name", ["campaign", "findings", "comparison", "read", "settings"])
def test_schemas_are_schemas(name: str):
    published = schema(name)
    jsonschema.validators.validator_for(published, default=None).check_schema(published)
    assert published["$id"] == f"samegoods/{name}/1"


def test_the_campaign_follows_its_schema():
    campaign = json.loads(json.dumps(yaml.safe_load(market.CAMPAIGN), default=str))
    jsonschema.validate(campaign, schema("campaign"))
    campaign["products"][0]["colour"] = "red"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(campaign, schema("campaign"))


def test_report_makes_the_report_again(again: Path):
    report = again / "report.html"
    before = contents(again)
    report.write_bytes(b"something else")
    done = here("report", again)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{report}\n", "")
    assert contents(again) == before
