"""The heat map: cold where noise explains what is left, hot on what differs and nowhere beside it."""

import cv2
import numpy as np
import pytest

from samegoods.vision.comparison.evidence import Residual, limit, residual_of
from samegoods.vision.comparison.heat import heat

SHAPE = (160, 120)
NEED = 1.25 * limit(SHAPE)


def seen(patch=None, *, off=(0, 0, 0), known=None, seed=1) -> Residual:
    """A drawn face under pixel noise of 3 grey levels, with a patch (rows, columns) that is off."""
    rng = np.random.default_rng(seed)
    drawing = cv2.GaussianBlur(rng.normal(0, 1, (*SHAPE, 3)).astype(np.float32), (0, 0), 4)
    predicted = (150 + 150 * drawing).clip(30, 225).astype(np.float32)
    pixels = predicted + rng.normal(0, 3, predicted.shape).astype(np.float32)
    if patch is not None:
        pixels[patch] += np.float32(off)
    known = np.ones(SHAPE, bool) if known is None else known
    return residual_of(pixels, predicted, np.full(SHAPE, 3, np.float32), known)


@pytest.mark.parametrize("seed", range(4))
def test_noise_alone_is_cold(seed):
    found = heat(seen(seed=seed), NEED)
    assert found.shape == SHAPE
    assert found.dtype == np.float32
    assert np.nanmax(found) < 1
    assert np.nanmedian(found) < 0.2


@pytest.mark.parametrize("off", [(40, 0, 0), (-25, -25, -25), (0, 12, 30)])
def test_what_differs_is_hot_and_its_surroundings_are_not(off):
    patch = np.s_[40:70, 60:95]
    found = heat(seen(patch, off=off), NEED)
    inside, beside = np.zeros(SHAPE, bool), np.ones(SHAPE, bool)
    inside[43:67, 63:92] = True
    beside[34:76, 54:101] = False
    assert np.nanmin(found[inside]) > 1
    assert np.nanmax(found[beside]) < 1


def test_more_is_hotter():
    faint, strong = (heat(seen(np.s_[40:70, 60:95], off=(by, 0, 0)), NEED) for by in (25, 60))
    assert np.nanmax(strong) > 1.3 * np.nanmax(faint)


def test_what_was_not_seen_has_no_heat():
    known = np.ones(SHAPE, bool)
    known[:, :40] = False
    found = heat(seen(np.s_[40:70, 60:95], off=(40, 0, 0), known=known), NEED)
    assert np.isnan(found[:, :38]).all()
    assert np.isfinite(found[10:-10, 60:-10]).all()
    assert np.isnan(heat(seen(known=np.zeros(SHAPE, bool)), NEED)).all()
