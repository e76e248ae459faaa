"""Pictures on disk as RGB arrays: the right way up, in sRGB, on white, 8 bits; photos and references."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image as Pictures
from PIL import ImageCms, UnidentifiedImageError

from samegoods.edges.media import turn, when
from samegoods.edges.media.limits import LIMITS, MediaLimits
from samegoods.errors import MediaError
from samegoods.records import Image
from samegoods.strangers import read_bytes

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "AVIF", "HEIF", "GIF")

PICTURE_FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    RuntimeError,
    MemoryError,
    struct.error,
    Pictures.DecompressionBombError,
)
"""What the picture readers raise on damaged files: they trust the numbers that they find there."""

_ORIENTATION = 0x0112
_JPEG_END = b"\xff\xd9"
_FLAT = 3
"""Grey levels by which the fill of a JPEG's missing part may differ from itself, after chroma is smoothed."""
_BLOCK = 16
"""Rows of a JPEG's largest coded block, px."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture that was read; ``loss`` says what is missing of it, None where nothing is."""

    pixels: Image
    loss: str | None


def load_picture(path: Path) -> Image:
    """Read a whole picture: (H, W, 3) uint8 sRGB, turned as its EXIF says, alpha laid over white.

    JPEG, PNG, WebP, TIFF, BMP, GIF (its first picture), AVIF and HEIC; 8 and 16 bits; grey, palette, RGB and
    CMYK. An embedded colour profile is honoured.

    Raises:
        MediaError: it cannot be read, or not to its end; the message names the file and what is wrong.
    """
    picture = read_picture(path)
    if picture.loss is not None:
        raise MediaError(f"{path}: {picture.loss}")
    return picture.pixels


def read_picture(path: Path) -> Picture:
    """As :func:`load_picture`, but a truncated JPEG gives the rows that it has.

    Raises:
        MediaError: nothing of it can be read.
    """
    try:
        return decoded_picture(read_bytes(path, LIMITS.photo_bytes))
    except OSError as error:
        raise MediaError(f"{path}: {error.strerror or 'it cannot be read'}") from error
    except MediaError as error:
        raise MediaError(f"{path}: {error}") from error


def decoded_picture(data: bytes, *, limits: MediaLimits = LIMITS) -> Picture:
    """As :func:`read_picture`, of the bytes of a file.

    Raises:
        MediaError: nothing of it can be read; the message names no file.
    """
    try:
        with _opened(data, limits) as picture:
            return Picture(_upright_rgb(picture), _pages_left_out(picture))
    except PICTURE_FAULTS as error:
        if isinstance(error, OSError) and "truncated" in str(error):
            return _truncated(data, limits)
        raise MediaError(_words(error)) from error


def capture_time(path: Path, zone: tzinfo) -> datetime | None:
    """When the EXIF of a picture says that it was taken, in UTC; None where it does not say."""
    try:
        with _opened(read_bytes(path, LIMITS.photo_bytes), LIMITS) as picture:
            tags: Mapping[int, object] = dict(picture.getexif().get_ifd(when.EXIF_IFD))
    except PICTURE_FAULTS:
        return None
    return when.from_exif(tags, zone)


@cache
def _register_heif() -> None:
    """Teach Pillow HEIC. On first use rather than on import: importing does nothing."""
    import pillow_heif

    pillow_heif.register_heif_opener()


