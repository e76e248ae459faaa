"""Whether a camera shows what it should: black pictures, frozen ones, and a camera that was turned.

All of it is statistics over a whole small grey picture; nothing here finds or follows anything.
"""

from __future__ import annotations

import cv2
import numpy as np

from samegoods.records import Floats, Image, Layout

DARK_LEVEL = 0.10 * 255
DARK_SHARE = 0.98
"""A picture is black where so large a share of it is darker than a tenth of white: as in FFmpeg's ``blackdetect``."""

FROZEN_LEVEL = 0.001 * 255
"""Mean absolute difference below which two pictures are one: -60 dB, as in FFmpeg's ``freezedetect``. A sensor's
noise alone is some 2 levels."""
FROZEN_S = 30.0
"""A picture that stays so long is frozen. Encoders repeat a still picture up to the next key frame, which cameras send
every one to ten seconds."""

ROWS, COLUMNS, DIRECTIONS = 12, 16, 4
"""The grid of :func:`layout`, and the directions of edges that it tells apart."""
LAYOUT_S = 60.0
"""Layouts are means over a minute, in which those who pass by leave little."""
TURNED = 0.7
"""The likeness of two layouts below which the camera was turned. On six drawn scenes it stays at 0.88 and above in
other light (gain 0.6 to 1.6) and at 0.76 and above with a third of the picture covered; turned by an eighth of the
picture's width it lies between 0.19 and 0.69, and at 0.46 and below before another scene."""
_FOLLOWS = 0.1
"""How much of each minute's layout goes into the one that the next are held against: light changes over hours."""


def is_black(luma: Image) -> bool:
    """Whether a grey picture (h, w) is black."""
    return float(np.mean(luma < DARK_LEVEL)) >= DARK_SHARE


def is_same(before: Image, now: Image) -> bool:
    """Whether two grey pictures are one and the same but for rounding."""
    return before.shape == now.shape and float(cv2.absdiff(before, now).mean()) < FROZEN_LEVEL


def layout(luma: Image) -> Floats:
    """Where a grey picture (h, w) has edges of which direction: (ROWS, COLUMNS, DIRECTIONS), each cell of length 1.

    Method: histograms of oriented gradients, Dalal & Triggs 2005, with few large cells, each set to one length: light
    and contrast fall out.
    """
    smooth = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), 1.5)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    strength, angle = cv2.cartToPolar(across, down)  # (h, w) each; radians
    direction = np.floor(angle / np.pi * DIRECTIONS + 0.5).astype(int) % DIRECTIONS
    planes = [np.where(direction == one, strength, 0).astype(np.float32) for one in range(DIRECTIONS)]
    cells = [cv2.resize(plane, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA) for plane in planes]
    grid = np.stack(cells, axis=-1)  # (ROWS, COLUMNS, DIRECTIONS)
    length = np.linalg.norm(grid, axis=-1, keepdims=True)
    return np.asarray(grid / (length + 1.0), np.float32)


def likeness(one: Floats, other: Floats) -> float:
    """How alike two layouts are, -1..1: the median over the blocks of the picture of Pearson's correlation in each.

    The median, for what stands before less than half of the picture changes less than half of the blocks.
    """
    return float(np.median([_correlation(a, b) for a, b in zip(_blocks(one), _blocks(other), strict=True)]))


def _blocks(edges: Floats) -> Floats:
    """The numbers of each of the 4 by 4 blocks of a layout: (16, -1)."""
    rows, columns = ROWS // 4, COLUMNS // 4
    split = edges.reshape(4, rows, 4, columns, DIRECTIONS).transpose(0, 2, 1, 3, 4)
    return split.reshape(16, -1)


def _correlation(one: Floats, other: Floats) -> float:
    a, b = one - one.mean(), other - other.mean()
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size > 0 else 0.0


class Meter:
    """Adds up what the pictures of a stretch were like; each is given once, in order, about once a second."""

    def __init__(self) -> None:
        self.black_s = self.frozen_s = 0.0
        self.layouts: list[Layout] = []
        self._last_s: float | None = None
        self._still: Image | None = None
        self._still_since = 0.0
        self._sum: Floats | None = None
        self._count, self._since = 0, 0.0

    def take(self, luma: Image, at_s: float) -> None:
        step = 0.0 if self._last_s is None else at_s - self._last_s
        self._last_s = at_s
        black = is_black(luma)
        self.black_s += step if black else 0.0
        self._take_still(luma, at_s, step)
        if not black:
            self._take_layout(luma, at_s)

    def _take_still(self, luma: Image, at_s: float, step: float) -> None:
        if self._still is None or not is_same(self._still, luma):
            self._still, self._still_since = luma, at_s
            return
        lasted = at_s - self._still_since
        if lasted >= FROZEN_S:
            self.frozen_s += step if lasted - step >= FROZEN_S else lasted

    def _take_layout(self, luma: Image, at_s: float) -> None:
        edges = layout(luma)
        if self._sum is None:
            self._sum, self._count, self._since = np.zeros_like(edges), 0, at_s
        self._sum += edges
        self._count += 1
        if at_s - self._since >= LAYOUT_S - 1:
            self.layouts.append(Layout(at_s, np.asarray(self._sum / self._count, np.float32)))
            self._sum = None


class Aim:
    """Where a camera looks: told by its first minute, and followed as the light changes."""

    def __init__(self) -> None:
        self._known: Floats | None = None

    def take(self, minute: Layout) -> bool:
        """Take in the layout of a minute; whether the camera was turned. What it shows then is known from there on."""
        if self._known is None or likeness(self._known, minute.edges) < TURNED:
            turned, self._known = self._known is not None, minute.edges
            return turned
        self._known = np.asarray((1 - _FOLLOWS) * self._known + _FOLLOWS * minute.edges, np.float32)
        return False
