"""What the report says of its custody: how far the log goes that vouches for it, and how to verify it."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader

from fakes import custody as fakes
from samegoods import wiring
from samegoods.custody import fingerprint
from samegoods.edges.report import report_files
from samegoods.results.review import Wish

HEAD = re.compile(r"SHA-256 of entry (\d+) of the log</dt><dd><code>([0-9a-f]{64})")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a case with a report of its own, and of the key that signs it."""
    folder = tmp_path_factory.mktemp("vouching")
    fakes.finished_case(folder, sources=3)
    wiring.report(folder / "case", signing_key=fakes.key_file(folder))
    return folder


@pytest.fixture
def case(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole / "case", tmp_path / "case"))


def told(case: Path) -> tuple[int, str]:
    """The entry that the page names, and its hash."""
    found = HEAD.search((case / "report.html").read_text(encoding="utf-8"))
    assert found is not None
    return int(found[1]), found[2]


def test_the_report_names_the_head_of_the_log_before_itself(case: Path):
    lines = (case / "custody.jsonl").read_bytes().splitlines(keepends=True)
    number, sha256 = told(case)
    assert hashlib.sha256(lines[number - 1]).hexdigest() == sha256
    assert b'"kind":"signed"' in lines[number - 1]
    rest = b"".join(lines[number:])
    assert b'"kind":"published"' in rest
    assert not re.search(rb'"kind":"(source|crop|decision|reviewed|reference)"', rest)


def test_what_is_told_is_what_is_there(case: Path):
    page = (case / "report.html").read_text(encoding="utf-8")
    sheets = "".join(p.extract_text() for p in PdfReader(io.BytesIO((case / "report.pdf").read_bytes())).pages)
    findings = hashlib.sha256((case / "findings.json").read_bytes()).hexdigest()
    for said in (findings, fingerprint((case / "custody.pub").read_bytes()), told(case)[1]):
        assert said in page
        assert said in re.sub(r"[\s\u200b]", "", sheets)
    assert "How to verify this report" in sheets
    assert "samegoods verify CASE --key PUBLIC-KEY.pem --footage FOLDER" in page
    assert "No key signs" not in page


def test_a_report_made_anew_names_the_same_head_and_a_decision_moves_it(
    case: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
):
    fakes.without_audit(monkeypatch)
    before, log = told(case), (case / "custody.jsonl").read_bytes()
    wiring.report(case, signing_key=whole / "key-1.pem")
    assert (told(case), (case / "custody.jsonl").read_bytes()) == (before, log)
    with fakes.opened(case, None, now=fakes.clock(day=25)) as store:
        store.decide(Wish(decision="agree"), source="s-gate-1.mp4", item="s-gate-1.mp4-i0", by="Ana")
    wiring.report(case, signing_key=whole / "key-1.pem")
    assert told(case)[0] > before[0]
    assert wiring.verify(case).state == "holds"


def test_a_stamp_is_told_by_its_entry(case: Path):
    with fakes.opened(case, None, now=fakes.clock(day=25)) as store:
        assert store.vouched.stamped is None
        store.put("report.html", "<p>Another</p>")
        store.conclude(stamp=lambda message: b"a stamp")
        assert store.vouched.stamped is None, "it came after what the results rest on"
        store.decide(Wish(decision="agree"), source="s-gate-1.mp4", item="s-gate-1.mp4-i0", by="Ana")
        number = store.told.stamped[0]
        assert store.vouched.stamped == number
        page = report_files(case, store.vouched)["report.html"]
    assert f"entry {number} bears the stamp of an authority (RFC 3161)" in page


def test_of_a_case_that_nobody_signs_it_says_so(case: Path):
    page = str(report_files(case)["report.html"])
    assert "No key signs the log of this case, so it proves nothing" in page
    assert "Every entry is bound" not in page
