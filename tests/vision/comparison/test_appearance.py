"""How a packaging looks to an average consumer: each feature with its own threshold."""

import numpy as np
import pytest

from samegoods.records import Difference, Inspected, Verdict
from samegoods.vision.comparison.appearance import THRESHOLDS, appearance_of, features_of

SEEN = (Inspected("front", 0.95, 4, 4.0, ""),)
REGION = np.array([[0, 0], [9, 0], [9, 9]], np.float32)


def differs(kind, size, *, delta_e=30.0, score=4.0):
    return Difference(kind, "p/export/front", "front", REGION, size, delta_e, 0.9, "x", score=score)


def different(*found, faces=SEEN):
    return Verdict("different", "x", found, faces=faces)


@pytest.mark.parametrize(
    ("packaging", "appearance"),
    [
        (Verdict("same", "x", faces=SEEN), "identical"),
        (Verdict("cannot_tell", "x"), "cannot_tell"),
        (Verdict("cannot_tell", "too faint", (differs("graphic", 0.5, score=1.1),), faces=SEEN), "cannot_tell"),
        (different(differs("graphic", 0.049)), "similar"),
        (different(differs("graphic", 0.051)), "different"),
        (different(differs("graphic", 0.03), differs("graphic", 0.03)), "different"),
        (different(differs("graphic", 0.03), differs("mark", 0.015)), "similar"),
        (different(differs("mark", 0.021)), "different"),
        (different(differs("text", 0.019)), "similar"),
        (different(differs("text", 0.021)), "different"),
        (different(differs("colour", 0.3, delta_e=9.0)), "similar"),
        (different(differs("colour", 0.3, delta_e=11.0)), "different"),
        (different(differs("colour", 0.09, delta_e=40.0)), "similar"),
        (different(differs("shape", 0.001)), "different"),
    ],
)
def test_the_appearance(packaging, appearance):
    assert appearance_of(packaging) == appearance


def calls(packaging):
    return {one.name: one.call for one in features_of(packaging)}


def test_every_feature_has_its_call():
    assert list(calls(different(differs("mark", 0.01)))) == list(THRESHOLDS)
    assert calls(different(differs("mark", 0.01))) == {
        "shape": "cannot_tell",  # no stage looks at it
        "colour": "same",
        "graphics": "same",
        "text": "same",
        "marks": "different",
    }


def test_a_faint_difference_leaves_its_feature_open():
    found = calls(different(differs("mark", 0.05), differs("text", 0.01, score=1.1)))
    assert (found["marks"], found["text"], found["colour"]) == ("different", "cannot_tell", "same")


def test_what_was_not_seen_well_is_not_the_same():
    doubted = (Inspected("front", 0.95, 4, 40.0, "too noisy"),)
    assert calls(different(differs("mark", 0.05), faces=doubted))["text"] == "cannot_tell"
    assert set(calls(Verdict("cannot_tell", "x", faces=doubted)).values()) == {"cannot_tell"}


def test_a_feature_says_how_much_differs():
    (marks,) = (one for one in features_of(different(differs("mark", 0.05), differs("mark", 0.01))) if one.share)
    assert (marks.name, marks.share, marks.plain) == ("marks", pytest.approx(0.06), True)
