"""Filming a scene: frames with their truth, encoded as H.264, or single photos; all marked as rendered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from samegoods.geometry import area, sides
from samegoods.records import Image, Quad
from samegoods.render.camera import Lens, Stance, Walk, see, stance_at
from samegoods.render.paint import Canvas
from samegoods.render.people import Passer, figure
from samegoods.render.raster import centres_quad, cover_of, draw_quad
from samegoods.render.scene import Panel, Scene
from samegoods.render.sensor import add_noise, blur, smear, vignette
from samegoods.render.truth import FaceSeen, FrameTruth

TITLE = "Rendered by samegoods: no real place, goods or people"
_SHRINK = 4  # what covers what is told on a grid this many times coarser than the frame
_LEAST_VISIBLE = 0.02
_LEAST_SIDE = 6.0
_NEAREST_M = 0.08


@dataclass(frozen=True, slots=True)
class Take:
    """How a scene is filmed. ``exposure_s`` is the shutter's time, ``noise`` the sensor's in grey levels."""

    scene: Scene
    walk: Walk
    passers: tuple[Passer, ...] = ()
    lens: Lens = field(default_factory=Lens)
    fps: int = 25
    exposure_s: float = 0.01
    noise: float = 2.2
    blur_px: float = 0.55

    @property
    def frames(self) -> int:
        return round(self.walk.seconds * self.fps)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A panel as the camera sees it."""

    panel: Panel
    edges: Quad


def _seen(take: Take, stance: Stance) -> list[_Seen]:
    """The panels in view, back to front."""
    corners = take.scene.corners()  # (n, 4, 3)
    edges, depths = see(corners, stance, take.lens)  # (n, 4, 2), (n, 4)
    low, high = edges.min(axis=1), edges.max(axis=1)
    frame = np.array([take.lens.width, take.lens.height])
    shown = (depths.min(axis=1) > _NEAREST_M) & (high > 0).all(axis=1) & (low < frame).all(axis=1)
    diagonals = edges[:, 2:] - edges[:, :2]  # (n, 2, 2): their cross product is twice the signed area
    facing = diagonals[:, 0, 0] * diagonals[:, 1, 1] - diagonals[:, 0, 1] * diagonals[:, 1, 0] > 8
    far = np.linalg.norm(corners.mean(axis=1) - np.array([stance.x, stance.y, stance.z]), axis=1)
    layers = np.array([one.layer for one in take.scene.panels])
    order = np.lexsort((-far, layers))
    return [_Seen(take.scene.panels[k], edges[k]) for k in order if shown[k] and facing[k]]


