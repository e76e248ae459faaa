"""Capture times out of EXIF and containers: as stated, in UTC, or unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PIL import Image as Pictures

from fakes.footage import pattern, write_photo, write_video
from samegoods.edges.media import Footage, open_media, when

SEOUL = ZoneInfo("Asia/Seoul")
MADE = datetime(2026, 7, 1, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({0x9003: "2026:07:01 09:30:00"}, MADE),
        ({0x9003: "2026:07:01 09:30:00\x00"}, MADE),
        ({0x9003: "2026:07:01 02:30:00", 0x9011: "+02:00"}, MADE),
        ({0x9003: "2026:07:01 09:30:00", 0x9011: "rubbish"}, MADE),
        ({0x9003: "0000:00:00 00:00:00"}, None),
        ({0x9003: "    :  :     :  :  "}, None),
        ({0x9003: "1980:01:01 00:00:00"}, None),
        ({0x9003: b"2026:07:01 09:30:00"}, None),
        ({0x9004: "2026:07:01 09:30:00", 0x0132: "2026:07:01 09:30:00"}, None),
        ({}, None),
    ],
)
def test_exif(tags, expected):
    assert when.from_exif(tags, SEOUL) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"creation_time": "2026-07-01T00:30:00.000000Z"}, MADE),
        ({"creation_time": "2026-07-01 00:30:00"}, MADE),
        (
            {
                "com.apple.quicktime.creationdate": "2026-07-01T09:30:00+0900",
                "creation_time": "2026-08-01T00:00:00Z",
            },
            MADE,
        ),
        ({"com.apple.quicktime.creationdate": "?", "creation_time": "2026-07-01T00:30:00Z"}, MADE),
        ({"creation_time": "1904-01-01T00:00:00.000000Z"}, None),
        ({"creation_time": "1970-01-01T00:00:00.000000Z"}, None),
        ({"creation_time": "0001-01-01T00:00:00+14:00"}, None),
        ({"creation_time": "soon"}, None),
        ({}, None),
    ],
)
def test_container(tags, expected):
    assert when.from_container(tags) == expected


def taken() -> Pictures.Exif:
    exif = Pictures.Exif()
    exif.get_ifd(when.EXIF_IFD)[0x9003] = "2026:07:01 09:30:00"
    exif[when.EXIF_IFD] = exif.get_ifd(when.EXIF_IFD)  # or Pillow takes the whole for empty
    return exif


@pytest.fixture
def photo(tmp_path):
    return write_photo(tmp_path / "a.jpg", exif=taken())


@pytest.fixture
def video(tmp_path):
    return write_video(tmp_path / "a.mp4", [pattern()] * 3, tags={"creation_time": "2026-07-01T00:30:00Z"})


@pytest.mark.parametrize(("which", "said"), [("photo", "exif"), ("video", "container")])
def test_the_word_of_the_user_comes_before_the_file(which, said, request):
    path = request.getfixturevalue(which)
    source = open_media(Footage(str(path), "s", SEOUL)).source
    assert (source.captured_at, source.captured_from) == (MADE, said)
    noon = datetime(2026, 7, 2, 12, tzinfo=UTC)
    source = open_media(Footage(str(path), "s", SEOUL, noon, "csv")).source
    assert (source.captured_at, source.captured_from) == (noon, "csv")


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif", ".heic", ".avif"])
def test_exif_of_other_formats(tmp_path, suffix):
    path = write_photo(tmp_path / f"a{suffix}", exif=taken())
    assert open_media(Footage(str(path), "s", SEOUL)).source.captured_at == MADE


def test_a_file_that_says_nothing_has_no_time(tmp_path):
    for path in (write_photo(tmp_path / "a.jpg"), write_video(tmp_path / "a.mp4", [pattern()] * 3)):
        source = open_media(Footage(str(path), "s", SEOUL)).source
        assert (source.captured_at, source.captured_from) == (None, None)
