"""What footage tells beside its pictures is left out: sound, places, makers, names of files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import pytest
from PIL import Image as Pictures

from fakes import market
from fakes.footage import pattern, write_photo, write_video
from samegoods import wiring
from samegoods.edges.media import Footage, open_media
from samegoods.edges.media import decoding as decodes

TELLTALES = "TELLMAKER", "TELLWRITER", "TELLREMARK", "TELLLENS"
LATITUDE = 37.0, 33.0, 59.25
TAKEN = datetime(2026, 7, 14, 9, 30)


def test_sound_is_never_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_video(tmp_path / "a.mp4", [pattern(shift=n) for n in range(8)], sound=True)
    containers = []

    def spied(*words: object, **options: object):
        containers.append(av.open(*words, **options))
        return containers[-1]

    monkeypatch.setattr(decodes, "av", type("spied", (), {**vars(av), "open": staticmethod(spied)}))
    media = open_media(Footage(str(path), "songsin", ZoneInfo("UTC")))
    heard, seen = set(), set()
    for _ in media.frames():
        for container in containers:
            heard |= {one.codec_context.is_open for one in container.streams.audio}
            seen |= {one.codec_context.is_open for one in container.streams.video}
    assert (heard, seen) == ({False}, {True})


def exif() -> Pictures.Exif:
    told = Pictures.Exif()
    told[0x010F], told[0x013B], told[0x9286], told[0xA434] = TELLTALES
    told.get_ifd(0x8825)[2] = LATITUDE
    told[0x8825] = told.get_ifd(0x8825)
    return told


def test_nothing_that_a_photo_tells_of_its_taking_is_in_the_case(tmp_path: Path):
    file = market.write_campaign(tmp_path)
    photo = write_photo(tmp_path / "TELLNAME.jpg", market.tea().pixels, quality=92, exif=exif())
    assert all(word.encode() in photo.read_bytes() for word in TELLTALES)
    case = tmp_path / "case"
    result = wiring.check(file, [photo], case, captured_at=TAKEN, engine="inline", anonymous_sources=True)
    assert result.items
    for written in (one for one in case.rglob("*") if one.is_file()):
        assert not any(word.encode() in written.read_bytes() for word in (*TELLTALES, "TELLNAME")), written
    pictures = list((case / "evidence").rglob("*.png"))
    assert pictures
    for picture in pictures:
        with Pictures.open(picture) as one:
            assert (dict(one.info), dict(one.getexif())) == ({}, {})


SCRIPT = """
    import sys
    from datetime import datetime
    from samegoods import wiring
    from samegoods.errors import SamegoodsError

    campaign, footage, case = sys.argv[1:]
    try:
        taken = datetime(2026, 7, 14, 9, 30)
        wiring.check(campaign, [footage], case, captured_at=taken, engine="inline")
    except SamegoodsError as error:
        print(f"{type(error).__name__}: {error}")
"""


def without_power(words: list[str | Path]) -> list[str | Path]:
    """The command, for whom a read-only folder is one also if root runs it."""
    if not hasattr(os, "getuid"):
        pytest.skip("folders are not made read-only in this way here")
    if os.getuid() != 0:
        return words
    if shutil.which("setpriv") is None:
        pytest.skip("root writes everywhere, and there is no setpriv")
    return ["setpriv", "--bounding-set", "-dac_override", "--inh-caps", "-dac_override", *words]


@pytest.mark.parametrize("there", [False, True])
def test_a_folder_that_is_read_only_is_one_clear_error_and_stays_as_it_was(tmp_path: Path, there: bool):
    """Also where a case is in it already: it is not gone on with, and can still be verified."""
    file = market.write_campaign(tmp_path)
    photo = write_photo(tmp_path / "a.png", market.tea().pixels)
    case = tmp_path / "results" / "case"
    case.parent.mkdir()
    if there:
        wiring.check(file, [photo], case, captured_at=TAKEN, engine="inline")
        write_photo(tmp_path / "b.png", market.other_tea().pixels)
    before = {one: one.read_bytes() for one in case.rglob("*") if one.is_file()}
    held = [*case.parent.rglob("*"), case.parent]
    words = without_power([sys.executable, "-c", textwrap.dedent(SCRIPT), file, tmp_path / "*.png", case])
    for one in held:
        one.chmod(0o555 if one.is_dir() else 0o444)
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
        state = wiring.verify(case).state if there else None
    finally:
        for one in held:
            one.chmod(0o755 if one.is_dir() else 0o644)
    assert done.stdout.startswith(f"CaseError: {case}"), done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert {one: one.read_bytes() for one in case.rglob("*") if one.is_file()} == before
    assert state == ("holds" if there else None)
