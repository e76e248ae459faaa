"""Whether the print shows through: a spill, a shade, a reflection, another print."""

from types import SimpleNamespace

import numpy as np
import pytest

from samegoods.vision.comparison.showing import shows_through

SIDE = 120
MASK = np.zeros((SIDE, SIDE), bool)
MASK[30:90, 30:90] = True
RNG = np.random.default_rng(4)


def drawing(seed: int) -> np.ndarray:
    """(h, w, 3) CIELAB: blocks of other colours."""
    rng = np.random.default_rng(seed)
    blocks = rng.normal((60, 5, 5), (18, 8, 8), (15, 15, 3))
    return np.kron(blocks, np.ones((8, 8, 1))).astype(np.float32)


DUE = drawing(1)
BROWN = np.array((24, 12, 25), np.float32)


def seen(inside: np.ndarray) -> np.ndarray:
    noise = RNG.normal(0, 1.0, DUE.shape)
    return (np.where(MASK[..., None], inside, DUE) + noise).astype(np.float32)


@pytest.mark.parametrize(
    ("what", "inside", "expected"),
    [
        ("a spill", 0.45 * DUE + 0.55 * BROWN, True),
        ("a shade", 0.7 * DUE, True),
        ("a reflection", 0.5 * DUE + 0.5 * np.array((100, 0, 0), np.float32), False),
        ("another drawing", drawing(2) - (15, 0, 0), False),
        ("nothing is left", np.broadcast_to(BROWN, DUE.shape), False),
        ("another colour of the paint", DUE + np.array((-1, 20, -10), np.float32), False),
        ("all of it, only darker", DUE - np.array((12, 0, 0), np.float32), False),
    ],
)
def test_what_shows_through(what: str, inside: np.ndarray, expected: bool):
    found = seen(inside)
    assert shows_through(SimpleNamespace(expected=DUE, seen=found, off=found - DUE), MASK) is expected, what


def test_on_plain_paper_nothing_can_show_through():
    plain = np.full_like(DUE, 80.0)
    found = seen(0.45 * plain + 0.55 * BROWN)
    assert not shows_through(SimpleNamespace(expected=plain, seen=found, off=found - plain), MASK)


def test_of_a_thin_line_nothing_is_said():
    thin = np.zeros_like(MASK)
    thin[50:53, 20:100] = True
    found = seen(0.45 * DUE + 0.55 * BROWN)
    assert not shows_through(SimpleNamespace(expected=DUE, seen=found, off=found - DUE), thin)
