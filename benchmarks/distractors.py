"""Thousands of described packs for the cost of some: drawn ones, and what their descriptors become in other pictures.

A pack seen in a mirror, or with its greys turned to their opposite, is another pack. Its spots lie where those of the
first do, and its descriptors are the same numbers in another order: so it need not be drawn and described. Neither
matches the first, for a mirrored pose is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from samegoods.edges.catalogue.prepared import _FRONT, _WHOLE, _described_in, _named
from samegoods.records import Image, Reference
from samegoods.render.random_pack import random_pack
from samegoods.vision.recognition.catalogue import Described, Front, described
from samegoods.vision.recognition.features import Features, join

PACK_PX = (400, 520)
KINDS = ("as drawn", "mirrored", "opposite", "both")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack: what was drawn from ``seed``, as one of :data:`KINDS`; its right half from ``right``, if given."""

    seed: int
    kind: int
    right: int | None = None

    @property
    def name(self) -> str:
        return f"{self.seed}-{self.kind}" + ("" if self.right is None else f"-{self.right}")

    def pixels(self) -> Image:
        drawn = random_pack(self.seed, size=PACK_PX).copy()
        if self.right is not None:
            half = PACK_PX[0] // 2
            drawn[:, half:] = random_pack(self.right, size=PACK_PX)[:, half:]
        drawn = drawn[:, ::-1] if self.kind & 1 else drawn
        return np.ascontiguousarray(255 - drawn if self.kind & 2 else drawn)

    def reference(self) -> Reference:
        pixels = self.pixels()
        mask = np.ones(pixels.shape[:2], np.bool_)
        return Reference(f"{self.name}/export/front", self.name, "export", "front", pixels, mask)

    def described(self, folder: Path) -> Described:
        """As it is described; what is drawn is described once and kept in a folder."""
        known = of_seed(self.seed, folder)
        if self.right is not None:
            known = halves(known, of_seed(self.right, folder))
        known = mirrored(known) if self.kind & 1 else known
        return opposite(known) if self.kind & 2 else known


def packs(seeds: range, others: range, count: int) -> Iterator[Pack]:
    """So many packs: the seeds as drawn first, then others, then both in all kinds, then halves of two in a row."""
    every = [*seeds, *others]
    more = [Pack(seed, kind) for kind in range(len(KINDS)) for seed in every]
    joined = [Pack(a, kind, b) for kind in (1, 2, 3) for a, b in pairwise(others)]
    yield from [*more, *joined][:count]


@lru_cache(maxsize=2)
def of_seed(seed: int, folder: Path) -> Described:
    file = folder / f"{seed}.npz"
    if not file.exists():
        made = described(Pack(seed, 0).reference())
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(file, **_named(made.features, "whole", _WHOLE), **_named(made.front, "front", _FRONT))
    with np.load(file) as held:
        return _described_in({name: held[name] for name in held.files})


def mirrored(one: Described) -> Described:
    """As the picture is described from its mirror image."""
    turn, flip = np.diag([1.0, -1.0]), np.diag([-1.0, 1.0])
    frames = (turn @ one.features.frames @ flip).astype(np.float32)
    features = Features(_across(one.features.points), frames, _flipped(one.features.histograms), one.features.strength)
    return Described(features, Front(_flipped(one.front.codes), _across(one.front.points)))


def opposite(one: Described) -> Described:
    """As the picture is described with dark for light: every spot is turned half round."""
    features = Features(
        one.features.points, -one.features.frames, _half_round(one.features.histograms), one.features.strength
    )
    return Described(features, Front(_half_round(one.front.codes), one.front.points))


def halves(left: Described, right: Described) -> Described:
    """The left half of one picture beside the right half of another; spots on the seam are those of either."""
    middle = PACK_PX[0] / 2
    a, b = left.features, right.features
    features = join(
        [a.take(np.flatnonzero(a.points[:, 0] < middle)), b.take(np.flatnonzero(b.points[:, 0] >= middle))]
    )
    here, there = left.front.points[:, 0] < middle, right.front.points[:, 0] >= middle
    codes = np.concatenate([left.front.codes[here], right.front.codes[there]])
    return Described(features, Front(codes, np.concatenate([left.front.points[here], right.front.points[there]])))


def _across(points: np.ndarray) -> np.ndarray:
    return np.column_stack([PACK_PX[0] - 1 - points[:, 0], points[:, 1]]).astype(np.float32)


def _flipped(rows: np.ndarray) -> np.ndarray:
    """SIFT's 4 x 4 places of 8 directions, as a mirror shows them."""
    return np.ascontiguousarray(rows.reshape(-1, 4, 4, 8)[:, ::-1][..., -np.arange(8) % 8].reshape(-1, 128))


def _half_round(rows: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(rows.reshape(-1, 4, 4, 8)[:, ::-1, ::-1].reshape(-1, 128))
