"""The scorers that judge the project are judged themselves: tiny cases whose answers are known."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers import (
    Share,
    Told,
    above,
    auc,
    brier,
    by_height,
    calibration_error,
    calls,
    climbed,
    forced_choice,
    middle,
    probability_bins,
    reliability,
    share,
)


def row(truth="a", told="a", *, score=0.95, version=None, told_version=None, height=0.0):
    return Told("x_001", truth, version, height, told, told_version, score)


@pytest.mark.parametrize(
    ("rows", "hits"),
    [
        ([row(), row()], 2),
        ([row(), row(told="b")], 1),
        ([row(told=None, score=0.0), row()], 1),  # no answer is a wrong one
        ([row(version="export", told_version="domestic")], 1),  # the product alone is asked for
    ],
)
def test_a_forced_choice(rows, hits):
    assert forced_choice(rows) == Share(hits, len(rows))


@pytest.mark.parametrize(
    ("version", "told", "right"),
    [
        ("export", "export", True),
        ("export", "domestic", False),
        ("export", "unlisted", False),
        ("export", None, True),
        (None, "export", True),
    ],
)
def test_a_version_is_wrong_only_where_it_is_told_and_known(version, told, right):
    assert row(version=version, told_version=told).right is right


def test_a_right_version_does_not_mend_a_wrong_product():
    assert not row(told="b", version="export", told_version="export").right


def test_above_counts_what_is_right_of_the_answers_and_what_they_cover_of_the_pictures():
    rows = [row(score=0.95), row(told="b", score=0.91), row(score=0.9), row(told=None, score=0.0)]
    assert above(rows, 0.9) == (Share(1, 2), Share(2, 4))


def test_reliability_puts_every_answer_into_one_bin():
    rows = [row(score=0.0), row(score=0.5, told="b"), row(score=0.5), row(score=1.0), row(told=None, score=0.0)]
    bins = reliability(rows, (0.0, 0.5, 1.0))
    assert [(b.low, b.right) for b in bins] == [(0.0, Share(1, 1)), (0.5, Share(2, 3))]
    assert bins[1].mean_score == pytest.approx(2 / 3)


@given(st.lists(st.floats(0, 1), min_size=1))
def test_reliability_loses_no_answer(scores):
    assert sum(b.right.of for b in reliability([row(score=s) for s in scores], (0, 0.2, 0.9, 1))) == len(scores)


def test_the_calibration_error_is_weighted_by_answers():
    rows = [row(score=0.9)] * 9 + [row(score=0.9, told="b")] + [row(score=0.1)] * 10
    assert calibration_error(reliability(rows, (0, 0.5, 1))) == pytest.approx(0.45)


def test_by_height_asks_versions_only_of_what_was_found():
    rows = [
        row(height=70, version="export", told_version="export"),
        row(height=70, version="export", told_version="domestic"),
        row(height=70, version="export"),
        row(height=70, told="b", version="export", told_version="export"),
        row(height=70, score=0.1, version="export", told_version="export"),
        row(height=200, version="export"),
    ]
    small, large = by_height(rows, (60, 100, 300), least=0.25)
    assert (small.found, small.version_told, small.version_right) == (Share(3, 5), Share(2, 3), Share(1, 2))
    assert (large.found, large.version_told, large.version_right) == (Share(1, 1), Share(0, 1), Share(0, 0))


@pytest.mark.parametrize(
    ("positives", "negatives", "area"),
    [([2, 3], [0, 1], 1.0), ([0], [1], 0.0), ([1, 1], [1], 0.5), ([1, 3], [2], 0.5), ([2, 2], [1, 2], 0.75)],
)
def test_the_area_under_the_curve(positives, negatives, area):
    assert auc(positives, negatives) == area


@given(st.lists(st.integers(0, 9), min_size=1), st.lists(st.integers(0, 9), min_size=1))
def test_turned_round_the_area_is_the_rest(a, b):
    assert auc(a, b) == pytest.approx(1 - auc(b, a))


def test_the_area_needs_both_kinds():
    with pytest.raises(ValueError, match="0 negatives"):
        auc([1.0], [])


def test_calls_are_counted_by_group():
    table = calls([("b", "same"), ("a", "different"), ("b", "same")])
    assert list(table) == ["b", "a"]
    assert table["b"]["same"] == 2
    assert table["b"]["different"] == 0


@pytest.mark.parametrize(
    ("outcomes", "text"),
    [([], "none"), ([True, True], "100.0% (2 of 2; 34.2% to 100.0%)"), ([False], "0.0% (0 of 1; 0.0% to 79.3%)")],
)
def test_a_share_says_its_interval(outcomes, text):
    assert str(share(outcomes)) == text


def test_the_brier_score_is_nothing_for_a_prophet_and_a_quarter_for_a_coin():
    assert brier([(1.0, True), (0.0, False)]) == 0
    assert brier([(0.5, True), (0.5, False)]) == 0.25


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1), st.integers(1, 12))
def test_bins_of_like_size_hold_every_probability_once_in_order(told, most):
    bins = probability_bins(told, most)
    sizes = [b.right.of for b in bins]
    assert sum(sizes) == len(told)
    assert max(sizes) - min(sizes) <= 1
    assert sum(b.right.hits for b in bins) == sum(came for _, came in told)
    assert all(one.high <= other.low for one, other in pairwise(bins))


def test_probabilities_that_hold_have_no_calibration_error():
    told = [(0.25, k == 0) for k in range(4)] + [(0.75, k > 0) for k in range(4)]
    assert calibration_error(probability_bins(told, 2)) == pytest.approx(0)
    assert calibration_error(probability_bins([(1.0, False)], 2)) == 1


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_ladder_is_climbed_to_the_first_rung_that_passes(rungs, least):
    asked = []
    assert climbed(rungs, lambda k: asked.append(k) or k >= least) == min(rungs, least)
    assert len(asked) <= rungs.bit_length()


@pytest.mark.parametrize(
    ("values", "half"), [([3.0], 3.0), ([1.0, 2.0], 1.0), ([5.0, 1.0, 2.0], 2.0), ([1.0, float("inf")], 1.0)]
)
def test_the_middle_is_what_half_do_not_exceed(values, half):
    assert middle(values) == half


def test_the_middle_is_infinite_where_most_are():
    assert middle([1.0, float("inf"), float("inf")]) == float("inf")
