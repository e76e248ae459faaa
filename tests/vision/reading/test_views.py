"""Views keep track of where things lie, and do not tear what they show."""

import numpy as np
import pytest

from fakes.labels import label
from samegoods.geometry import project
from samegoods.vision.reading.views import close_views, coarse_views, fine_views, rendered, turned


@pytest.mark.parametrize("degrees", [0, 15, 75, -8, 180])
@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_a_point_goes_there_and_back(scale: float, degrees: float):
    view = turned(640, 480, scale=scale, degrees=degrees)
    quad = np.array([[10, 20], [100, 20], [100, 60], [10, 60]], np.float32)
    assert np.allclose(view.back(project(view.matrix, quad)), quad, atol=1e-3)


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0, 2.0])
def test_a_spot_is_shown_where_the_matrix_says(scale: float):
    grey = np.zeros((120, 160), np.uint8)
    grey[60:68, 40:48] = 255  # its centre is (43.5, 63.5)
    view = turned(160, 120, scale=scale, degrees=30)
    shown = rendered(grey, view).astype(float)
    shown[shown > 250 if scale < 0.5 else np.zeros_like(shown, bool)] = 0
    y, x = np.mgrid[: shown.shape[0], : shown.shape[1]]
    expected = project(view.matrix, np.array([[43.5, 63.5]], np.float32))[0]
    near = np.hypot(x - expected[0], y - expected[1]) < 12 * scale
    weight = shown * near
    centre = np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()
    assert np.abs(centre - expected).max() < 0.5


def test_turning_is_counter_clockwise_and_close_views_are_level():
    right = np.array([[0, 0], [100, 0]], np.float32)
    ends = project(turned(640, 480, scale=1, degrees=90).matrix, right)
    assert ends[1, 1] < ends[0, 1] - 99  # what pointed right points up
    slope = np.array([[100, 100], [200, 200], [180, 220], [80, 120]], np.float32)
    view = next(view for view in close_views(slope))
    ends = project(view.matrix, slope)
    tilt = np.degrees(np.arctan2(*(ends[1] - ends[0])[::-1]))
    assert abs(abs(tilt) - 8) < 0.5  # the first of the turns about level


@pytest.mark.parametrize("size", [(1, 1), (1, 100), (100, 1), (3, 2), (640, 480), (2000, 5000)])
def test_every_size_can_be_shown(size: tuple[int, int]):
    grey = np.full(size[::-1], 200, np.uint8)
    for view in [*coarse_views(*size), *fine_views(*size)]:
        shown = rendered(grey, view)
        assert shown.shape == view.size[::-1]
        assert shown.dtype == np.uint8
        assert max(view.size) < 4200


def test_the_picture_itself_comes_first_and_untouched():
    grey = label()[0][..., 1].copy()
    assert rendered(grey, next(coarse_views(640, 480))) is grey
