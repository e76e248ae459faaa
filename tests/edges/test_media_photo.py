"""Photos and references: every format and mode as upright sRGB, and what damage leaves."""

from __future__ import annotations

import io
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pictures
from PIL import ImageCms

from fakes.footage import SIZE, cut, noise, pattern, write_photo
from samegoods.edges.media import Footage, load_picture, open_media
from samegoods.edges.media.turn import Turn, of_exif
from samegoods.errors import MediaError

CARD = (200, 120, 60)


def card(mode: str = "RGB") -> Pictures.Image:
    return Pictures.new("RGB", SIZE, CARD).convert(mode)


def photo(path: Path):
    return open_media(Footage(str(path), "songsin", ZoneInfo("UTC")))


def mean(pixels: np.ndarray) -> np.ndarray:
    return pixels.reshape(-1, 3).mean(axis=0)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".bmp", ".heic", ".avif", ".gif"])
def test_formats(tmp_path, suffix):
    pixels = load_picture(write_photo(tmp_path / f"a{suffix}"))
    assert pixels.shape == (SIZE[1], SIZE[0], 3)
    assert np.abs(pixels.astype(int) - pattern()).mean() < 6


def test_the_content_decides_and_not_the_name(tmp_path):
    path = write_photo(tmp_path / "a.png").rename(tmp_path / "a.mp4")
    assert photo(path).source.kind == "photo"


@pytest.mark.parametrize(
    ("mode", "suffix", "tolerance"),
    [("RGB", ".png", 0), ("RGBA", ".png", 0), ("P", ".png", 26), ("CMYK", ".tif", 1), ("YCbCr", ".tif", 2)],
)
def test_modes(tmp_path, mode, suffix, tolerance):
    card(mode).save(tmp_path / f"a{suffix}")
    assert np.abs(mean(load_picture(tmp_path / f"a{suffix}")) - CARD).max() <= tolerance


@pytest.mark.parametrize(("mode", "value", "expected"), [("L", 90, 90), ("1", 1, 255), ("LA", (90, 255), 90)])
def test_grey_modes(tmp_path, mode, value, expected):
    Pictures.new(mode, SIZE, value).save(tmp_path / "a.png")
    assert np.unique(load_picture(tmp_path / "a.png")).tolist() == [expected]


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bits_are_scaled(tmp_path, channels, suffix):
    ramp = np.linspace(0, 65535, 64 * 96).reshape(64, 96).astype(np.uint16)
    deep = ramp if channels == 1 else np.dstack([ramp] * 3 + [np.full_like(ramp, 65535)] * (channels - 3))
    assert cv2.imwrite(str(tmp_path / f"a{suffix}"), deep)
    pixels = load_picture(tmp_path / f"a{suffix}")
    assert np.abs(pixels[..., 0] - ramp / 257).max() <= 1
    assert (pixels[..., 0] == pixels[..., 2]).all()


def test_big_endian_grey(tmp_path):
    Pictures.fromarray(np.full((8, 8), 32896, ">u2")).save(tmp_path / "a.tif")
    assert np.unique(load_picture(tmp_path / "a.tif")).tolist() == [128]


def test_what_has_no_defined_white_is_refused(tmp_path):
    Pictures.new("F", SIZE, 0.5).save(tmp_path / "a.tif")
    with pytest.raises(MediaError, match=r"a\.tif: it cannot be shown: its values have no defined white"):
        load_picture(tmp_path / "a.tif")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_lies_on_white(tmp_path, mode):
    clear = card("RGBA")
    clear.putalpha(0)
    options = {"transparency": 0} if mode == "P" else {}
    (Pictures.new("P", SIZE, 0) if mode == "P" else clear.convert(mode)).save(tmp_path / "a.png", **options)
    assert np.unique(load_picture(tmp_path / "a.png")).tolist() == [255]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path, orientation):
    exif = Pictures.Exif()
    exif[0x0112] = orientation
    path = write_photo(tmp_path / "a.png", exif=exif)
    upright = {
        1: pattern(),
        2: pattern()[:, ::-1],
        3: pattern()[::-1, ::-1],
        4: pattern()[::-1],
        5: pattern().transpose(1, 0, 2),
        6: np.rot90(pattern(), -1),
        7: pattern().transpose(1, 0, 2)[::-1, ::-1],
        8: np.rot90(pattern()),
    }[orientation]
    assert (load_picture(path) == upright).all()


