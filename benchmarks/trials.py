"""Packs under hard conditions, and every region found on them, told or not: what confidences are fitted and judged on.

Glare, shade, blur, heavy compression, faces bent like a tin's. Each pack is taken twice, with a difference planted,
strong or faint, and with none: so half of the packs differ. The folds share no seed, no package and no frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import cv2
import numpy as np

from comparison import LOCAL_EDITS, PARITY, SEEDS, alone, touches
from nets import second_net
from pairs import Conditions, Pair, clip_faces, crop_of, packages, reference_of, rendered, transplanted
from samegoods.edges.engines.local import usable_cores
from samegoods.geometry import corners, project
from samegoods.pipeline import compare_pictures
from samegoods.records import Image, Item, View
from samegoods.render.edits import Edit, plant
from samegoods.render.photo import Light, Photo, Pose
from samegoods.render.random_pack import random_pack
from samegoods.stages.fuse import fuse
from samegoods.vision.comparison.doubt import astray
from samegoods.vision.comparison.evidence import scan
from samegoods.vision.comparison.face import Face, face_against
from samegoods.vision.comparison.prints import pale_score, print_testable, register_score
from samegoods.vision.comparison.regions import Region, find_regions, outline

SEVERAL = "drawn, several views"
COUNTS = {
    "tune": {"drawn": 150, "printed": 100, "clip": 40, SEVERAL: 50},
    "report": {"drawn": 90, "printed": 60, "clip": 30, SEVERAL: 20},
}
"""Packs of each sort and fold, every one taken with a difference and without; of those in one photo that a reflection
lies on, half of them, only every third is kept."""
OFFSET = 500
"""Seeds from here on belong to no other benchmark."""
VIEWS = (2, 4, 8)
LOW = 0.55
"""Regions are looked for down to this share of the limit."""
HEIGHTS_PX = (90.0, 480.0)
STRENGTHS = (0.25, 1.0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One region, or one measure of the whole print, and whether something was planted there.

    ``sign`` is what it was found by (colour, structure, register, pale), ``score`` that over its limit; what is told
    has one of 1 and more. The rest is as in the records of the view and the region.
    """

    sort: str
    name: str
    edit: str
    sign: str
    real: bool
    score: float
    size: float
    delta_e: float
    views: int
    resolved_px: float
    fit: float
    slack_px: float
    squeeze: float
    noise: float


Task = tuple[str, str, int, bool]


def tasks(fold: str) -> Iterator[Task]:
    for sort, count in COUNTS[fold].items():
        for number in range(count):
            if number % 3 == 0 or sort in ("clip", SEVERAL) or not shiny(fold, sort, number):
                yield fold, sort, number, False
                yield fold, sort, number, True


def shiny(fold: str, sort: str, number: int) -> bool:
    """Whether a reflection lies on the face in the first photo of a pack."""
    return taken(sort, seeded(fold, sort, number))[0].light.glare > 0


def seeded(fold: str, sort: str, number: int) -> np.random.Generator:
    return np.random.default_rng([SEEDS[fold], number, len(sort)])


def taken(sort: str, rng: np.random.Generator) -> list[Conditions]:
    """How the photos of one pack are taken: several are of one distance."""
    made = [hard(rng) for _ in range(int(rng.choice(VIEWS)) if sort == SEVERAL else 1)]
    return [replace(c, pose=replace(c.pose, height_px=made[0].pose.height_px)) for c in made]


def hard(rng: np.random.Generator) -> Conditions:
    """What phones meet at their worst, and all between that and :func:`pairs.conditions`."""
    pose = Pose(
        height_px=float(np.exp(rng.uniform(*np.log(HEIGHTS_PX)))),
        tilt_deg=float(rng.uniform(0, 45)),
        tilt_towards_deg=float(rng.uniform(0, 360)),
        turn_deg=float(rng.uniform(-20, 20)),
    )
    cast = float(rng.uniform(0.8, 1.2)), 1.0, float(rng.uniform(0.8, 1.2))
    light = Light(float(rng.uniform(0.5, 1.2)), cast, float(rng.uniform(0, 0.7)), float(rng.choice([0, 0, 0.3, 0.6])))
    return Conditions(pose, light, float(rng.uniform(0.4, 1.8)), float(rng.uniform(1, 6)), int(rng.integers(35, 95)))


def bent(picture: Image, half_angle: float) -> Image:
    """A face as if it lay on an upright cylinder of which it takes twice this angle, in radians, seen from afar."""
    height, width = picture.shape[:2]
    u = (np.arange(width) + 0.5) / width * 2 - 1
    turn = np.arcsin(u * np.sin(half_angle))
    x = (turn / half_angle + 1) / 2 * width - 0.5
    grid = np.meshgrid(x.astype(np.float32), np.arange(height, dtype=np.float32))
    shown = cv2.remap(picture, *grid, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(shown * np.cos(turn)[None, :, None] ** 0.5, 0, 255), np.uint8)


def bent_edit(edit: Edit, width: int, half_angle: float) -> Edit:
    """Where a planted difference lies once its face is bent."""
    region = np.array(edit.region)
    u = (region[:, 0] + 0.5) / width * 2 - 1
    region[:, 0] = (np.sin(u * half_angle) / np.sin(half_angle) + 1) / 2 * width - 0.5
    return replace(edit, region=tuple((float(x), float(y)) for x, y in region))


