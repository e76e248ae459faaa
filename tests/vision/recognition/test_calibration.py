"""What evidence is worth: more of it never makes a score smaller, and scores are probabilities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.vision.recognition import calibration

FITS = {"inliers": 30, "chroma": 5.0, "structure": 0.8}
BETTER = [("inliers", 120), ("chroma", 2.0), ("structure", 0.95)]


@pytest.mark.parametrize(("name", "better"), BETTER)
def test_whatever_fits_better_has_the_higher_utility(name: str, better: float):
    assert calibration.utility(**(FITS | {name: better})) > calibration.utility(**FITS)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, calibration.MAX_LEAD))
def test_a_stronger_lean_is_surer_and_never_below_a_toss(one: float, other: float, lead: float):
    weak, strong = sorted((one, other))
    assert 0.5 <= calibration.version_score(weak, lead) <= calibration.version_score(strong, lead) <= 1
    assert calibration.version_score(-strong, -lead) == calibration.version_score(strong, lead)
    assert calibration.version_score(0, 0) == 0.5


@given(st.lists(st.floats(-500, 500), min_size=1, max_size=8))
def test_shares_sum_to_one_and_keep_their_order(utilities: list[float]):
    shares = calibration.shares(utilities)
    assert sum(shares) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in shares)
    assert max(shares) == shares[utilities.index(max(utilities))]
