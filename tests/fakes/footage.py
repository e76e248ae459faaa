"""Tiny videos and photos, written by the tests that need them: drawn patterns, nothing filmed."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw

_MS = Fraction(1, 1000)

SIZE = (96, 64)
"""Width and height of the drawn pattern, px."""

QUARTERS = {"red": (200, 40, 40), "green": (40, 160, 60), "blue": (40, 60, 190), "grey": (128, 128, 128)}
"""The colours of the pattern's quarters: top left, top right, bottom left, bottom right."""


def pattern(size: tuple[int, int] = SIZE, *, shift: int = 0) -> np.ndarray:
    """Four coloured quarters, so that every turn shows; a white bar at ``shift`` tells frames apart."""
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    red, green, blue, grey = QUARTERS.values()
    picture[: height // 2, : width // 2], picture[: height // 2, width // 2 :] = red, green
    picture[height // 2 :, : width // 2], picture[height // 2 :, width // 2 :] = blue, grey
    at = height // 2 - 2
    picture[at : at + 4, shift % width : shift % width + 6] = 255
    return picture


def noise(size: tuple[int, int] = SIZE, *, seed: int = 0) -> np.ndarray:
    """A picture that no codec can make small, so that a file cut in half loses half of its pictures."""
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)


def write_video(
    path: Path,
    frames: Sequence[np.ndarray],
    *,
    stamps_ms: Sequence[int] | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    tags: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    muxing: dict[str, str] | None = None,
    sound: bool = False,
    **colour: int,
) -> Path:
    """Encode frames at 25 a second, or at the given times; ``colour`` sets the encoder's attributes."""
    stamps = list(stamps_ms) if stamps_ms is not None else [40 * n for n in range(len(frames))]
    with av.open(str(path), "w", options=muxing or {}) as container:
        container.metadata.update(tags or {})
        track = container.add_stream(codec, rate=25)
        track.height, track.width = frames[0].shape[:2]
        track.pix_fmt = pix_fmt
        track.options = options or {}
        if stamps_ms is not None:  # else a codec's own unit: some know a few rates only
            track.codec_context.time_base = _MS
        for name, value in colour.items():
            setattr(track.codec_context, name, value)
        heard = container.add_stream("aac", rate=16000) if sound else None
        for picture, stamp in zip(frames, stamps, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format=pix_fmt,
                dst_colorspace=colour.get("colorspace"),
                dst_color_range=colour.get("color_range"),
            )
            frame.pts, frame.time_base = stamp, _MS
            container.mux(track.encode(frame))
        container.mux(track.encode())
        if heard is not None:
            _hum(container, heard, seconds=(stamps[-1] + 40) / 1000)
    return path


def _hum(container, track, *, seconds: float) -> None:
    samples = np.zeros((1, int(16000 * seconds)), np.float32)
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
    frame.sample_rate, frame.pts = 16000, 0
    container.mux(track.encode(frame))
    container.mux(track.encode())


def turned(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Write ``a b c d`` into the display matrix of an MP4's track, in place (ISO/IEC 14496-12, 8.3.2)."""
    data = bytearray(path.read_bytes())
    at = data.find(b"tkhd") + 4 + 40  # past version, times, id, duration, layer, group and volume
    a, b, c, d = (value << 16 for value in matrix)
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


def cut(path: Path, share: float) -> Path:
    """Keep the first ``share`` of a file, in place."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def write_gif(path: Path, count: int = 5, *, step_ms: int = 100) -> Path:
    """An animation of a moving dot."""
    pictures = []
    for n in range(count):
        picture = Pictures.new("RGB", SIZE, (30, 90, 30))
        ImageDraw.Draw(picture).ellipse((10 + 8 * n, 20, 26 + 8 * n, 36), fill=(250, 240, 90))
        pictures.append(picture)
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=step_ms, loop=0)
    return path


def write_photo(path: Path, picture: np.ndarray | None = None, **options: object) -> Path:
    """Save a picture in the format of its suffix."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    Pictures.fromarray(pattern() if picture is None else picture).save(path, **options)
    return path