def face_of(fold: str, sort: str, number: int) -> tuple[str, Image]:
    if sort != "printed":
        return f"drawn-{number}", random_pack(SEEDS[fold] + OFFSET + number)
    mine = packages()[PARITY[fold] :: 2]
    return mine[number % len(mine)]


def altered(face: Image, number: int, rng: np.random.Generator) -> tuple[Image, Edit]:
    name, strength = LOCAL_EDITS[number % len(LOCAL_EDITS)], float(rng.uniform(*STRENGTHS))
    return plant(face, name, seed=OFFSET + number, strength=strength)


def trial(fold: str, sort: str, number: int, planted: bool) -> Pair:
    """One pack under hard conditions, the same with and without what is planted.

    Raises:
        ValueError: what should be planted would not be seen on this face.
    """
    rng = seeded(fold, sort, number)
    if sort == "clip":
        return filmed(fold, number, planted, rng)
    name, face = face_of(fold, sort, number)
    photos = taken(sort, rng)
    half_angle = float(rng.choice([0, 0, 0, rng.uniform(0.2, 0.6)]))
    shown, edit = altered(face, number, rng) if planted else (face, None)
    if half_angle:
        shown = bent(shown, half_angle)
        edit = None if edit is None else bent_edit(edit, face.shape[1], half_angle)
    return rendered(sort, f"{name}-{number}", face, shown, edit, photos)


def filmed(fold: str, number: int, planted: bool, rng: np.random.Generator) -> Pair:
    """A frame of the clip, compressed once more."""
    mine = clip_faces()[PARITY[fold] :: 2]
    name, face, photo, pose = mine[number % len(mine)]
    quality = int(rng.integers(25, 90))
    shown, edit = altered(face, number, rng) if planted else (face, None)
    pixels = transplanted(photo, face, shown, pose) if planted else photo
    _, packed = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    pixels = np.ascontiguousarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1])
    quad = project(pose, corners(face.shape[1], face.shape[0]))
    return Pair("clip", f"{name}-{number}", reference_of(face), (pixels,), (quad,), edit)


def views_of(pair: Pair, seed: int) -> Sequence[View]:
    """What is fused of a pair: one photo goes the whole way; of several the crops are cut by corners half a px off."""
    if len(pair.photos) == 1:
        return compare_pictures(pair.reference, pair.photos[0], search=second_net()).views
    rng = np.random.default_rng([seed, 5])
    made = []
    for number, (pixels, quad) in enumerate(zip(pair.photos, pair.quads, strict=True)):
        near = (quad + rng.normal(0, 0.5, (4, 2))).astype(np.float32)
        made.append(
            crop_of(Photo(pixels, quad, np.ones(pixels.shape[:2], np.bool_)), pair.reference, number, quad=near)
        )
    item = Item("i", "src", pair.reference.product, tuple(c.sighting for c in made), tuple(made))
    return fuse(item, {pair.reference.id: pair.reference})


def candidates_of(task: Task) -> list[Candidate]:
    fold, sort, number, planted = task
    try:
        pair = trial(fold, sort, number, planted)
    except ValueError:
        return []
    faces = [face_against(view, pair.reference) for view in views_of(pair, number)]
    return [one for face in faces if not astray(face) for one in candidates(pair, face)]


def candidates(pair: Pair, face: Face) -> Iterator[Candidate]:
    """All that is told of a face, and what stays under the limit."""
    longest = max(pair.reference.size)
    taken = np.zeros(face.view.known.shape, np.bool_)
    for region in (*face.regions, *faint(face)):
        if (taken & region.mask).any():
            continue
        taken |= region.mask
        real = pair.edit is not None and touches(pair.edit, outline(region.mask, face.scale), longest)
        sign = "colour" if region.colour else "structure"
        yield candidate(pair, face, sign, real, region.score, region.size, region.delta_e)
    if print_testable(face):
        cheap = pair.edit is not None and pair.edit.name == "cheap print"
        for sign, score in (("register", register_score(face)), ("pale", pale_score(face))):
            yield candidate(pair, face, sign, cheap, score, 1.0, 0.0)


def faint(face: Face) -> Iterator[Region]:
    """The regions that would be told at a lower limit, scored by the real one."""
    for region in find_regions(face.residual, scan(face.residual), LOW * face.need):
        yield replace(region, score=LOW * region.score)


def candidate(pair: Pair, face: Face, sign: str, real: bool, score: float, size: float, delta_e: float) -> Candidate:
    view = face.view
    known = float(np.median(view.noise[view.known])) if view.known.any() else 0.0
    return Candidate(
        sort=pair.sort,
        name=pair.name,
        edit="nothing" if pair.edit is None else pair.edit.name,
        sign=sign,
        real=real,
        score=round(score, 4),
        size=round(size, 5),
        delta_e=round(delta_e, 2),
        views=view.views,
        resolved_px=round(face.power.resolved_px, 1),
        fit=round(view.fit, 3),
        slack_px=round(view.slack_px, 3),
        squeeze=round(view.squeeze, 2),
        noise=round(known, 2),
    )


def rows(fold: str) -> list[Candidate]:
    with ProcessPoolExecutor(usable_cores(), get_context("spawn"), initializer=alone) as pool:
        return [row for part in pool.map(candidates_of, tasks(fold), chunksize=4) for row in part]
