"""One fused face against one reference: its residual, what was found in it, and what would have been."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from samegoods.geometry import corners, homography_between, resizing
from samegoods.records import Floats, Image, Reference, View
from samegoods.vision.colour import lab, luma
from samegoods.vision.comparison import align, blur, light
from samegoods.vision.comparison.evidence import Residual, limit, residual_of, scan, strength_of
from samegoods.vision.comparison.look import plate, veiled
from samegoods.vision.comparison.power import Power, fineness, power, resolved
from samegoods.vision.comparison.regions import Region, find_regions

_ALIGN_PX = 320
_CORRELATED = 12.0  # three channels of about four pixels each speak as one
_MOST = 16.0  # squared deviations: one pixel may not decide


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A view held against a reference: ``regions`` differ, strongest first; ``need`` is the score they passed,
    and ``strength`` (h, w) the best score of any window at each place, in shares of it."""

    view: View
    reference: Reference
    residual: Residual
    regions: tuple[Region, ...]
    power: Power
    need: float
    strength: Floats

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels of the view per pixel of the reference, across and down."""
        height, width = self.view.known.shape
        return width / self.reference.size[0], height / self.reference.size[1]


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """A view, its own reference, those of other versions by version, and how much rather it is each of them:
    log-likelihood ratio and share as in :func:`preference`."""

    view: View
    own: Reference
    others: Mapping[str, Reference]
    preferences: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, view: View, references: Mapping[str, Reference]) -> Likeness:
        """How like a view is to every version of its product that has a reference of its face."""
        own = references[view.reference]
        alike = [r for r in references.values() if r.product == own.product and r.face == own.face]
        others = {r.version: r for r in sorted(alike, key=lambda r: r.id, reverse=True) if r.version != own.version}
        views = {version: as_if(view, reference, own) for version, reference in others.items()}
        mine = _residual(view)
        return cls(view, own, others, {v: preference(mine, _residual(x)) for v, x in views.items()})

    def as_if(self, version: str) -> View:
        return as_if(self.view, self.others[version], self.own)


def _residual(view: View) -> Residual:
    return residual_of(view.pixels, view.predicted, view.noise, view.known, views=view.views)


def face_against(view: View, reference: Reference) -> Face:
    """A view against the reference in whose frame it is."""
    residual = _residual(view)
    scans = scan(residual)
    need = limit(view.known.shape) * caution(view)
    regions = find_regions(residual, scans, need)
    size = view.known.shape[1], view.known.shape[0]
    held = cv2.resize(reference.mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
    could = power(residual, scans, need, spread=view.spread, fine=_fineness(reference, size), mask=held)
    return Face(view, reference, residual, regions, could, need, strength_of(scans, need))


def strength(view: View) -> Floats:
    """How strongly a view differs from its own reference at each place, (h, w), in shares of the face's limit."""
    return strength_of(scan(_residual(view)), limit(view.known.shape) * caution(view))


def caution(view: View) -> float:
    """How much more than chance's limit a score has to reach: the noise's law is learnt, not known.

    One view cannot tell what moves with the light from what is printed, and a small one rests on few pixels.
    """
    small = (90 - resolved(view.known, view.spread)) / 150
    return 1.25 * (1.2 if view.views == 1 else 1.0) * float(np.clip(1.0 + small, 1.0, 1.4))


def as_if(view: View, other: Reference, frame: Reference) -> View:
    """The view as if it had been seen against another version's reference of this face."""
    predicted = _soft(view, other, frame)
    lit = light.fit_light(view.pixels, predicted, view.known)
    if lit is None:
        return replace(view, predicted=predicted)
    levelled, expected = light.level(view.pixels, lit), light.shown(predicted, lit)
    known = view.known & ~veiled(levelled, expected, view.known)
    return replace(view, pixels=levelled, predicted=expected, known=known)


def lit_by(view: View, other: Reference, frame: Reference) -> View:
    """The view against its own reference, in the light that another version's reference tells.

    Where an item is another version, that version knows the light better than the one it differs from.
    """
    lit = light.fit_light(view.pixels, _soft(view, other, frame), view.known)
    if lit is None:
        return view
    levelled, expected = light.level(view.pixels, lit), light.shown(_soft(view, frame, frame), lit)
    return replace(view, pixels=levelled, predicted=expected, known=as_if(view, other, frame).known)


def _soft(view: View, other: Reference, frame: Reference) -> Floats:
    """A reference at the view's scale and blur, in the frame of the view's own."""
    goal = plate(brought(other, frame), frame.mask, view.scale)
    size = view.known.shape[1], view.known.shape[0]
    small = goal.pixels if goal.size == size else np.asarray(cv2.resize(goal.pixels, size), np.float32)
    return blur.soften(small, blur.split(view.spread)[0])


@lru_cache(maxsize=128)
def brought(other: Reference, frame: Reference) -> Image:
    """A reference (H, W, 3) in the frame of another of the same face, aligned where their prints agree."""
    if other is frame:
        return frame.pixels
    width, height = frame.size
    scale = min(1.0, _ALIGN_PX / max(frame.size))
    goal = plate(frame.pixels, frame.mask, scale)
    begin = align.start(homography_between(goal.quad, corners(*other.size)), goal.size)
    soft = cv2.GaussianBlur(luma(other.pixels), (0, 0), 0.4 * max(1.0, other.size[0] / goal.size[0]))
    placed = align.register(np.asarray(soft), other.mask, luma(goal.pixels), goal.mask, begin, bend=False)
    flow = np.asarray(cv2.resize(placed.flow, (width, height))) / np.array(goal.scale)
    full = align.Placement(placed.homography @ resizing(frame.size, goal.size), np.asarray(flow, np.float32))
    seen = align.sample(other.pixels, full)
    shown = align.sample_mask(other.mask, full)
    return np.asarray(np.where(shown[..., None], seen, frame.pixels), np.uint8)


def preference(one: Residual, other: Residual) -> tuple[float, float]:
    """Which of two predictions of a face is right, judged only where they differ from each other.

    Returns:
        The log-likelihood ratio, positive for ``other``, and its share (-1..1) of what it would be if
        ``other`` were exactly right; both 0 where the two cannot be told apart here.
    """
    variance = np.minimum(one.variance, other.variance)
    apart = np.square(one.expected - other.expected) / variance
    judged = one.known & other.known & (apart.sum(axis=2) > 9)
    if judged.sum() < 12:
        return 0.0, 0.0
    most = float(np.minimum(apart, _MOST)[judged].sum())
    gain = np.minimum(np.square(one.off) / variance, _MOST) - np.minimum(np.square(other.off) / variance, _MOST)
    total = float(gain[judged].sum())
    return total / 2 / _CORRELATED, float(np.clip(total / max(most, 1e-6), -1, 1))


@lru_cache(maxsize=128)
def _fineness(reference: Reference, size: tuple[int, int]) -> Floats:
    return fineness(lightness(reference), size)


@lru_cache(maxsize=128)
def lightness(reference: Reference) -> Floats:
    """CIELAB L* of a reference, (H, W)."""
    return np.ascontiguousarray(lab(reference.pixels)[..., 0])
