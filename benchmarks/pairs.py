"""Two pictures of one face, untouched or with one difference planted, with the truth about both.

Three sorts, each with its own sort of light, camera and print:

* ``drawn``: packs drawn by the project, photographed by its renderer;
* ``printed``: photographs of real packages taken as faces, photographed by the renderer: real print;
* ``clip``: the biscuit box's references, and frames of the clip that shows it held and turned.

In the last, light, lens, hand, noise and compression are real, and so is the pose, which is taken from plain matches
(ratio test, MAGSAC) and not from what is measured. A difference is planted in the reference's frame and carried into
the photo by that pose, through the photo's own light and blur; the photo's noise stays on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import cv2
import numpy as np

from observations import DATA, whole
from peers import INLIER_PX, Spots, matched, spots
from samegoods.edges.media import load_picture
from samegoods.geometry import bounding_box, corners, inside, project
from samegoods.records import Crop, Floats, Image, Mask, Matrix, Quad, Reference, Sighting
from samegoods.records.goods import _WARRANT
from samegoods.render.edits import Edit, plant
from samegoods.render.photo import Light, Photo, Pose, photograph
from samegoods.render.random_pack import random_pack

LABELS = DATA / "off_packaging"
CLIP = DATA / "videos" / "opencv" / "tea_box_in_hand.mp4"
FACES = DATA / "biscuit_box" / "references"

LEAST_INLIERS = 40
FACE_PX = (480, 640)
"""Width and height to which photographs of packages are cut, to serve as faces."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A reference and photos of one pack: ``quads`` are where the reference's corners truly lie in them.

    ``edit`` is what was planted, None for nothing; ``height_px`` how tall the pack is in the first photo.
    """

    sort: str
    name: str
    reference: Reference
    photos: tuple[Image, ...]
    quads: tuple[Quad, ...]
    edit: Edit | None

    @property
    def height_px(self) -> float:
        left, right = (np.linalg.norm(self.quads[0][a] - self.quads[0][b]) for a, b in ((3, 0), (2, 1)))
        return float(left + right) / 2


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a rendered photo is taken."""

    pose: Pose
    light: Light
    blur_px: float
    noise: float
    quality: int


def reference_of(pixels: Image) -> Reference:
    return Reference("goods/export/front", "goods", "export", "front", pixels, whole(pixels))


def conditions(height_px: float, rng: np.random.Generator) -> Conditions:
    """Tilts to 40 degrees, lamps from warm to cold, shade, blur, noise and compression of phones."""
    pose = Pose(
        height_px=height_px,
        tilt_deg=float(rng.uniform(0, 40)),
        tilt_towards_deg=float(rng.uniform(0, 360)),
        turn_deg=float(rng.uniform(-20, 20)),
    )
    cast = float(rng.uniform(0.85, 1.15)), 1.0, float(rng.uniform(0.85, 1.15))
    light = Light(gain=float(rng.uniform(0.6, 1.1)), cast=cast, gradient=float(rng.uniform(0, 0.4)))
    return Conditions(pose, light, float(rng.uniform(0.4, 1.3)), float(rng.uniform(1, 4)), int(rng.integers(75, 95)))


def taken_under(c: Conditions, shown: Image, seed: int, *, size: tuple[int, int] = (1280, 720)) -> Photo:
    """A photo of a face, ``size`` its width and height."""
    camera = {"blur_px": c.blur_px, "noise": c.noise, "jpeg_quality": c.quality}
    return photograph(shown, pose=c.pose, seed=seed, light=c.light, size=size, **camera)


def rendered(sort: str, name: str, face: Image, shown: Image, edit: Edit | None, taken: Sequence[Conditions]) -> Pair:
    """Photos of ``shown``, the face as it is sold, under the conditions given; ``face`` is the reference."""
    seed = abs(hash_of(name))
    shots = [taken_under(c, shown, seed + number) for number, c in enumerate(taken)]
    return Pair(sort, name, reference_of(face), tuple(s.pixels for s in shots), tuple(s.quad for s in shots), edit)


def hash_of(name: str) -> int:
    """A number from a name, the same on every machine."""
    return int.from_bytes(name.encode(), "big") % 1_000_003


def drawn(seed: int, edit: str | None, height_px: float, *, views: int = 1) -> Pair:
    """A drawn pack of this seed; the same conditions whether something is planted or not."""
    face = random_pack(seed)
    shown, truth = (face, None) if edit is None else plant(face, edit, seed=seed)
    rng = np.random.default_rng([seed, 6])
    taken = [conditions(height_px, rng) for _ in range(views)]
    return rendered("drawn", f"drawn-{seed}", face, shown, truth, taken)


