"""From matched features to verified poses: which reference may lie where, several times over if need be.

Every match proposes a whole pose by itself, since a spot has a place, a size and a direction, and tilted views add
the squeeze (Lowe 2004, section 7.3, with affine instead of similarity). Matches that agree on a pose are counted
in a coarse Hough grid; the full cells are fitted by MAGSAC++ (Barath et al. 2020,
doi:10.1109/CVPR42600.2020.00138), widest support first, and their matches are taken away before the next, so
that copies side by side are peeled off one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.geometry import area, corners, coverage, is_plausible, project, share_in_picture
from samegoods.records import Floats, Matrix, Quad
from samegoods.vision.recognition.catalogue import Catalogue
from samegoods.vision.recognition.features import Features

NEIGHBOURS = 30
MIN_WEIGHT = 0.12
"""How much nearer than the background (the last neighbour) a match must be, as a share of its distance."""
REACH = 0.45
"""Width of a Hough cell for places, as a share of the predicted size of the face."""
MIN_VOTES = 4
MIN_INLIERS = 6
INLIER_PX = 3.0
MAX_HYPOTHESES = 80
LEAST_IN_PICTURE = 0.25
"""A face of which less lies within the picture cannot be judged, and its pose is held by one end."""


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Matches of a picture's spots with references' spots, a row each.

    ``owner`` (n,) reference, ``seen`` (n, 2) place in the picture, ``there`` (n, 2) place in the reference,
    ``affine`` (n, 2, 2) the proposed map of offsets from reference to picture, ``weight`` (n,) 0..1.
    """

    owner: NDArray[np.intp]
    seen: Floats
    there: Floats
    affine: Floats
    weight: Floats

    def take(self, keep: NDArray[np.intp] | NDArray[np.bool_]) -> Matches:
        return Matches(self.owner[keep], self.seen[keep], self.there[keep], self.affine[keep], self.weight[keep])


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """One reference at one place: its corners' quad, and how many separate spots support it.

    ``support`` adds up their weights; ``spread`` is the share of the reference that their hull covers, 0..1: a
    drawing that two goods share supports a pose well, but from one corner. ``density`` is how many spots there are on
    each thousand pixels of the face, as it is seen or as the reference shows it, whichever is coarser: where goods
    share a layout, a seal and small print, they agree in few spots of what so large a face would show.
    """

    owner: int
    quad: Quad
    inliers: int
    support: float
    spread: float
    density: float


def match(features: Features, catalogue: Catalogue) -> Matches:
    """Each spot's nearest spot of every reference among its neighbours, weighed against the background.

    Method: local naive Bayes nearest neighbour (McCann & Lowe 2012, doi:10.1109/CVPR.2012.6248111): near twins
    share their features, so a match is weighed against the k-th neighbour and not against the second.
    """
    neighbours = min(NEIGHBOURS, len(catalogue.index))
    distances, rows = catalogue.index.search(features.descriptors, neighbours)
    query = np.repeat(np.arange(len(features)), neighbours)
    row = rows.ravel()
    background = np.maximum(np.where(np.isfinite(distances), distances, 0).max(axis=1), 1e-9)
    weight = 1 - distances.ravel() / background[query]
    good = (row >= 0) & (weight > MIN_WEIGHT)
    query, weight, found = query[good], weight[good], catalogue.index.at(row[good])
    # The first of each (spot, reference) is the nearest: rows come sorted by distance.
    _, first = np.unique(query * len(catalogue.references) + found.owner, return_index=True)
    query = query[first]
    size_and_turn = np.linalg.inv(features.frames[query])
    return Matches(
        owner=found.owner[first],
        seen=features.points[query],
        there=found.points[first],
        affine=(size_and_turn @ found.frames[first]).astype(np.float32),
        weight=weight[first].astype(np.float32),
    )


def hypothesise(matches: Matches, catalogue: Catalogue, picture: tuple[int, int]) -> list[Hypothesis]:
    """Poses with enough support, best first; ``picture`` is (width, height)."""
    found: list[Hypothesis] = []
    free = np.ones(len(matches.owner), bool)
    centres = _centres(matches, catalogue.sizes)
    for owner, members in _cells(matches, centres, catalogue.sizes)[:MAX_HYPOTHESES]:
        rows = members[free[members]]
        if len(rows) < MIN_VOTES:
            continue
        fitted = _fit(matches, rows, owner, free, catalogue, picture)
        if fitted is None:
            continue
        hypothesis, used = fitted
        if any(h.owner == owner and coverage(h.quad, hypothesis.quad) > 0.5 for h in found):
            continue
        free[used] = False
        found.append(hypothesis)
    return sorted(found, key=lambda h: (-h.support, h.owner))


def _centres(matches: Matches, sizes: Floats) -> Floats:
    """Where each match would put the centre of its reference; (n, 2)."""
    offset = (sizes[matches.owner] - 1) / 2 - matches.there
    return np.asarray(matches.seen + np.einsum("nij,nj->ni", matches.affine, offset), np.float32)


