"""The references of a campaign, described and indexed: everything that recognition knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.errors import BadReference
from samegoods.geometry import corners, homography_between
from samegoods.records import Floats, Matrix, Reference
from samegoods.vision.recognition.features import Features, describe_front, describe_reference
from samegoods.vision.recognition.index import DescriptorIndex

MIN_ALIGNED = 25
"""Matches from which two versions' references are aligned by their print; below, by their corners."""
FRONT = 700
"""Spots by which references are laid on each other."""
NEAR, ALIKE, SHARED = 20, 0.9, 0.15
"""Twins share this much of a reference's spots: among so many neighbours, of at least this likeness (a cosine)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sibling:
    """A reference much like another: its position, and the homography (3, 3) from its pixels to the other's."""

    owner: int
    onto: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """``points``, ``frames`` and ``owners`` have a row for each descriptor of ``index``; an owner is a position
    in ``references``. ``siblings`` lists, for each reference, the same face in other versions; ``twins`` the
    references of other products that share much of its print."""

    references: tuple[Reference, ...]
    siblings: tuple[tuple[Sibling, ...], ...]
    twins: tuple[tuple[Sibling, ...], ...]
    points: Floats
    frames: Floats
    owners: NDArray[np.intp]
    index: DescriptorIndex

    @property
    def layout(self) -> Layout:
        return Layout(self.siblings, self.twins, self.index.cells)

    @property
    def by_id(self) -> Mapping[str, Reference]:
        return {reference.id: reference for reference in self.references}


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """A reference described: as it is searched for, and as it looks from the front."""

    features: Features
    front: Features


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """How references lie to each other, as in a :class:`Catalogue`; ``cells`` as in a :class:`DescriptorIndex`."""

    siblings: tuple[tuple[Sibling, ...], ...]
    twins: tuple[tuple[Sibling, ...], ...]
    cells: Floats


def described(reference: Reference) -> Described:
    """Describe a reference; a third of a second each.

    Raises:
        BadReference: it shows too little detail to be recognised by.
    """
    features = describe_reference(reference.pixels, reference.mask)
    if len(features) < MIN_ALIGNED:
        raise BadReference(
            f"reference {reference.id}: only {len(features)} spots of detail; take a sharper, larger picture"
        )
    return Described(features, describe_front(reference.pixels, reference.mask, limit=FRONT))


def build(
    references: Sequence[Reference], known: Sequence[Described] | None = None, layout: Layout | None = None
) -> Catalogue:
    """Describe and index references.

    Args:
        known: the same references described before, in their order; ``layout`` theirs, found before.

    Raises:
        BadReference: there is none, or one shows too little detail to be recognised by.
    """
    if not references:
        raise BadReference("no product of the campaign has a reference picture: add at least one")
    parts = [described(reference) for reference in references] if known is None else known
    owners = np.concatenate([np.full(len(part.features), i, np.intp) for i, part in enumerate(parts)])
    descriptors = np.concatenate([part.features.descriptors for part in parts])
    index = DescriptorIndex(descriptors, None if layout is None else layout.cells)
    fronts = [part.front for part in parts]
    return Catalogue(
        references=tuple(references),
        siblings=_siblings(references, fronts) if layout is None else layout.siblings,
        twins=_twins(references, fronts, owners, index) if layout is None else layout.twins,
        points=np.concatenate([part.features.points for part in parts]),
        frames=np.concatenate([part.features.frames for part in parts]),
        owners=owners,
        index=index,
    )


def _siblings(references: Sequence[Reference], fronts: Sequence[Features]) -> tuple[tuple[Sibling, ...], ...]:
    return tuple(
        tuple(
            Sibling(j, _align(other, one, fronts[j], fronts[i]))
            for j, other in enumerate(references)
            if (other.product, other.face) == (one.product, one.face) and other.version != one.version
        )
        for i, one in enumerate(references)
    )


def _twins(
    references: Sequence[Reference],
    fronts: Sequence[Features],
    owners: NDArray[np.intp],
    index: DescriptorIndex,
) -> tuple[tuple[Sibling, ...], ...]:
    """For each reference those of other products that are near in print: found by the index, then aligned."""
    twins = []
    for i, one in enumerate(references):
        distances, rows = index.search(fronts[i].descriptors, NEAR)
        rows = np.where(distances < 2 - 2 * ALIKE, rows, -1)  # unit vectors: squared distance from the cosine
        near = np.where(rows >= 0, owners[rows], i)  # (n, NEAR)
        share = np.array([(near == j).any(axis=1).mean() for j in range(len(references))])
        alike = [j for j, other in enumerate(references) if share[j] > SHARED and other.product != one.product]
        aligned = [(j, _by_print(fronts[j], fronts[i])) for j in alike]
        twins.append(tuple(Sibling(j, onto) for j, onto in aligned if onto is not None))
    return tuple(twins)


def _align(other: Reference, one: Reference, features_other: Features, features_one: Features) -> Matrix:
    """The homography from ``other``'s pixels to ``one``'s: by the print that they share, else by the corners."""
    by_print = _by_print(features_other, features_one)
    return homography_between(corners(*other.size), corners(*one.size)) if by_print is None else by_print


def _by_print(features_other: Features, features_one: Features) -> Matrix | None:
    """The homography between two references by the print that they share; None where that is too little."""
    likeness = features_other.descriptors @ features_one.descriptors.T
    there = likeness.argmax(axis=1)
    mutual = likeness.argmax(axis=0)[there] == np.arange(len(there))
    rows = np.flatnonzero(mutual & (likeness[np.arange(len(there)), there] > ALIKE))
    if len(rows) < MIN_ALIGNED:
        return None
    matrix, good = cv2.findHomography(
        features_other.points[rows],
        features_one.points[there[rows]],
        cv2.USAC_MAGSAC,
        2.0,
        maxIters=5_000,
        confidence=0.9999,
    )
    if matrix is None or good.sum() < max(MIN_ALIGNED, 0.3 * len(rows)):
        return None
    return np.asarray(matrix, np.float64)
