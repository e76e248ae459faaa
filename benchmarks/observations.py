"""What recognition sees on pictures with known truth: the raw material of calibration and of the accuracy tables.

Two sorts of pictures: photographs of real cartons (grocery_packages), and rendered photos of drawn packs, where
every product has a near twin (another product: same layout, another tint and word) and a second version with one
planted difference. Everything comes from seeds, so that what is fitted on and what is reported are kept apart.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from samegoods.edges.catalogue import plain_background
from samegoods.edges.media import load_picture
from samegoods.records import Image, Reference
from samegoods.render.camera import Walk
from samegoods.render.design import draw
from samegoods.render.edits import plant
from samegoods.render.film import Take, frame_at
from samegoods.render.photo import Light, Photo, Pose, photograph
from samegoods.render.programme import PLACES, Clip
from samegoods.render.random_pack import near_twin, random_design, random_pack
from samegoods.render.stalls import build_scene
from samegoods.stages.recognise import describe_frame
from samegoods.vision.recognition.answers import Answer, see
from samegoods.vision.recognition.catalogue import Catalogue, build

DATA = Path(os.environ.get("SAMEGOODS_DATA", Path(__file__).parents[2] / "shared" / "data"))
VERSION_EDITS = ("tint", "line missing", "word changed", "badge", "mark missing", "graphic changed", "tint")
STEP_M = 0.6
"""Between pictures of a stall: each shows other goods."""


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """One picture, its truth, and what was answered, best first; ``height_px`` is 0 where it is not known."""

    name: str
    product: str
    version: str | None
    height_px: float
    answers: tuple[Answer, ...]
    named: tuple[tuple[str, str], ...]

    @property
    def best(self) -> tuple[Answer, tuple[str, str]] | None:
        return (self.answers[0], self.named[0]) if self.answers else None


def whole(pixels: Image) -> np.ndarray:
    return np.ones(pixels.shape[:2], np.bool_)


def observe(
    name: str, pixels: Image, catalogue: Catalogue, product: str, version: str | None, height_px: float = 0.0
) -> Observation:
    """Recognise one picture as it is in footage; every answer counts, however weak."""
    answers = tuple(see(pixels, describe_frame(pixels), catalogue, min_score=0.0, firm=True))
    owners = [catalogue.references[a.hypothesis.owner] for a in answers]
    return Observation(name, product, version, height_px, answers, tuple((o.product, o.version) for o in owners))


def cartons() -> Catalogue:
    """The 31 cartons, each a product with one reference."""
    return build(carton_references())


def carton_references() -> list[Reference]:
    references = []
    for path in sorted((DATA / "grocery_packages" / "iconic").glob("*.jpg")):
        pixels = load_picture(path)
        name = path.stem
        references.append(Reference(f"{name}/export/front", name, "export", "front", pixels, plain_background(pixels)))
    return references


def carton_photos(split: str) -> Iterator[tuple[str, str, Image]]:
    """(name, product, picture) of every photograph of ``train`` or ``val``."""
    with (DATA / "grocery_packages" / "labels.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["split"] == split:
                path = DATA / row["file"]
                yield path.stem, row["class"], load_picture(path)


def drawn(count: int, *, seed: int) -> tuple[Catalogue, dict[tuple[str, str], Image]]:
    """A catalogue of ``count`` drawn products in two versions, half of them near twins of the other half."""
    faces: dict[tuple[str, str], Image] = {}
    for i in range(count // 2):
        design = random_design(seed + i)
        for twin, name in ((design, f"p{i}"), (near_twin(design, seed + i), f"p{i}-twin")):
            picture = draw(twin)
            edit = VERSION_EDITS[(i + (name != f"p{i}")) % len(VERSION_EDITS)]
            changed, _ = plant(picture, edit, seed=seed + i)
            faces[name, "export"], faces[name, "domestic"] = picture, changed
    references = [
        Reference(f"{product}/{version}/front", product, version, "front", pixels, whole(pixels))
        for (product, version), pixels in faces.items()
    ]
    return build(references), faces


def random_photo(picture: Image, *, seed: int, rng: np.random.Generator) -> tuple[Photo, Pose]:
    """A photo under random conditions: 60 to 420 px, tilts to 60 degrees, any turn, lamp, blur and cover."""
    pose = Pose(
        height_px=float(np.exp(rng.uniform(np.log(60), np.log(420)))),
        tilt_deg=float(rng.uniform(0, 60)),
        tilt_towards_deg=float(rng.uniform(0, 360)),
        turn_deg=float(rng.uniform(-180, 180)),
        centre=(float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.4, 0.6))),
    )
    light = Light(
        gain=float(rng.uniform(0.5, 1.2)),
        cast=tuple(rng.uniform(0.8, 1.2, 3)),  # type: ignore[arg-type]
        gradient=float(rng.uniform(0, 0.6)),
        glare=float(rng.choice([0, 0, 0.5])),
    )
    photo = photograph(
        picture,
        pose=pose,
        seed=seed,
        light=light,
        blur_px=float(rng.uniform(0.4, 1.8)),
        noise=float(rng.uniform(1, 6)),
        jpeg_quality=int(rng.integers(60, 95)),
        covered=float(rng.choice([0, 0, 0.15, 0.3])),
    )
    return photo, pose


def drawn_observations(count: int, photos: int, *, seed: int) -> list[Observation]:
    """``photos`` pictures over ``count`` drawn products, each picture with one pack in one of its versions."""
    catalogue, faces = drawn(count, seed=seed)
    names = list(faces)
    rng = np.random.default_rng(seed)
    seen = []
    for i in range(photos):
        product, version = names[int(rng.integers(len(names)))]
        photo, pose = random_photo(faces[product, version], seed=seed + 1000 + i, rng=rng)
        seen.append(observe(f"drawn-{seed}-{i}", photo.pixels, catalogue, product, version, pose.height_px))
    return seen


def stranger_observations(count: int, photos: int, *, seed: int) -> list[Observation]:
    """Pictures of packs that the catalogue does not have, some of which share a drawing with one that it has."""
    catalogue, _ = drawn(count, seed=seed)
    rng = np.random.default_rng(seed + 1)
    seen = []
    for i in range(photos):
        photo, pose = random_photo(random_pack(seed + 500_000 + i), seed=seed + 2000 + i, rng=rng)
        seen.append(observe(f"stranger-{seed}-{i}", photo.pixels, catalogue, "none of these", None, pose.height_px))
    return seen


def stall_observations(count: int, pictures: int, *, seed: int) -> list[Observation]:
    """Every answer of its own to pictures of a whole stall that has none of the catalogue's goods: its goods have
    other names and colours, but layouts, seals and small print in common with them."""
    catalogue, _ = drawn(count, seed=seed)
    rows = (" ".join("x" * 4 * pictures),) * 2
    walk = Walk(0.4, 0.4 + STEP_M * pictures, pictures)
    clip = Clip("stall", "station", "2026-07-04T17:05:00+03:00", rows, walk)
    scene, _ = build_scene(clip, PLACES[clip.place], seed=seed, named=clip.path)
    take = Take(scene, walk)
    seen = []
    for i in range(pictures):
        pixels, _ = frame_at(take, i + 0.5, index=i)
        whole_stall = observe(f"stall-{seed}-{i}", pixels, catalogue, "none of these", None)
        pairs = zip(whole_stall.answers, whole_stall.named, strict=True)
        seen += [replace(whole_stall, answers=(answer,), named=(named,)) for answer, named in pairs]
    return seen


def carton_observations(split: str) -> list[Observation]:
    catalogue = cartons()
    return [observe(name, pixels, catalogue, product, None) for name, product, pixels in carton_photos(split)]


cv2.setNumThreads(1)
