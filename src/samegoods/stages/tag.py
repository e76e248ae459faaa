"""Tag: the prices on the tags below the goods, read off the strips that the wall let through.

Strips are read in memory, on few looks, and only amounts, currencies and units come out. No picture and no other text
leaves, so neither does a name or a telephone number that somebody wrote beside a price.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from samegoods.geometry import holds, project, resizing
from samegoods.records import Image, Kept, Offer, Price, Quad, Sighting, Strip
from samegoods.vision.reading.lines import rectified
from samegoods.vision.reading.seen import Find, Readers, Seen
from samegoods.vision.reading.tags import prices_of
from samegoods.vision.reading.text import spelled

EVERY_S, SELDOM_S = 3.0, 48.0
"""Of a video, so often at most is a look read; where no tag is found the pause grows fourfold, up to the second: most
footage shows none."""
_FIND_PX = 960
"""Longer side at which lines are looked for: the digits of a tag that can be read are 12 px tall there."""


@dataclass(slots=True, eq=False)
class Tags:
    """What was read over a source: prices by the sighting above them."""

    asked: Counter[str] = field(default_factory=Counter)
    prices: dict[str, Price] = field(default_factory=dict)

    def add(self, other: Tags) -> None:
        """Take in what was read over another stretch of the source."""
        self.asked.update(other.asked)
        self.prices.update(other.prices)

    def offer(self, sightings: Iterable[Sighting]) -> Offer | None:
        """The price that most tags below these sightings show; None where none does, or as many say otherwise."""
        ids = [one.id for one in sightings]
        seen = [self.prices[i] for i in ids if i in self.prices]
        votes = Counter((one.amount, one.currency) for one in seen).most_common(2)
        if not votes or (len(votes) > 1 and votes[0][1] == votes[1][1]):
            return None
        told = [one for one in seen if (one.amount, one.currency) == votes[0][0]]
        fullest = max(told, key=lambda one: (one.unit_price is not None, one.tax is not None))
        return Offer(fullest, len(told), sum(self.asked[i] for i in ids))


def tag(kept: Iterable[Kept], readers: Readers, tags: Tags) -> Iterator[Kept]:
    """The same; prices that a few of the looks show below the goods are added to ``tags``.

    With no reader of text nothing is read.
    """
    due_s, pause_s = -np.inf, EVERY_S
    for one in kept:
        now_s = None if one.moment is None else one.moment.seconds
        if one.strips and readers.find is not None and (now_s is None or now_s >= due_s):
            before = len(tags.prices)
            _read(one, readers, readers.find, tags)
            if now_s is not None:
                pause_s = EVERY_S if len(tags.prices) > before else min(4 * pause_s, SELDOM_S)
                due_s = now_s + pause_s
        yield one


def _read(kept: Kept, readers: Readers, find: Find, tags: Tags) -> None:
    tags.asked.update(strip.sighting for strip in kept.strips)
    shown = {strip.sighting: strip.quad + np.array(strip.corner, np.float32) for strip in kept.strips}
    rail, corner = _together(kept.strips)
    lines = _lines(rail, find)
    faces = [*(crop.sighting.quad for crop in kept.crops), *(one.quad for one in kept.unkept)]
    beside = [quad for quad in lines if _is_beside(quad + corner, shown.values(), faces)]
    seen = readers.spell["rapidocr"]([rectified(rail, quad) for quad in beside])
    found = [Seen(one.text, quad, one.score) for quad, one in zip(beside, seen, strict=True)]
    for price in prices_of(rail, spelled(rail, found, readers)):
        middle = price.quad.mean(axis=0) + corner
        above = [name for name, strip in shown.items() if holds(strip, middle) and name not in tags.prices]
        if above:
            nearest = min(above, key=lambda name: (abs(float(middle[0] - shown[name][:, 0].mean())), name))
            tags.prices[nearest] = replace(price, quad=price.quad + corner)


def _together(strips: Sequence[Strip]) -> tuple[Image, Quad]:
    """The strips in one picture, black elsewhere, as they lie in the frame; and where its top left lies there."""
    low = np.min([one.corner for one in strips], axis=0)
    high = np.max([np.add(one.corner, one.pixels.shape[1::-1]) for one in strips], axis=0)
    rail = np.zeros((high[1] - low[1], high[0] - low[0], 3), np.uint8)
    for one in strips:
        x, y = one.corner - low
        rail[y : y + one.pixels.shape[0], x : x + one.pixels.shape[1]] = one.pixels
    return rail, low.astype(np.float32)


def _lines(rail: Image, find: Find) -> list[Quad]:
    """Where lines stand in a picture; they are looked for in a smaller one, and spelled in this."""
    scale = min(1.0, _FIND_PX / max(rail.shape[:2]))
    size = max(1, round(rail.shape[1] * scale)), max(1, round(rail.shape[0] * scale))
    small = rail if scale == 1 else np.asarray(cv2.resize(rail, size, interpolation=cv2.INTER_AREA), np.uint8)
    back = resizing(size, (rail.shape[1], rail.shape[0]))
    return [project(back, quad) for quad in find(small)]


def _is_beside(line: Quad, strips: Iterable[Quad], faces: Sequence[Quad]) -> bool:
    """Whether a line stands where a tag may hang, and is no print of the goods themselves."""
    middle = line.mean(axis=0)
    return any(holds(strip, middle) for strip in strips) and not any(holds(quad, middle) for quad in faces)