def frame_at(take: Take, time_s: float, *, index: int) -> tuple[Image, tuple[FaceSeen, ...]]:
    """One frame (H, W, 3) uint8 and every face of the campaign's goods in it.

    ``index`` only picks the noise: the same scene at the same time is the same picture beneath it.
    """
    lens = take.lens
    stance = stance_at(take.walk, time_s, seed=take.scene.seed)
    canvas = np.zeros((lens.height, lens.width, 3), np.uint8)
    owners = np.zeros((lens.height // _SHRINK, lens.width // _SHRINK), np.uint16)
    seen = _seen(take, stance)
    for k, one in enumerate(seen):
        draw_quad(canvas, one.panel.picture, one.edges)
        _own(owners, one.edges, k + 1 if one.panel.label else 0)
    for passer in take.passers:
        _pass_by(canvas, owners, passer, stance, lens, time_s)
    rng = np.random.default_rng([take.scene.seed, index, 85])
    picture = _exposed(take, canvas, time_s, rng)
    return _marked(picture), _truth(seen, owners, lens)


def _own(owners: NDArray[np.uint16], edges: Quad, owner: int) -> None:
    small = np.round(((edges + 0.5) / _SHRINK - 0.5) * 16).astype(np.int32)
    cv2.fillConvexPoly(owners, small, owner, cv2.LINE_8, 4)


def _pass_by(
    canvas: Image, owners: NDArray[np.uint16], passer: Passer, stance: Stance, lens: Lens, time_s: float
) -> None:
    edges, depths = see(passer.corners_at(time_s), stance, lens)
    if depths.min() < _NEAREST_M or edges[:, 0].max() < 0 or edges[:, 0].min() > lens.width:
        return
    picture = figure(passer.seed)
    draw_quad(canvas, picture, edges)
    cover = cover_of(picture, edges, size=(lens.width, lens.height), shrink=_SHRINK)
    owners[cover > 40] = 0


def _exposed(take: Take, canvas: Image, time_s: float, rng: np.random.Generator) -> Image:
    """The blur of lens and hand, the falling off of light, the sensor's noise."""
    half = take.exposure_s / 2
    seed = take.scene.seed
    now, before, after = (stance_at(take.walk, time_s + d, seed=seed) for d in (0.0, -half, half))
    middle = np.array([now.x, take.walk.height + 0.1, 0.15])  # about where the goods before the camera stand
    dx, dy = (float(v) for v in see(middle, after, take.lens)[0] - see(middle, before, take.lens)[0])
    picture = smear(blur(canvas, take.blur_px), dx, dy)
    dimmed = cv2.multiply(picture, vignette(take.lens.width, take.lens.height, 0.3), scale=1 / 255)
    return add_noise(np.asarray(dimmed, np.uint8), take.noise, rng)


def _truth(seen: list[_Seen], owners: NDArray[np.uint16], lens: Lens) -> tuple[FaceSeen, ...]:
    counts = np.bincount(owners.ravel(), minlength=len(seen) + 1)
    faces = []
    for k, one in enumerate(seen):
        label = one.panel.label
        if label is None or sides(one.edges).min() < _LEAST_SIDE:
            continue
        visible = min(1.0, float(counts[k + 1]) * _SHRINK**2 / float(area(one.edges)))
        if visible < _LEAST_VISIBLE:
            continue
        quad = centres_quad(one.panel.picture.size, one.edges)
        a, b, c, d = ((round(float(x), 2), round(float(y), 2)) for x, y in quad)
        _, right, _, left = sides(quad)
        height = round(float(left + right) / 2, 1)
        names = (label.item, label.product, label.version, label.face)
        faces.append(FaceSeen(*names, (a, b, c, d), round(visible, 3), height))
    return tuple(faces)


@lru_cache(maxsize=1)
def _stamp() -> Image:
    canvas = Canvas(92, 16, (0, 0, 0))
    canvas.text((2, 2, 88, 12), "RENDERED", "sans-bold", (255, 255, 255))
    return canvas.picture()


def _marked(picture: Image) -> Image:
    """The word RENDERED, small, in the lower left corner."""
    stamp = _stamp()
    h, w = stamp.shape[:2]
    y, x = picture.shape[0] - h - 8, 8
    part = picture[y : y + h, x : x + w]
    part[:] = cv2.addWeighted(part, 0.55, stamp, 0.45, 0)
    return picture


def frames(take: Take) -> Iterator[tuple[Image, FrameTruth]]:
    """Every frame of a take, in order."""
    for k in range(take.frames):
        time_s = k / take.fps
        picture, faces = frame_at(take, time_s, index=k)
        yield picture, FrameTruth(time_s, faces)


def film(take: Take, path: Path, *, created: datetime | None = None, crf: int = 23) -> tuple[FrameTruth, ...]:
    """Encode a take as H.264; the container is told by the file's suffix.

    Args:
        created: aware; written as the container's ``creation_time`` where given.
        crf: libx264's constant rate factor; 23 is about what a phone's messenger leaves.

    Returns:
        The truth of each frame, in order; frame k is shown at k / fps seconds.
    """
    truth: list[FrameTruth] = []
    with av.open(str(path), "w") as container:
        container.metadata["title"] = TITLE
        if created is not None:
            container.metadata["creation_time"] = created.isoformat()
        stream = container.add_stream("libx264", rate=take.fps)
        stream.width, stream.height, stream.pix_fmt = take.lens.width, take.lens.height, "yuv420p"
        stream.options = {"crf": str(crf), "preset": "superfast"}  # noise costs the slower presets dear
        stream.codec_context.thread_count = 1  # files are rendered beside each other, one to a core
        stream.codec_context.time_base = Fraction(1, take.fps)
        for k, (picture, frame) in enumerate(frames(take)):
            shown = av.VideoFrame.from_ndarray(picture, format="rgb24")
            shown.pts, shown.time_base = k, Fraction(1, take.fps)
            container.mux(stream.encode(shown))
            truth.append(frame)
        container.mux(stream.encode())
    return tuple(truth)


def take_photo(
    take: Take, path: Path, *, time_s: float, taken: datetime | None = None, quality: int = 90
) -> FrameTruth:
    """One JPEG; ``taken`` (the site's own time, aware) goes into its EXIF with its offset."""
    picture, faces = frame_at(take, time_s, index=round(time_s * take.fps))
    exif = Pictures.Exif()
    exif[0x010E] = TITLE  # ImageDescription
    if taken is not None:
        offset = taken.strftime("%z")
        part = exif.get_ifd(0x8769)
        part[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")  # DateTimeOriginal
        part[0x9011] = f"{offset[:3]}:{offset[3:]}"  # OffsetTimeOriginal
    Pictures.fromarray(picture).save(path, quality=quality, exif=exif)
    return FrameTruth(None, faces)
