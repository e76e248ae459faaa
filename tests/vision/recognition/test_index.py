"""The index: the same neighbours as searching everything, or nearly; the same on every run, however it is cut."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samegoods.vision.recognition.cells import (
    EXACT_BELOW,
    FINEST,
    PROBES,
    assign,
    coded,
    level_for,
    probes,
    probes_for,
)
from samegoods.vision.recognition.features import Features
from samegoods.vision.recognition.index import Part, SpotIndex
from samegoods.vision.recognition.spots import Spots, spots_of


def histograms(count: int, *, seed: int = 0) -> np.ndarray:
    """As SIFT's: few large numbers, many small; around 60 patterns."""
    rng = np.random.default_rng(seed)
    around = np.random.default_rng(9).gamma(0.4, 60, (60, 128))
    rows = around[rng.integers(60, size=count)] * rng.gamma(2, 0.5, (count, 128))
    return np.minimum(rows, 255).astype(np.uint8)


def features(count: int, *, seed: int = 0) -> Features:
    rng = np.random.default_rng(seed)
    points = rng.uniform(-0.5, 1600, (count, 2)).astype(np.float32)
    frames = rng.uniform(-1, 1, (count, 2, 2)).astype(np.float32)
    return Features(points, frames, histograms(count, seed=seed), np.ones(count, np.float32))


def index_of(*described: Features) -> SpotIndex:
    return SpotIndex([Part(spots_of(described), np.arange(len(described)))])


def brute(rows: np.ndarray, queries: np.ndarray) -> np.ndarray:
    return ((queries[:, None] - rows[None]) ** 2).sum(axis=2)


def test_a_small_catalogue_is_searched_exactly():
    known, asked = features(500), features(20, seed=1)
    distances, found = index_of(known).search(asked.descriptors, 4)
    expected = np.sort(brute(known.descriptors, asked.descriptors), axis=1)[:, :4]
    assert distances == pytest.approx(expected, abs=4e-3), "bytes are 1/512 of a unit apart"
    where = index_of(known).at(found[:, 0])
    nearest = brute(known.descriptors, asked.descriptors).argmin(axis=1)
    same = np.abs(where.points - known.points[nearest]).max(axis=1) < 1 / 60
    assert same.mean() >= 0.8, "but for two as near to a byte"
    assert where.frames[same] == pytest.approx(known.frames[nearest][same], rel=1e-3)


def test_a_large_catalogue_is_searched_nearly_as_well():
    known = features(EXACT_BELOW + 8_000)
    rng = np.random.default_rng(2)
    asked = rng.choice(len(known), 200, replace=False)
    noisy = np.clip(known.histograms[asked] + rng.normal(0, 3, (200, 128)), 0, 255).astype(np.uint8)
    index = index_of(known)
    assert index.level > 0
    _, found = index.search(Features(known.points, known.frames, noisy, known.strength).descriptors, 1)
    assert (np.abs(index.at(found[:, 0]).points - known.points[asked]).max(axis=1) < 0.05).mean() > 0.97


@pytest.mark.parametrize("count", [50, 3_000])
def test_two_indices_over_the_same_answer_the_same_and_say_nothing(count: int, capfd: pytest.CaptureFixture):
    parts, asked = [features(count, seed=k) for k in range(3)], features(100, seed=3).descriptors
    one, two = (index_of(*parts).search(asked, 10) for _ in range(2))
    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.parametrize("count", [300, 3_000])
