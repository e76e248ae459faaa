"""The index: the same neighbours as searching everything, or nearly; the same on every run."""

import numpy as np
import pytest

from samegoods.vision.recognition.index import EXACT_BELOW, DescriptorIndex


def descriptors(count: int, *, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    around = rng.normal(size=(60, 32))
    rows = around[rng.integers(60, size=count)] + 0.4 * rng.normal(size=(count, 32))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def brute(rows: np.ndarray, queries: np.ndarray) -> np.ndarray:
    return ((queries[:, None] - rows[None]) ** 2).sum(axis=2)


def test_a_small_catalogue_is_searched_exactly():
    rows, queries = descriptors(500), descriptors(20, seed=1)
    distances, found = DescriptorIndex(rows).search(queries, 4)
    expected = brute(rows, queries)
    assert np.array_equal(found, expected.argsort(axis=1)[:, :4])
    assert distances == pytest.approx(np.sort(expected, axis=1)[:, :4], abs=1e-4)


def test_a_large_catalogue_is_searched_nearly_as_well():
    rows = descriptors(EXACT_BELOW + 2_000)
    rng = np.random.default_rng(2)
    asked = rng.choice(len(rows), 200, replace=False)
    queries = (rows[asked] + 0.02 * rng.normal(size=(200, 32))).astype(np.float32)
    _, found = DescriptorIndex(rows).search(queries, 1)
    assert (found[:, 0] == asked).mean() > 0.97


@pytest.mark.parametrize("count", [50, EXACT_BELOW + 500])
def test_two_indices_over_the_same_answer_the_same_and_say_nothing(count: int, capfd: pytest.CaptureFixture):
    rows, queries = descriptors(count), descriptors(100, seed=3)
    one, two = (DescriptorIndex(rows).search(queries, 10) for _ in range(2))
    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])
    assert "".join(capfd.readouterr()) == ""


def test_where_there_are_too_few_the_rest_is_marked():
    index = DescriptorIndex(descriptors(3))
    _, found = index.search(descriptors(2, seed=1), 5)
    assert len(index) == 3
    assert (found[:, :3] >= 0).all()
    assert (found[:, 3:] == -1).all()


def test_no_queries_no_answers():
    distances, found = DescriptorIndex(descriptors(10)).search(np.zeros((0, 32), np.float32), 3)
    assert distances.shape == found.shape == (0, 3)


@pytest.mark.parametrize("wrong", [np.zeros((4, 32)), np.zeros(32, np.float32)])
def test_what_is_no_table_of_descriptors_is_refused(wrong: np.ndarray):
    with pytest.raises(ValueError, match=r"expected \(n, d\) float32, found"):
        DescriptorIndex(wrong)