@lru_cache(maxsize=1)
def packages() -> tuple[tuple[str, Image], ...]:
    """Photographs of real packages, cut to :data:`FACE_PX`; those with too little print to be known are left out."""
    found = []
    for path in sorted(p for p in LABELS.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png")):
        picture = load_picture(path)
        height, width = picture.shape[:2]
        scale = max(FACE_PX[0] / width, FACE_PX[1] / height)
        if scale > 1:
            continue
        size = max(FACE_PX[0], round(width * scale)), max(FACE_PX[1], round(height * scale))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        x, y = (size[0] - FACE_PX[0]) // 2, (size[1] - FACE_PX[1]) // 2
        face = np.ascontiguousarray(small[y : y + FACE_PX[1], x : x + FACE_PX[0]])
        if len(spots(face).points) > 400:
            found.append((path.stem, face))
    return tuple(found)


def printed(number: int, edit: str | None, height_px: float) -> Pair:
    """A photograph of a real package as a face; ``number`` picks it."""
    name, face = packages()[number % len(packages())]
    shown, truth = (face, None) if edit is None else plant(face, edit, seed=number)
    taken = [conditions(height_px, np.random.default_rng([number, 8]))]
    return rendered("printed", f"printed-{name}-{number}", face, shown, truth, taken)


def pose_between(known: Spots, seen: Spots) -> Matrix | None:
    """The homography from one picture's pixels to another's by plain matches; None where too few agree."""
    here, there = matched(known, seen)
    if len(here) < LEAST_INLIERS:
        return None
    matrix, agree = cv2.findHomography(here, there, cv2.USAC_MAGSAC, INLIER_PX / 2, maxIters=10_000, confidence=0.9999)
    if matrix is None or agree is None or int(agree.sum()) < LEAST_INLIERS:
        return None
    return np.asarray(matrix, np.float64)


@lru_cache(maxsize=1)
def clip_faces() -> tuple[tuple[str, Image, Image, Matrix], ...]:
    """Frames of the clip that show a face of the biscuit box well: name, face, frame, pose."""
    import av

    faces = [(path.stem, load_picture(path)) for path in sorted(FACES.glob("*.png"))]
    described = [spots(face) for _, face in faces]
    found = []
    with av.open(str(CLIP)) as container:
        for number, frame in enumerate(islice(container.decode(video=0), 0, None, 7)):
            pixels = frame.to_ndarray(format="rgb24")
            seen = spots(pixels)
            for (name, face), known in zip(faces, described, strict=True):
                pose = pose_between(known, seen)
                if pose is not None and sound(pose, face, pixels):
                    found.append((f"clip-{name}-{7 * number}", face, pixels, pose))
    return tuple(found)


def sound(pose: Matrix, face: Image, photo: Image) -> bool:
    """Whether a face lies in a photo as a whole, neither folded nor small."""
    height, width = face.shape[:2]
    quad = project(pose, corners(width, height))
    inside = (quad > -2).all() and (quad < np.array(photo.shape[1::-1]) + 1).all()
    return bool(inside and cv2.isContourConvex(quad) and abs(cv2.contourArea(quad)) > 120 * 120)


def filmed(number: int, edit: str | None) -> Pair:
    """A frame of the clip; ``number`` picks it and seeds what is planted."""
    name, face, photo, pose = clip_faces()[number % len(clip_faces())]
    quad = project(pose, corners(face.shape[1], face.shape[0]))
    shown, truth = (face, None) if edit is None else plant(face, edit, seed=number)
    pixels = photo if edit is None else transplanted(photo, face, shown, pose)
    return Pair("clip", f"{name}-{number}", reference_of(face), (pixels,), (quad,), truth)


def transplanted(photo: Image, face: Image, changed: Image, pose: Matrix) -> Image:
    """A photo with what was changed in the face carried into it, through the photo's own light and blur."""
    height, width = photo.shape[:2]
    before, after = (
        np.asarray(cv2.warpPerspective(p, pose, (width, height), flags=cv2.INTER_AREA), np.float32)
        for p in (face, changed)
    )
    held = cv2.warpPerspective(np.ones(face.shape[:2], np.float32), pose, (width, height)) > 0.99
    sigma = softness(photo, before, held)
    before, after = (cv2.GaussianBlur(p, (0, 0), sigma) if sigma else p for p in (before, after))
    gain = local_gain(photo, before, held)
    seen = photo.astype(np.float32) + np.where(held[..., None], gain * (after - before), 0)
    return np.asarray(np.clip(np.round(seen), 0, 255), np.uint8)


def softness(photo: Image, before: Floats, held: np.ndarray) -> float:
    """The blur, px, that makes the warped reference as soft as the photo: of a few, the one that fits best."""
    best = {}
    for sigma in (0.0, 0.6, 0.9, 1.2, 1.6, 2.1):
        soft = cv2.GaussianBlur(before, (0, 0), sigma) if sigma else before
        off = (local_gain(photo, soft, held) * soft - photo)[held]
        best[sigma] = float(np.median(np.abs(off)))
    return min(best, key=lambda sigma: best[sigma])


def local_gain(photo: Image, before: Floats, held: np.ndarray) -> Floats:
    """(h, w, 3): how much brighter the photo is than the warped reference, over about a fifth of the face."""
    reach = 0.2 * float(np.sqrt(max(held.sum(), 1)))
    k = held[..., None].astype(np.float32)
    top, bottom = (cv2.GaussianBlur(p * k, (0, 0), reach) for p in (photo.astype(np.float32), before))
    return np.asarray(np.clip(top / np.maximum(bottom, 1e-3), 0.2, 3.0), np.float32)


def crop_of(
    photo: Photo, seen_as: Reference, number: int, *, quad: Quad | None = None, known: Mask | None = None
) -> Crop:
    """What ``keep`` would cut out of a photo; ``quad`` in place of its true corners, ``known`` (H, W) what is seen."""
    quad = photo.quad if quad is None else quad
    height, width = photo.pixels.shape[:2]
    x0, y0, x1, y1 = bounding_box(quad, width, height)
    local = (quad - (x0, y0)).astype(np.float32)
    shown = inside(local, x1 - x0, y1 - y0)
    if known is not None:
        shown &= known[y0:y1, x0:x1]
    pixels = photo.pixels[y0:y1, x0:x1].copy()
    pixels[~shown] = 128
    sighting = Sighting(
        id=f"s{number}",
        source="src",
        moment=None,
        reference=seen_as.id,
        product=seen_as.product,
        version=seen_as.version,
        face=seen_as.face,
        score=0.9,
        margin=0.5,
        quad=quad,
        candidates=(),
        inliers=50,
    )
    return Crop(sighting, pixels, local, shown, _WARRANT)