@contextmanager
def _opened(data: bytes, limits: MediaLimits) -> Iterator[Pictures.Image]:
    """Open a picture in memory. Pillow's warnings of odd metadata are no news to a user and are kept quiet.

    Pillow has a bound on pixels of its own, 179 million; ours is known to whoever meets it.
    """
    _register_heif()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Pictures.open(io.BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > limits.photo_pixels:
                raise MediaError(f"it has {width} x {height} px, more than the limit of {limits.photo_pixels} px")
            yield picture


def _upright_rgb(picture: Pictures.Image) -> Image:
    picture.load()
    try:
        orientation: object = picture.getexif().get(_ORIENTATION)
    except PICTURE_FAULTS:
        orientation = None  # damaged metadata; the pixels are whole
    return turn.of_exif(orientation).apply(_rgb(picture))


def _rgb(picture: Pictures.Image) -> Image:
    """Pixels of any mode as RGB. Raises ValueError for modes with no defined white."""
    if picture.mode.startswith("I;16") or (picture.mode == "I" and picture.format == "PNG"):
        grey = np.asarray(picture).astype(np.float32) / 257  # 65535 to 255
        return np.repeat(np.rint(np.clip(grey, 0, 255)).astype(np.uint8)[..., None], 3, axis=2)
    if picture.mode in ("I", "F"):
        raise ValueError("its values have no defined white")
    if picture.mode == "1":
        picture = picture.convert("L")
    if picture.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in picture.info:
        picture = _expanded(picture)
    picture = _in_srgb(picture)
    if picture.mode == "RGBA":
        white = Pictures.new("RGBA", picture.size, "white")
        picture = Pictures.alpha_composite(white, picture)
    return np.array(picture.convert("RGB"), np.uint8)


def _expanded(picture: Pictures.Image) -> Pictures.Image:
    """A palette or transparency as plain channels; the profile of the file is carried along."""
    profile = picture.info.get("icc_profile")
    plain = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if profile:
        plain.info["icc_profile"] = profile
    return plain


def _in_srgb(picture: Pictures.Image) -> Pictures.Image:
    """Honour an embedded profile; one that is damaged or made for another mode is left aside."""
    embedded = picture.info.get("icc_profile")
    if not embedded:
        return picture
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
        if "sRGB" in ImageCms.getProfileDescription(profile):
            return picture
        converted = ImageCms.profileToProfile(
            picture,
            profile,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGBA" if picture.mode == "RGBA" else "RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return picture if converted is None else converted


def _pages_left_out(picture: Pictures.Image) -> str | None:
    """Say where a file holds more pictures that matter; in MPO and HEIF they are previews and depth."""
    pages = int(getattr(picture, "n_frames", 1))
    if pages > 1 and picture.format in ("TIFF", "WEBP", "PNG"):
        return f"only the first of its {pages} pictures is read"
    return None


def _truncated(data: bytes, limits: MediaLimits) -> Picture:
    """What a truncated JPEG has, closed with an end marker as libjpeg's own file source does it."""
    if not data.startswith(b"\xff\xd8"):
        raise MediaError("the file is truncated")
    try:
        with _opened(data + _JPEG_END, limits) as picture:
            picture.load()
            whole = _rgb(picture)
            rows = _rows_read(whole)
            if rows == 0:
                raise MediaError("the file is truncated before its first row of pixels")
            turned = turn.of_exif(picture.getexif().get(_ORIENTATION)).apply(np.ascontiguousarray(whole[:rows]))
    except PICTURE_FAULTS as error:
        raise MediaError("the file is truncated") from error
    return Picture(turned, f"the file is truncated: {rows} of {len(whole)} rows of pixels are read")


def _rows_read(pixels: Image) -> int:
    """How many rows of a truncated baseline JPEG hold a picture: the rest repeats one colour to its end."""
    flat = (np.abs(pixels.astype(np.int16) - pixels[-1, -1]) <= _FLAT).all(axis=(1, 2))  # (H,)
    if not flat[-1]:
        return len(pixels)
    told = np.flatnonzero(~flat)
    last = int(told[-1]) if len(told) else -1
    return max(0, (last + 1) // _BLOCK * _BLOCK - _BLOCK) if last + 1 < len(pixels) else len(pixels)


def _words(error: BaseException) -> str:
    """A reason that is the same on every run: the readers' own messages hold addresses in memory."""
    if isinstance(error, UnidentifiedImageError):
        return "this is no picture in a format that is read here"
    if isinstance(error, Pictures.DecompressionBombError):
        return f"it has more than the limit of {LIMITS.photo_pixels} px"
    if isinstance(error, ValueError) and "defined white" in str(error):
        return f"it cannot be shown: {error}"
    return f"it cannot be decoded ({type(error).__name__})"
