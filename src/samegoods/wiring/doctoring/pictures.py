"""What decodes footage, and what recognises and compares goods in it."""

from __future__ import annotations

import importlib.metadata
import io
import tempfile
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, works

_FRAMES = 12
_SIDES = (96, 64)
_OF_CAMERAS = ("h264", "hevc", "mpeg4", "mjpeg", "vp9", "av1")
"""What phones, action cameras and surveillance cameras write."""


def _video(_: Asked) -> Found:
    """Write a clip of a moving bar, and decode it as footage is decoded."""
    import av

    from samegoods.edges.media import Footage, open_media

    lacking = [name for name in _OF_CAMERAS if name not in av.codec.codecs_available]
    if lacking:
        return broken(f"no decoder for {', '.join(lacking)}")
    with tempfile.TemporaryDirectory(prefix="samegoods-") as folder:
        file = Path(folder) / "clip.mp4"
        _write_clip(file)
        media = open_media(Footage(str(file), "here", ZoneInfo("UTC")))
        seen = sum(1 for _ in media.frames())
    if seen != _FRAMES or media.outcome.status != "ok":
        return broken(f"{seen} of {_FRAMES} pictures of a clip were decoded: {media.outcome.reason}")
    return works(f"PyAV {importlib.metadata.version('av')}: {', '.join(_OF_CAMERAS)}")


def _write_clip(file: Path) -> None:
    import av

    with av.open(str(file), "w") as container:
        track = container.add_stream("mpeg4", rate=25)  # FFmpeg's own: needs no further library
        track.width, track.height = _SIDES
        track.pix_fmt = "yuv420p"
        for number in range(_FRAMES):
            pixels = np.full((_SIDES[1], _SIDES[0], 3), 90, np.uint8)
            pixels[:, 6 * number : 6 * number + 6] = (220, 40, 40)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(track.encode(frame))
        container.mux(track.encode())


def _photos(_: Asked) -> Found:
    """Write a picture in the forms that phones use, and read it as photos are read."""
    import pillow_heif
    from PIL import Image

    from samegoods.edges.media.picture import decoded_picture

    pillow_heif.register_heif_opener()
    drawn = np.full((64, 96, 3), (200, 120, 40), np.uint8)
    wrong = []
    for form in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF"):
        written = io.BytesIO()
        Image.fromarray(drawn).save(written, form, quality=90)
        off = np.abs(decoded_picture(written.getvalue()).pixels.astype(int) - drawn).max()
        if off > 8:  # a plain colour comes back within 3 of 255 in each of them
            wrong.append(form)
    if wrong:
        return broken(f"not read as written: {', '.join(wrong)}")
    return works(f"Pillow {importlib.metadata.version('pillow')}: JPEG, PNG, WebP, HEIC, AVIF")


def _comparison(_: Asked) -> Found:
    """Draw a pack, photograph it, and find it again: features, index, pose, comparison."""
    import cv2
    import faiss

    from samegoods.pipeline import compare_pictures
    from samegoods.records import Reference
    from samegoods.render.photo import Pose, photograph
    from samegoods.render.random_pack import random_pack

    others = importlib.metadata.packages_distributions().get("cv2", [])
    if len(set(others)) != 1:
        found = " and ".join(sorted(set(others)))
        return broken(f"{found} write over each other", f"pip uninstall {found}; install samegoods anew")
    pack = random_pack(3)
    reference = Reference("pack", "goods", "export", "front", pack, np.ones(pack.shape[:2], bool))
    photo = photograph(pack, pose=Pose(height_px=320, tilt_deg=10), seed=3).pixels
    call = compare_pictures(reference, photo, search=lambda _: ()).comparison.packaging  # in memory: nothing is kept
    if call.call != "same":
        return broken(f"a drawn pack is told {call.call.replace('_', ' ')} from itself: {call.reason}")
    return works(f"OpenCV {cv2.__version__}, FAISS {faiss.__version__}: a drawn pack is known again")


PARTS = (
    Part("videos", "no video can be looked at", "pip install --force-reinstall av", _video),
    Part("photos", "photos are not read", "pip install --force-reinstall pillow pillow-heif", _photos),
    Part(
        "recognition",
        "no goods are recognised or compared",
        "pip install --force-reinstall opencv-python-headless faiss-cpu",
        _comparison,
    ),
)
