"""Bundles: the same bytes for the same case, checkable by hand, and harmless whatever is in them."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import custody as fakes
from samegoods import wiring
from samegoods.edges import bundle as bundles
from samegoods.edges.bundle import reading
from samegoods.errors import CaseError, CustodyError, MissingPart, SamegoodsError


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished case, its key and a bundle of it; nothing may change them."""
    folder = tmp_path_factory.mktemp("whole")
    fakes.finished_case(folder, sources=2)
    wiring.export(folder / "case", folder / "case.zip", signing_key=fakes.key_file(folder))
    return folder


def test_the_same_case_gives_the_same_bytes(whole: Path, tmp_path: Path):
    log = (whole / "case" / "custody.jsonl").read_bytes()
    wiring.export(whole / "case", tmp_path / "case.zip", signing_key=whole / "key-1.pem")
    assert (tmp_path / "case.zip").read_bytes() == (whole / "case.zip").read_bytes()
    assert (whole / "case" / "custody.jsonl").read_bytes() == log


def test_a_bundle_holds_what_its_findings_need_and_no_more(whole: Path):
    with zipfile.ZipFile(whole / "case.zip") as bundle:
        names = bundle.namelist()
    evidence = {p.relative_to(whole / "case").as_posix() for p in (whole / "case" / "evidence").rglob("*.png")}
    texts = {"README.txt", "custody.jsonl", "custody.pub", "findings.json", "manifest.json"}
    assert set(names) == texts | {"report.html", "report.pdf", "sightings.csv"} | evidence
    assert names == sorted(names)


@pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "openssl", "sha256sum"))), reason="no openssl or sha256sum here"
)
def test_the_steps_by_hand_are_right(whole: Path, tmp_path: Path):
    with zipfile.ZipFile(whole / "case.zip") as bundle:
        bundle.extractall(tmp_path)
    text = (tmp_path / "README.txt").read_text()
    steps = [line.strip() for line in text[text.index("BY HAND") :].splitlines() if line.startswith("       ")]
    assert len(steps) == 7

    def by_hand() -> subprocess.CompletedProcess[str]:
        script = "set -e -o pipefail\n" + "\n".join(steps)
        return subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)

    done = by_hand()
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout
    hashes = [
        line.split()[0] for line in done.stdout.splitlines() if line.endswith((".json", ".csv", ".html", ".pdf"))
    ]
    told = [line for line in done.stdout.splitlines() if '"kind":"exported"' in line or '"kind":"published"' in line]
    assert len(hashes) == 5
    assert all(any(one in line for line in told) for one in hashes)
    log = (tmp_path / "custody.jsonl").read_text()
    (tmp_path / "custody.jsonl").write_text(log[:-3] + "x" + log[-2:])
    assert by_hand().returncode != 0


