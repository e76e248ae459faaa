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
from samegoods.vision.features import Features, describe_reference
from samegoods.vision.index import DescriptorIndex

MIN_ALIGNED = 25
"""Matches from which two versions' references are aligned by their print; below, by their corners."""


@dataclass(frozen=True, slots=True, eq=False)
class Sibling:
    """Another version's reference of the same face: its position, and the homography (3, 3) from its pixels."""

    owner: int
    onto: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """``points``, ``frames`` and ``owners`` have a row for each descriptor of ``index``; an owner is a position
    in ``references``. ``siblings`` lists, for each reference, the same face in other versions."""

    references: tuple[Reference, ...]
    siblings: tuple[tuple[Sibling, ...], ...]
    points: Floats
    frames: Floats
    owners: NDArray[np.intp]
    index: DescriptorIndex

    @property
    def by_id(self) -> Mapping[str, Reference]:
        return {reference.id: reference for reference in self.references}


def build(references: Sequence[Reference]) -> Catalogue:
    """Describe and index references.

    Raises:
        BadReference: there is none, or one shows too little detail to be recognised by.
    """
    if not references:
        raise BadReference("no product of the campaign has a reference picture: add at least one")
    described = [describe_reference(reference.pixels, reference.mask) for reference in references]
    for reference, features in zip(references, described, strict=True):
        if len(features) < MIN_ALIGNED:
            raise BadReference(
                f"reference {reference.id}: only {len(features)} spots of detail; take a sharper, larger picture"
            )
    owners = np.concatenate([np.full(len(d), i, np.intp) for i, d in enumerate(described)])
    return Catalogue(
        references=tuple(references),
        siblings=_siblings(references, described),
        points=np.concatenate([d.points for d in described]),
        frames=np.concatenate([d.frames for d in described]),
        owners=owners,
        index=DescriptorIndex(np.concatenate([d.descriptors for d in described])),
    )


def _siblings(
    references: Sequence[Reference], described: Sequence[Features]
) -> tuple[tuple[Sibling, ...], ...]:
    return tuple(
        tuple(
            Sibling(j, _align(other, one, described[j], described[i]))
            for j, other in enumerate(references)
            if (other.product, other.face) == (one.product, one.face) and other.version != one.version
        )
        for i, one in enumerate(references)
    )


def _align(other: Reference, one: Reference, features_other: Features, features_one: Features) -> Matrix:
    """The homography from ``other``'s pixels to ``one``'s: by the print that they share, else by the corners."""
    by_corners = homography_between(corners(*other.size), corners(*one.size))
    likeness = features_other.descriptors @ features_one.descriptors.T
    there = likeness.argmax(axis=1)
    mutual = likeness.argmax(axis=0)[there] == np.arange(len(there))
    rows = np.flatnonzero(mutual & (likeness[np.arange(len(there)), there] > 0.9))
    if len(rows) < MIN_ALIGNED:
        return by_corners
    matrix, good = cv2.findHomography(
        features_other.points[rows],
        features_one.points[there[rows]],
        cv2.USAC_MAGSAC,
        2.0,
        maxIters=5_000,
        confidence=0.9999,
    )
    if matrix is None or good.sum() < max(MIN_ALIGNED, 0.3 * len(rows)):
        return by_corners
    return np.asarray(matrix, np.float64)