@pytest.mark.parametrize("orientation", [0, 9, None, "6"])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation):
    assert of_exif(orientation) == Turn()


def test_an_embedded_profile_is_honoured(tmp_path):
    """The same numbers under another profile are another colour; under a profile that is sRGB they stay."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = write_photo(tmp_path / "srgb.png", np.asarray(card()), icc_profile=srgb)
    assert (mean(load_picture(path)) == CARD).all()
    swapped = _profile_with_red_and_green_swapped(srgb)
    path = write_photo(tmp_path / "swapped.png", np.asarray(card()), icc_profile=swapped)
    seen = mean(load_picture(path))
    assert np.abs(seen - (CARD[1], CARD[0], CARD[2])).max() < 4


def _profile_with_red_and_green_swapped(profile: bytes) -> bytes:
    """Exchange the colorants rXYZ and gXYZ in the tag table, and the name that says sRGB."""
    swapped = bytearray(profile)
    red, green = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(swapped).replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))


def test_a_damaged_profile_is_left_aside(tmp_path):
    path = write_photo(tmp_path / "a.png", np.asarray(card()), icc_profile=b"no profile at all")
    assert (mean(load_picture(path)) == CARD).all()


def test_a_truncated_jpeg_gives_the_rows_that_it_has(tmp_path):
    path = write_photo(tmp_path / "a.jpg", noise((96, 160)), quality=95)
    whole = load_picture(path)
    media = photo(cut(path, 0.5))
    (frame,) = media.frames()
    rows = frame.pixels.shape[0]
    assert 48 <= rows <= 88
    assert (frame.pixels[:-1] == whole[: rows - 1]).all()  # chroma bleeds over the edge into the last row
    assert media.outcome.status == "partial"
    assert media.outcome.reason == f"the file is truncated: {rows} of 160 rows of pixels are read"


def test_a_truncated_picture_is_no_reference(tmp_path):
    with pytest.raises(MediaError, match="truncated"):
        load_picture(cut(write_photo(tmp_path / "a.jpg", noise()), 0.5))


def test_a_jpeg_that_lacks_only_its_end_mark_is_whole(tmp_path):
    path = write_photo(tmp_path / "a.jpg", noise())
    path.write_bytes(path.read_bytes()[:-2])
    (frame,) = photo(path).frames()
    assert frame.pixels.shape == (SIZE[1], SIZE[0], 3)


def test_more_pictures_in_a_file_are_told(tmp_path):
    card().save(tmp_path / "a.tif", save_all=True, append_images=[card(), card()])
    media = photo(tmp_path / "a.tif")
    assert len(list(media.frames())) == 1
    assert (media.outcome.status, media.outcome.reason) == (
        "partial",
        "only the first of its 3 pictures is read",
    )


def test_a_bomb_is_not_opened(tmp_path):
    bomb = Pictures.new("1", (20_000, 20_000))
    bomb.save(tmp_path / "a.png")
    media = photo(tmp_path / "a.png")
    assert list(media.frames()) == []
    assert media.outcome.reason == "it has more than the limit of 120000000 px"


def test_a_missing_picture_is_named():
    with pytest.raises(MediaError, match=r"gone\.png: No such file"):
        load_picture(Path("gone.png"))


def _encoded(suffix: str) -> bytes:
    memory = io.BytesIO()
    Pictures.fromarray(pattern((48, 32))).save(
        memory, {"jpg": "JPEG", "png": "PNG", "tif": "TIFF", "webp": "WEBP"}[suffix]
    )
    return memory.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from(["jpg", "png", "tif", "webp"]),
    keep=st.floats(0, 1),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=10),
)
def test_damage_never_raises_and_always_has_a_reason(tmp_path, capfd, suffix, keep, flips):
    data = _encoded(suffix)
    damaged = bytearray(data[: max(1, int(len(data) * keep))])
    for place, bits in flips:
        damaged[int(place * (len(damaged) - 1))] ^= bits
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(damaged)
    media = photo(path)
    frames = list(media.frames())
    outcome = media.outcome
    assert outcome.status == "ok" or outcome.reason
    assert (outcome.status == "failed") == (frames == [])
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""