@pytest.fixture(scope="module")
def credited(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same case as a bundle with content credentials."""
    pytest.importorskip("c2pa", reason="content credentials need the extra samegoods[credentials]")
    folder = tmp_path_factory.mktemp("credited")
    case = shutil.copytree(whole / "case", folder / "case")
    return wiring.export(case, folder / "c.zip", signing_key=whole / "key-1.pem", credentials=True)


def said_of(png: bytes, credentials: bytes) -> dict:
    """What C2PA's own reader says of a picture and its credentials."""
    import c2pa

    with c2pa.Reader("image/png", io.BytesIO(png), manifest_data=credentials) as reader:
        return json.loads(reader.json())


def test_every_picture_has_content_credentials_by_the_key_of_the_case(credited: Path):
    assert wiring.verify(credited).state == "holds"
    document = json.loads(zipfile.ZipFile(credited).read("findings.json"))
    sources = {source["id"]: source["sha256"] for source in document["sources"]}
    with zipfile.ZipFile(credited) as bundle:
        pictures = [name for name in bundle.namelist() if name.startswith("evidence/")]
        beside = [name for name in bundle.namelist() if name.startswith("credentials/")]
        assert len(pictures) == len(beside)
        for item in document["items"]:
            path = item["evidence"][0]
            name = path.replace("evidence", "credentials").replace(".png", ".c2pa")
            said = said_of(bundle.read(path), bundle.read(name))
            assert said["validation_state"] == "Valid"
            (manifest,) = said["manifests"].values()
            told = {one["label"]: one["data"] for one in manifest["assertions"]}["samegoods.custody"]
            assert (told["item"], told["source_sha256"]) == (item["id"], sources[item["source"]])
            assert manifest["signature_info"]["common_name"] == "samegoods case key"


def test_credentials_are_not_those_of_another_picture(credited: Path):
    with zipfile.ZipFile(credited) as bundle:
        names = [name for name in bundle.namelist() if name.startswith("evidence/")][:2]
        pictures = [bundle.read(name) for name in names]
        beside = bundle.read(names[0].replace("evidence", "credentials").replace(".png", ".c2pa"))
    assert said_of(pictures[0], beside)["validation_state"] == "Valid"
    changed = bytearray(pictures[0])
    changed[len(changed) // 2] ^= 1
    for other in (pictures[1], bytes(changed)):
        said = said_of(other, beside)
        assert said["validation_state"] == "Invalid"
        assert "assertion.dataHash.mismatch" in {one["code"] for one in said["validation_status"]}


def test_credentials_that_were_changed_are_named(credited: Path, tmp_path: Path):
    with zipfile.ZipFile(credited) as bundle, zipfile.ZipFile(tmp_path / "c.zip", "w") as other:
        name = next(one for one in bundle.namelist() if one.startswith("credentials/"))
        for one in bundle.namelist():
            other.writestr(zipfile.ZipInfo(one), bundle.read(one) if one != name else b"x")
    assert str(wiring.verify(tmp_path / "c.zip").problems[0]).startswith(f"{name}: is not the file that manifest.json")


def test_without_the_extra_it_is_named(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(MissingPart, match=r"pip install 'samegoods\[credentials\]'"):
        wiring.export(whole / "case", tmp_path / "b.zip", signing_key=whole / "key-1.pem", credentials=True)


def test_a_bundle_that_cannot_be_written_leaves_nothing_behind(whole: Path, tmp_path: Path):
    case = shutil.copytree(whole / "case", tmp_path / "case")
    (tmp_path / "taken").mkdir()
    with pytest.raises(CustodyError, match="taken: cannot be written"):
        wiring.export(case, tmp_path / "taken", signing_key=whole / "key-1.pem")
    with pytest.raises(CustodyError, match=r"gone/b\.zip: cannot be written: No such file"):
        wiring.export(case, tmp_path / "gone" / "b.zip", signing_key=whole / "key-1.pem")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["case", "taken"]
    assert wiring.verify(case).state == "holds"


def test_what_is_no_case_is_not_exported(whole: Path, tmp_path: Path):
    with pytest.raises(CaseError, match="there is no case here"):
        wiring.export(tmp_path / "nowhere", tmp_path / "b.zip", signing_key=whole / "key-1.pem")


def refused(file: Path) -> str:
    with pytest.raises(SamegoodsError) as caught:
        wiring.verify(file)
    return str(caught.value)


def test_a_bundle_that_would_fill_the_memory_is_refused_with_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "b.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("findings.json", b"0" * 3_000_000)
        bundle.writestr("sightings.csv", b"0" * 3_000_000)
    monkeypatch.setattr(reading, "TEXT_BYTES", 2_000_000)
    assert str(wiring.verify(file).problems[0]) == "findings.json: has more than 2000000 bytes, and was not read"
    monkeypatch.setattr(reading, "TOTAL_BYTES", 5_000_000)
    assert "unpacked it would have 6000000 bytes, more than the 5000000" in refused(file)
    monkeypatch.setattr(reading, "DIRECTORY_BYTES", 100)
    assert "its list of members has 118 bytes" in refused(file)
    monkeypatch.setattr(reading, "FILE_BYTES", 1000)
    assert "more than the 1000 that are read" in refused(file)


def test_a_member_that_lies_of_its_size_gives_no_more_than_it_said(whole: Path, tmp_path: Path):
    """The list says 10 bytes, the stream holds a million: zipfile reads ten, and their checksum is wrong."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("findings.json", b"0" * 1_000_000)
    raw = stream.getvalue().replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (tmp_path / "b.zip").write_bytes(raw)
    assert str(wiring.verify(tmp_path / "b.zip").problems[0]).startswith("findings.json: cannot be read: Bad CRC-32")


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"PK\x05\x06", b"PK\x05\x06" + b"\0" * 17, b"x" * 100, b"PK\x05\x06" + b"\xff" * 18],
    ids=range(6),
)
def test_what_is_no_bundle_says_so(tmp_path: Path, content: bytes):
    (tmp_path / "b.zip").write_bytes(content)
    assert "not a bundle that samegoods export has written" in refused(tmp_path / "b.zip")


def test_a_zip_with_an_extension_for_more_is_refused(whole: Path, tmp_path: Path):
    raw = (whole / "case.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(raw[:-22] + b"PK\x06\x07" + b"\0" * 16 + raw[-22:])
    assert "not a plain zip file" in refused(tmp_path / "b.zip")


def test_what_is_missing_is_named(tmp_path: Path):
    assert "gone.zip" in refused(tmp_path / "gone.zip")
    assert "there is no case here" in refused(tmp_path)


ODD = st.sampled_from(["findings.json", "custody.jsonl", "manifest.json", "custody.pub", "../x", "a" * 300, "é\n", ""])
CONTENT = st.binary(max_size=60) | st.sampled_from([b"{}", b"[]", b'{"members":{"x":1}}', b"\n\n"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(members=st.lists(st.tuples(ODD, CONTENT), max_size=5))
def test_whatever_the_members_are_there_are_problems_and_no_crash(members: list[tuple[str, bytes]], tmp_path: Path):
    with pytest.MonkeyPatch.context() as patch, zipfile.ZipFile(tmp_path / "b.zip", "w") as bundle:
        patch.setattr("warnings.warn", lambda *_, **__: None)  # that a name is there twice
        for name, content in members:
            bundle.writestr(zipfile.ZipInfo(name), content)
    assert wiring.verify(tmp_path / "b.zip").state == "wrong"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_bundle_never_holds_and_never_crashes(data: st.DataObject, whole: Path, tmp_path: Path):
    raw = bytearray((whole / "case.zip").read_bytes())
    ends = st.integers(0, 3000) | st.integers(len(raw) - 4000, len(raw) - 1)  # headers, and the list of members
    before = hold(whole / "case.zip")
    for at in data.draw(st.lists(ends, min_size=1, max_size=4)):
        raw[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([None, None, len(raw) - 1, len(raw) // 2, 30]))
    (tmp_path / "b.zip").write_bytes(raw[:cut])
    try:
        held = bundles.read_bundle(tmp_path / "b.zip")
    except SamegoodsError:
        return
    if wiring.verify(tmp_path / "b.zip").state == "holds":  # a date or the like, which nobody reads
        assert (dict(held.files), list(held.log)) == before


def hold(file: Path) -> tuple[dict[str, str], list[bytes]]:
    held = bundles.read_bundle(file)
    return dict(held.files), list(held.log)
