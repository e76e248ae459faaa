"""Photos of drawn packs with real people in front of them, beside them and behind them, and whose every pixel is.

The people are cut out of photographs and clips, by GrabCut, which no part of the wall uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from skimage import data as pictures

from observations import DATA
from samegoods.geometry import inside
from samegoods.records import Image, Mask
from samegoods.render.photo import Light, Pose, photograph
from samegoods.render.sensor import jpeg

CLIPS = DATA / "videos" / "intel"
WALKERS = CLIPS / "face-demographics-walking.gif"
CROWDS = WALKERS, CLIPS / "classroom.gif", CLIPS / "store-aisle-detection.gif"
LONE = CLIPS / "one-by-one-person-detection.mp4"
PLACES = "in front", "beside", "behind", "behind, in a clip"
SIZE = 1280, 720
SEED = 41_000
LEAST_PART = 0.05
"""Of a person who is cut out, parts smaller than this share of the largest are specks."""
SEEN = 0.6
"""A face counts where so much of it can be seen."""

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in px, half-open."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A person cut out of a picture: pixels (h, w, 3), what of them is the person (h, w), the box of the face."""

    pixels: Image
    cover: Mask
    face: Box | None

    def scaled(self, height: float) -> Figure:
        """The same, ``height`` px tall."""
        scale = height / self.pixels.shape[0]
        size = max(1, round(self.pixels.shape[1] * scale)), max(1, round(height))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        pixels = np.asarray(cv2.resize(self.pixels, size, interpolation=way), np.uint8)
        cover = cv2.resize(self.cover.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.5
        return Figure(pixels, cover, None if self.face is None else _four([v * scale for v in self.face]))


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A photo (H, W, 3) with one pack in it and people.

    ``goods`` (H, W) is the pack as it can be seen. ``people`` (H, W) is the person who was put in, and ``face`` the
    part of it that is a face, None where none can be seen. In a clip's frame people are everywhere: both are empty.
    """

    place: str
    pixels: Image
    goods: Mask
    people: Mask
    face: Mask | None


@cache
def frames_of(clip: Path) -> tuple[Image, ...]:
    with av.open(str(clip)) as container:
        return tuple(frame.to_ndarray(format="rgb24") for frame in container.decode(video=0))


def frame_of(clip: Path, number: int) -> Image:
    """One frame of a clip, and no other in memory."""
    with av.open(str(clip)) as container:
        return next(islice(container.decode(video=0), number, None)).to_ndarray(format="rgb24")


def cut_out(picture: Image, box: Box, face: Box | None) -> Figure:
    """The person in a box of a picture; what is in the box of the face is known to be one."""
    x0, y0, x1, y1 = box
    mask = np.zeros(picture.shape[:2], np.uint8)
    mask[y0:y1, x0:x1] = cv2.GC_PR_FGD
    at = None
    if face is not None:
        a, b, c, d = face
        cv2.ellipse(mask, ((a + c) // 2, (b + d) // 2), ((c - a) // 2, (d - b) // 2), 0, 0, 360, (cv2.GC_FGD,), -1)
        at = a - x0, b - y0, c - x0, d - y0
    cv2.setRNGSeed(1)
    cv2.grabCut(picture, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_MASK)
    cover = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD))[y0:y1, x0:x1]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cover.astype(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] > LEAST_PART * stats[1:, cv2.CC_STAT_AREA].max()
    return Figure(picture[y0:y1, x0:x1], cover & large[labels], at)


@cache
def figures() -> tuple[Figure, ...]:
    """People from the front, from the side and from behind; those of clips are small and soft."""
    photographer, near, lone = (
        np.dstack([pictures.camera()] * 3),
        frame_of(WALKERS, 34),
        (frame_of(LONE, 350), frame_of(LONE, 1050)),
    )
    return (
        cut_out(pictures.astronaut(), (15, 8, 365, 505), (181, 58, 270, 190)),
        cut_out(photographer, (2, 58, 290, 510), (186, 96, 262, 192)),
        cut_out(near, (134, 104, 220, 268), (165, 117, 193, 152)),
        cut_out(near, (226, 78, 346, 268), (288, 84, 319, 126)),
        cut_out(lone[0], (376, 3, 546, 386), None),
        cut_out(lone[1], (380, 3, 524, 378), None),
    )


@cache
def strangers() -> tuple[Figure, ...]:
    """A hundred faces, 25 px wide, grey; an oval each."""
    made = []
    for grey in pictures.lfw_subset()[:100]:
        face = np.dstack([np.round(grey * 255).astype(np.uint8)] * 3)
        side = face.shape[0]
        cover = np.zeros((side, side), np.uint8)
        cv2.ellipse(cover, (side // 2, side // 2), (side * 2 // 5, side // 2), 0, 0, 360, (1,), -1)
        made.append(Figure(face, cover > 0, (side // 10, 0, side - side // 10, side)))
    return tuple(made)


def scene(place: str, number: int, packs: Sequence[Image]) -> Scene:
    """The scene of a number: a pack, how it is held and lit, and where the person stands."""
    rng = np.random.default_rng([SEED, number, PLACES.index(place)])
    pose = Pose(
        height_px=float(rng.uniform(180, 420)),
        tilt_deg=float(rng.uniform(0, 35)),
        tilt_towards_deg=float(rng.uniform(0, 360)),
        turn_deg=float(rng.normal(0, 8)),
        centre=(float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.4, 0.6))),
    )
    light = Light(gain=float(rng.uniform(0.7, 1.1)), gradient=float(rng.uniform(0, 0.3)))

    def taken(ground: Image | None) -> tuple[Image, Mask]:
        pack, seed = packs[number % len(packs)], SEED + number
        photo = photograph(
            pack, pose=pose, seed=seed, light=light, noise=1.5, jpeg_quality=None, background=ground, size=SIZE
        )
        return photo.pixels, inside(photo.quad, *SIZE)

    if place == "behind, in a clip":
        clip = frames_of(CROWDS[number % len(CROWDS)])
        crowd = cv2.resize(clip[int(rng.integers(20, len(clip)))], SIZE, interpolation=cv2.INTER_CUBIC)
        pixels, goods = taken(np.asarray(crowd, np.uint8))
        return Scene(place, jpeg(pixels, 88), goods, np.zeros_like(goods), None)

    pixels, goods = taken(None)
    person = _person(number, pose.height_px, rng)
    corner = _standing(place, goods, person, rng)
    if place == "in front":
        people, face = _pasted(pixels, person, corner)
        goods &= ~people
    else:
        ground = pixels.copy()
        people, face = _pasted(ground, person, corner)
        pixels, goods = taken(ground)
        people &= ~goods
    there = face & people
    return Scene(place, jpeg(pixels, 88), goods, people, there if there.sum() > SEEN * max(face.sum(), 1) else None)


def _person(number: int, height: float, rng: np.random.Generator) -> Figure:
    """Every third a stranger's face, as large as a hand; else somebody of :func:`figures`."""
    if number % 3 == 2:
        return strangers()[number // 3 % 100].scaled(height * rng.uniform(0.2, 0.5))
    return figures()[(number - number // 3) % 6].scaled(height * rng.uniform(1.0, 2.4))


def _standing(place: str, goods: Mask, one: Figure, rng: np.random.Generator) -> tuple[int, int]:
    """Where the figure's top left goes: over a side of the pack, against it, or behind it."""
    ys, xs = np.nonzero(goods)
    left, right, top, low = xs.min(), xs.max(), ys.min(), ys.max()
    height, width = one.pixels.shape[:2]
    if place == "behind":
        x, y = rng.uniform(left - 0.4 * width, right - 0.6 * width), top - rng.uniform(0.2, 0.7) * height
        return round(x), round(y)
    columns = np.nonzero(one.cover.any(axis=0))[0]
    deep = rng.uniform(0.1, 0.4) * (right - left) if place == "in front" else -rng.uniform(0, 6)
    x = left + deep - columns.max() if rng.random() < 0.5 else right - deep - columns.min()
    return round(x), round(rng.uniform(top - 0.6 * height, low - 0.5 * height))


def _pasted(canvas: Image, one: Figure, corner: tuple[int, int]) -> tuple[Mask, Mask]:
    """Put a figure into a picture, its top left at ``corner``, which may lie outside: its pixels, and its face's."""
    height, width = canvas.shape[:2]
    (x, y), (tall, wide) = corner, one.cover.shape
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + wide, width), min(y + tall, height)
    people, face = np.zeros((height, width), bool), np.zeros((height, width), bool)
    if x1 <= x0 or y1 <= y0:
        return people, face
    part = slice(y0 - y, y1 - y), slice(x0 - x, x1 - x)
    alpha = cv2.GaussianBlur(one.cover.astype(np.float32), (0, 0), 0.8)[part][..., None]
    canvas[y0:y1, x0:x1] = (canvas[y0:y1, x0:x1] * (1 - alpha) + one.pixels[part] * alpha).astype(np.uint8)
    people[y0:y1, x0:x1] = one.cover[part]
    if one.face is not None:
        whole = np.zeros_like(one.cover)
        a, b, c, d = one.face
        whole[b:d, a:c] = one.cover[b:d, a:c]
        face[y0:y1, x0:x1] = whole[part]
    return people, face


def _four(values: Sequence[float]) -> Box:
    a, b, c, d = (round(v) for v in values)
    return a, b, c, d