@settings(max_examples=10, deadline=None)
@given(cuts=st.lists(st.integers(1, 3), max_size=3))
def test_how_it_is_cut_into_parts_changes_no_answer(count: int, cuts: list[int]):
    """Three references in one part, or in two or three, in any order."""
    parts = [features(count, seed=k) for k in range(4)]
    asked = features(60, seed=7).descriptors
    begins = [0, *sorted({c for c in cuts if c < 4}), 4]
    groups = [range(a, b) for a, b in pairwise(begins)]
    cut = SpotIndex([Part(spots_of([parts[i] for i in group]), np.array(group)) for group in reversed(groups)])
    told = []
    for index in (index_of(*parts), cut):
        distances, rows = index.search(asked, 12)
        nearer = distances < distances[:, -1:]  # which of several as near as the last are told is chance
        found = index.at(rows[nearer])
        told.append((distances, sorted(zip(found.owner.tolist(), found.points.tolist(), strict=True))))
    assert np.array_equal(told[0][0], told[1][0])
    assert told[0][1] == told[1][1]


def test_where_there_are_too_few_the_rest_is_marked():
    index = index_of(features(3))
    _, found = index.search(features(2, seed=1).descriptors, 5)
    assert len(index) == 3
    assert (found[:, :3] >= 0).all()
    assert (found[:, 3:] == -1).all()


def test_no_queries_no_answers():
    distances, found = index_of(features(10)).search(np.zeros((0, 128), np.float32), 3)
    assert distances.shape == found.shape == (0, 3)


def test_nothing_known_nothing_found():
    distances, found = SpotIndex([]).search(features(4).descriptors, 3)
    assert np.isinf(distances).all()
    assert (found == -1).all()


@pytest.mark.parametrize(
    ("size", "level"), [(0, 0), (EXACT_BELOW - 1, 0), (EXACT_BELOW, 8), (170_000, 13), (10**6, 16), (10**9, FINEST)]
)
def test_cells_become_finer_as_the_catalogue_grows(size: int, level: int):
    assert level_for(size) == level


@pytest.mark.parametrize(
    ("size", "count"), [(0, 48), (170_000, 48), (8_000_000, 48), (10_000_000, 40), (33_000_000, 24), (10**9, 24)]
)
def test_fewer_of_the_finest_cells_are_searched_where_they_are_full(size: int, count: int):
    assert probes_for(size) == count


@pytest.mark.parametrize("level", [0, 3, 6, 10, 12, FINEST])
def test_the_cells_of_a_level_are_looked_at_nearest_first_and_once(level: int):
    codes = coded(features(300).descriptors)
    cells = probes(codes, level)
    assert cells.shape == (300, min(PROBES, 2**level))
    assert cells.min() >= 0
    assert cells.max() < 2**level
    assert all(len(set(row)) == len(row) for row in cells.tolist())
    own = assign(codes).astype(np.int64) >> (FINEST - level)
    assert (cells == own[:, None]).any(axis=1).mean() > 0.99
    assert (cells[:, 0] == own).mean() > 0.25


def test_spots_are_kept_by_their_cells_and_every_level_begins_where_they_do():
    spots = spots_of([features(700), features(300, seed=1)])
    assert (np.diff(spots.cells.astype(np.int64)) >= 0).all()
    assert np.bincount(spots.owners).tolist() == [700, 300]
    for level in (0, 5, FINEST):
        starts = spots.starts(level)
        assert (starts[0], starts[-1], len(starts)) == (0, 1000, 2**level + 1)
        cell = spots.cells >> (FINEST - level)
        assert all((cell[starts[c] : starts[c + 1]] == c).all() for c in np.unique(cell))


def _frozen(spots: Spots) -> Spots:
    for name in ("codes", "cells", "places", "frames", "owners"):
        getattr(spots, name).flags.writeable = False
    return spots


@pytest.mark.parametrize("kept", [spots_of, lambda some: _frozen(spots_of(some))], ids=["own", "mapped"])
def test_an_index_reads_arrays_where_they_lie_and_leaves_them(kept: Callable[[list[Features]], Spots]):
    spots = kept([features(5_000)])
    before = spots.codes.copy()
    for _ in range(3):
        SpotIndex([Part(spots, np.array([0]))]).search(features(9, seed=2).descriptors, 3)
    assert np.array_equal(spots.codes, before)