def _cells(matches: Matches, centres: Floats, sizes: Floats) -> list[tuple[int, NDArray[np.intp]]]:
    """Groups of matches that propose about the same pose: (owner, rows), heaviest first, possibly overlapping."""
    if not len(matches.owner):
        return []
    scale = np.sqrt(np.maximum(np.abs(np.linalg.det(matches.affine.astype(np.float64))), 1e-9))
    turn = np.arctan2(matches.affine[:, 1, 0], matches.affine[:, 0, 0])
    octave = np.log2(scale)
    keys = []
    for half in range(4):  # the grid and three shifted ones, so that no pose is cut in two by all of them
        shift = 0.5 * half
        octave_bin = np.floor(octave + 0.5 * (half % 2)).astype(int)
        cell = REACH * 2.0**octave_bin * sizes[matches.owner].mean(axis=1)
        turn_bin = np.floor(turn / (np.pi / 3) + shift).astype(int) % 6
        x = np.floor(centres[:, 0] / cell + (0.5 if half & 1 else 0)).astype(int)
        y = np.floor(centres[:, 1] / cell + (0.5 if half & 2 else 0)).astype(int)
        keys.append(np.stack([matches.owner, octave_bin, turn_bin, x, y], axis=1))
    groups: list[tuple[float, int, NDArray[np.intp]]] = []
    for table in keys:
        _, label = np.unique(_one_number(table), return_inverse=True)
        votes = np.bincount(label, matches.weight)
        counts = np.bincount(label)
        order = np.argsort(label, kind="stable")
        starts = np.concatenate([[0], np.cumsum(counts)])
        for group in np.flatnonzero(counts >= MIN_VOTES):
            rows = order[starts[group] : starts[group + 1]]
            groups.append((float(votes[group]), int(matches.owner[rows[0]]), rows))
    groups.sort(key=lambda g: (-g[0], g[1], int(g[2][0])))
    return [(owner, rows) for _, owner, rows in groups]


def _one_number(table: NDArray[np.intp]) -> NDArray[np.int64]:
    """Rows of small integers as one number each; different rows give different numbers."""
    low = table.min(axis=0)
    number = np.zeros(len(table), np.int64)
    for column, span in zip((table - low).T, table.max(axis=0) - low + 1, strict=True):
        number = number * int(span) + column
    return number


def _fit(
    matches: Matches,
    rows: NDArray[np.intp],
    owner: int,
    free: NDArray[np.bool_],
    catalogue: Catalogue,
    picture: tuple[int, int],
) -> tuple[Hypothesis, NDArray[np.intp]] | None:
    """Fit a homography to a cell, widen it to all free matches of the reference that agree, fit again."""
    width, height = catalogue.sizes[owner].tolist()
    outline = corners(width, height)
    first = _magsac(matches.there[rows], matches.seen[rows])
    if first is None or not is_plausible(project(first, outline), width / height):
        return None
    mine = np.flatnonzero((matches.owner == owner) & free)
    near = mine[_error(first, matches, mine) < 3 * INLIER_PX]
    if len(near) < MIN_VOTES:
        return None
    matrix = _magsac(matches.there[near], matches.seen[near])
    if matrix is None:
        return None
    quad = project(matrix, outline)
    shown = share_in_picture(quad, *picture)
    if not is_plausible(quad, width / height) or shown < LEAST_IN_PICTURE:
        return None
    used = near[_error(matrix, matches, near) < INLIER_PX]
    inliers = _separate(matches.seen[used], matches.there[used])
    if inliers < MIN_INLIERS:
        return None
    hull = cv2.contourArea(cv2.convexHull(matches.there[used]))
    spread = min(1.0, float(hull / catalogue.areas[owner]))
    density = 1_000 * inliers / min(abs(area(quad)) * shown, width * height)
    return Hypothesis(owner, quad, inliers, float(matches.weight[used].sum()), spread, density), used


def _magsac(there: Floats, seen: Floats) -> Matrix | None:
    if len(there) < 4:
        return None
    # A fixed seed inside OpenCV: the same matches give the same pose on every run.
    matrix, _ = cv2.findHomography(there, seen, cv2.USAC_MAGSAC, INLIER_PX, maxIters=2_000, confidence=0.999)
    return None if matrix is None else np.asarray(matrix, np.float64)


def _error(matrix: Matrix, matches: Matches, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    return np.asarray(np.linalg.norm(project(matrix, matches.there[rows]) - matches.seen[rows], axis=1), np.float32)


def _separate(seen: Floats, there: Floats) -> int:
    """How many spots are really separate: a corner found at three sizes is one piece of evidence."""
    a = len(np.unique(np.round(seen / 2.0).astype(int), axis=0))
    b = len(np.unique(np.round(there / 3.0).astype(int), axis=0))
    return min(a, b)
