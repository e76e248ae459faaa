"""Letters are counted to orders of magnitude: on the reference, or on what was seen where it has none."""

import cv2
import numpy as np
import pytest

from samegoods.vision.colour import lab
from samegoods.vision.comparison.evidence import residual_of
from samegoods.vision.comparison.letters import letters_in, letters_of

LINE = np.s_[40:90, 10:390]


def drawn(words: str = "", *, scale: float = 1.0) -> np.ndarray:
    picture = np.full((160, 400, 3), 225, np.uint8)
    cv2.putText(
        picture,
        words,
        (20, 75),
        cv2.FONT_HERSHEY_SIMPLEX,
        scale,
        (40, 30, 70),
        max(1, round(1.6 * scale)),
        cv2.LINE_AA,
    )
    return picture.astype(np.float32)


def masked(where=LINE) -> np.ndarray:
    mask = np.zeros((160, 400), bool)
    mask[where] = True
    return mask


@pytest.mark.parametrize(("words", "letters"), [("Net weight", 9), ("INGREDIENTS", 11), ("min. 5 l", 6)])
@pytest.mark.parametrize("scale", [0.6, 1.0, 1.5])
def test_letters_are_counted(words: str, letters: int, scale: float):
    found = letters_in(lab(drawn(words, scale=scale))[..., 0], masked())
    assert abs(found - letters) <= 2


def test_two_lines_are_added():
    both = np.vstack([drawn("Contents"), drawn("Net")])
    assert letters_in(lab(both)[..., 0], np.ones(both.shape[:2], bool)) == pytest.approx(11, abs=2)


def test_light_letters_on_dark_count_too():
    assert letters_in(lab(255 - drawn("Contents"))[..., 0], masked()) == pytest.approx(8, abs=1)


def test_what_is_too_low_to_be_taken_apart_is_not_counted():
    small = cv2.resize(drawn("Contents"), (60, 24), interpolation=cv2.INTER_AREA)
    assert letters_in(lab(small)[..., 0], np.ones((24, 60), bool)) is None
    assert letters_in(lab(small)[..., 0], np.zeros((24, 60), bool)) is None


@pytest.mark.parametrize(("before", "after"), [("Contents", ""), ("", "Contents"), ("Contents", "Qqqqq")])
def test_of_a_difference_those_of_the_reference_count_or_else_those_seen(before: str, after: str):
    reference, seen = drawn(before), drawn(after)
    noise, known = np.full((160, 400), 2, np.float32), np.ones((160, 400), bool)
    residual = residual_of(seen, reference, noise, known)
    assert letters_of(residual, masked(), lab(reference)[..., 0]) == pytest.approx(8, abs=1)
