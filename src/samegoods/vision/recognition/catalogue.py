"""The references of a campaign, described and indexed: everything that recognition knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.errors import BadReference
from samegoods.geometry import corners, homography_between
from samegoods.records import Floats, Matrix, Reference
from samegoods.vision.recognition.cells import Codes, coded, uncoded
from samegoods.vision.recognition.features import Features, describe_front, describe_reference
from samegoods.vision.recognition.index import Part, SpotIndex
from samegoods.vision.recognition.spots import spots_of

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


FindKin = Callable[[int], tuple[Sibling, ...]]
Kin = Mapping[int, tuple[Sibling, ...]]
"""References much like each one, by its position."""


@dataclass(frozen=True, slots=True, eq=False)
class Front:
    """A reference as it looks from the front: ``codes`` (n, 128) of its strongest spots, at ``points`` (n, 2) px."""

    codes: Codes
    points: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """A reference described: ``features`` as it is searched for, ``front`` as it is laid on others."""

    features: Features
    front: Front


class Catalogue:
    """``sizes`` (n, 2) px and ``areas`` (n,) px of the references' masks are known without their pictures.

    ``siblings`` lists, for each reference, the same face in other versions; ``twins`` the references of other products
    that share much of its print. Both are worked out for a reference when first asked for: a catalogue has thousands
    of references, and a market shows some tens of them. ``known`` gets a reference and what finds its twins, and may
    know them from before.
    """

    def __init__(
        self,
        references: Sequence[Reference],
        index: SpotIndex,
        front: Callable[[int], Front],
        *,
        sizes: Floats | None = None,
        areas: NDArray[np.int64] | None = None,
        known: Callable[[int, FindKin], tuple[Sibling, ...]] = lambda i, find: find(i),
    ) -> None:
        self.references = tuple(references)
        self.index = index
        self.front = front
        self.sizes = _sizes(references) if sizes is None else sizes
        self.areas = _areas(references) if areas is None else areas
        self.siblings: Kin = _Lazily(self._siblings_of)
        self.twins: Kin = _Lazily(lambda i: known(i, self._twins_of))

    @cached_property
    def by_id(self) -> Mapping[str, Reference]:
        return {reference.id: reference for reference in self.references}

    @cached_property
    def _faces(self) -> Mapping[tuple[str, str], list[int]]:
        faces: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i, one in enumerate(self.references):
            faces[one.product, one.face].append(i)
        return faces

    def _siblings_of(self, i: int) -> tuple[Sibling, ...]:
        one = self.references[i]
        others = [j for j in self._faces[one.product, one.face] if self.references[j].version != one.version]
        return tuple(Sibling(j, self._align(j, i)) for j in others)

    def _twins_of(self, i: int) -> tuple[Sibling, ...]:
        """Those of other products that are near in print: found by the index, then aligned."""
        front = self.front(i)
        distances, rows = self.index.search(uncoded(front.codes), NEAR)
        near = distances < 2 - 2 * ALIKE  # unit vectors: squared distance from the cosine
        owner = self.index.at(rows.ravel()).owner.reshape(rows.shape)
        spot = np.repeat(np.arange(len(rows))[:, None], rows.shape[1], axis=1)
        pairs = np.unique(np.stack([owner[near], spot[near]]), axis=1)  # a spot counts once for a reference
        others, counts = np.unique(pairs[0], return_counts=True)
        product = self.references[i].product
        alike = [int(j) for j in others[counts > SHARED * len(rows)] if self.references[j].product != product]
        aligned = [(j, _by_print(self.front(j), front)) for j in alike]
        return tuple(Sibling(j, onto) for j, onto in aligned if onto is not None)

    def _align(self, other: int, one: int) -> Matrix:
        """The homography from one reference's pixels to another's: by the print that they share, else by corners."""
        by_print = _by_print(self.front(other), self.front(one))
        if by_print is not None:
            return by_print
        return homography_between(*(corners(*self.references[i].size) for i in (other, one)))


class _Lazily(Mapping[int, tuple[Sibling, ...]]):
    """Kin that is worked out when it is first asked for."""

    def __init__(self, of: Callable[[int], tuple[Sibling, ...]]) -> None:
        self._of = of
        self._known: dict[int, tuple[Sibling, ...]] = {}

    def __getitem__(self, i: int) -> tuple[Sibling, ...]:
        if i not in self._known:
            self._known[i] = self._of(i)
        return self._known[i]

    def __iter__(self) -> Iterator[int]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def described(reference: Reference) -> Described:
    """Describe a reference; a fifth of a second each.

    Raises:
        BadReference: it shows too little detail to be recognised by.
    """
    features = describe_reference(reference.pixels, reference.mask)
    if len(features) < MIN_ALIGNED:
        raise BadReference(
            f"reference {reference.id}: only {len(features)} spots of detail; take a sharper, larger picture"
        )
    front = describe_front(reference.pixels, reference.mask, limit=FRONT)
    return Described(features, Front(coded(front.descriptors), front.points))


def build(references: Sequence[Reference]) -> Catalogue:
    """Describe and index references, all of it in memory.

    Raises:
        BadReference: there is none, or one shows too little detail to be recognised by.
    """
    check_some(references)
    parts = [described(reference) for reference in references]
    spots = spots_of([part.features for part in parts])
    index = SpotIndex([Part(spots, np.arange(len(parts)))])
    return Catalogue(references, index, lambda i: parts[i].front)


def check_some(references: Sequence[Reference]) -> None:
    """Raises BadReference where there is none."""
    if not references:
        raise BadReference("no product of the campaign has a reference picture: add at least one")


def _sizes(references: Sequence[Reference]) -> Floats:
    return np.array([one.size for one in references], np.float32)


def _areas(references: Sequence[Reference]) -> NDArray[np.int64]:
    return np.array([np.count_nonzero(one.mask) for one in references], np.int64)


def _by_print(front_other: Front, front_one: Front) -> Matrix | None:
    """The homography between two references by the print that they share; None where that is too little."""
    likeness = uncoded(front_other.codes) @ uncoded(front_one.codes).T
    there = likeness.argmax(axis=1)
    mutual = likeness.argmax(axis=0)[there] == np.arange(len(there))
    rows = np.flatnonzero(mutual & (likeness[np.arange(len(there)), there] > ALIKE))
    if len(rows) < MIN_ALIGNED:
        return None
    matrix, good = cv2.findHomography(
        front_other.points[rows],
        front_one.points[there[rows]],
        cv2.USAC_MAGSAC,
        2.0,
        maxIters=5_000,
        confidence=0.9999,
    )
    if matrix is None or good.sum() < max(MIN_ALIGNED, 0.3 * len(rows)):
        return None
    return np.asarray(matrix, np.float64)
