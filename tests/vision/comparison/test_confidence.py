"""A confidence is a probability: never falling with the score, likelier real than not where told, never certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.vision.comparison.confidence import MOST, print_confidence, region_confidence

SCORES = st.floats(1, 1e4)


@given(SCORES, SCORES, st.booleans())
def test_a_higher_score_is_never_less_sure(one, other, colour):
    low, high = sorted((one, other))
    assert region_confidence(low, colour=colour) <= region_confidence(high, colour=colour)
    assert print_confidence(low) <= print_confidence(high)


@given(SCORES, st.booleans())
def test_what_is_told_is_likelier_real_than_not_and_never_certain(score, colour):
    assert 0.5 < region_confidence(score, colour=colour) <= MOST < 1
    assert 0.5 < print_confidence(score) <= MOST


@pytest.mark.parametrize("score", [1.0, 1.3, 2.0])
def test_structure_is_surer_than_colour_which_reflections_are_too(score):
    assert region_confidence(score, colour=False) > region_confidence(score, colour=True)


def test_what_is_under_the_limit_is_no_error():
    assert region_confidence(0.05, colour=True) < 0.05
    assert print_confidence(-0.1) == 0
