"""Tag: what stands beside the goods: the prices on the tags below them, and codes of goods that no reference matches.

Both are read in the frame's memory, on few looks, and only numbers come out: amounts, and GTINs that the campaign
itself names. No picture, and no other text, leaves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from samegoods.geometry import holds, project, resizing
from samegoods.records import (
    UNLISTED,
    Candidate,
    Code,
    Comparison,
    Image,
    Item,
    Look,
    Moment,
    Offer,
    Price,
    Quad,
    Sighting,
    Verdict,
)
from samegoods.vision.reading.agreement import agreed
from samegoods.vision.reading.check_digits import gtin
from samegoods.vision.reading.codes import votes_of
from samegoods.vision.reading.lines import rectified
from samegoods.vision.reading.seen import Find, Readers, Seen
from samegoods.vision.reading.tags import prices_of
from samegoods.vision.reading.text import spelled
from samegoods.vision.reading.views import close_views, turned

EVERY_S, SELDOM_S = 3.0, 48.0
"""Of a video, so often at most is a look read for codes and for tags; where no tag is found the pause grows fourfold,
up to the second: most footage shows none."""
_BELOW = 0.45
"""How far below a face its tag hangs, in heights of the face."""
_LEAST_PX = 14
_FIND_PX = 960
"""Longer side at which lines are looked for: the digits of a tag that can be read are 12 px tall there."""
_CODE_SCALES = (1.0, 0.5)
CODE_FACE = "code"
"""The face of a sighting by a code alone."""
CODE_SCORE = 0.99
"""Its score: no code was read wrongly in the benchmark, of 214; the rule of three gives 1.4 % at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A GTIN of the campaign, read where no face was recognised: of which product, when and where in the frame."""

    product: str
    moment: Moment | None
    code: Code


@dataclass(slots=True, eq=False)
class Tags:
    """What was read over a source: prices by the sighting above them, and codes that stand alone."""

    asked: Counter[str] = field(default_factory=Counter)
    prices: dict[str, Price] = field(default_factory=dict)
    codes: list[Coded] = field(default_factory=list)

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


def tag(looks: Iterable[Look], readers: Readers, numbers: Mapping[str, str], tags: Tags) -> Iterator[Look]:
    """The same looks; what a few of them show beside the goods is added to ``tags``.

    Args:
        readers: those that are there; with none of text no prices are read, with none of codes no codes.
        numbers: the product that each GTIN, 14 digits, is printed on.
    """
    prices, codes = _Clock(), _Clock()
    for look in looks:
        now_s = look.frame.time_s
        if look.sightings and readers.find is not None and prices.is_due(now_s):
            before = len(tags.prices)
            _read_prices(look.frame.pixels, look.sightings, readers, readers.find, tags)
            prices.went(now_s, again_s=EVERY_S if len(tags.prices) > before else min(4 * prices.pause_s, SELDOM_S))
        if numbers and codes.is_due(now_s):
            tags.codes += _coded(look, readers, numbers)
            codes.went(now_s, again_s=EVERY_S)
        yield look


@dataclass(slots=True)
class _Clock:
    """When something is to be done again; without a time, as for photos, always."""

    last_s: float = -np.inf
    pause_s: float = EVERY_S

    def is_due(self, now_s: float | None) -> bool:
        return now_s is None or now_s - self.last_s >= self.pause_s

    def went(self, now_s: float | None, *, again_s: float) -> None:
        if now_s is not None:
            self.last_s, self.pause_s = now_s, again_s


def _coded(look: Look, readers: Readers, numbers: Mapping[str, str]) -> Iterator[Coded]:
    """Codes of the campaign outside the faces that were recognised."""
    for code in _codes(look.frame.pixels, readers):
        product = numbers.get(gtin(code.format, code.text) or "")
        if product is not None and not any(holds(s.quad, code.quad.mean(axis=0)) for s in look.sightings):
            yield Coded(product, look.frame.moment, code)


def _read_prices(pixels: Image, sightings: Sequence[Sighting], readers: Readers, find: Find, tags: Tags) -> None:
    strips = {one.id: _below(one.quad) for one in sightings}
    shown = {name: strip for name, strip in strips.items() if _enough(strip, pixels)}
    if not shown:
        return
    tags.asked.update(shown.keys())
    every = np.concatenate(list(shown.values()))
    height, width = pixels.shape[:2]
    x0, y0 = np.clip(np.floor(every.min(axis=0)), 0, (width, height)).astype(int)
    x1, y1 = np.clip(np.ceil(every.max(axis=0)), 0, (width, height)).astype(int)
    rail, corner = np.ascontiguousarray(pixels[y0:y1, x0:x1]), np.array([x0, y0], np.float32)
    lines = _lines(rail, find)
    beside = [quad for quad in lines if _is_beside(quad + corner, shown.values(), sightings)]
    seen = readers.spell["rapidocr"]([rectified(rail, quad) for quad in beside])
    found = [Seen(one.text, quad, one.score) for quad, one in zip(beside, seen, strict=True)]
    for price in prices_of(rail, spelled(rail, found, readers)):
        middle = price.quad.mean(axis=0) + corner
        above = [name for name, strip in shown.items() if holds(strip, middle) and name not in tags.prices]
        if above:
            nearest = min(above, key=lambda name: (abs(float(middle[0] - shown[name][:, 0].mean())), name))
            tags.prices[nearest] = replace(price, quad=price.quad + corner)


def _lines(rail: Image, find: Find) -> list[Quad]:
    """Where lines stand in a picture; they are looked for in a smaller one, and spelled in this."""
    scale = min(1.0, _FIND_PX / max(rail.shape[:2]))
    size = max(1, round(rail.shape[1] * scale)), max(1, round(rail.shape[0] * scale))
    small = rail if scale == 1 else np.asarray(cv2.resize(rail, size, interpolation=cv2.INTER_AREA), np.uint8)
    back = resizing(size, (rail.shape[1], rail.shape[0]))
    return [project(back, quad) for quad in find(small)]


def _is_beside(line: Quad, strips: Iterable[Quad], sightings: Sequence[Sighting]) -> bool:
    """Whether a line stands where a tag may hang, and is no print of the goods themselves."""
    middle = line.mean(axis=0)
    return any(holds(strip, middle) for strip in strips) and not any(holds(s.quad, middle) for s in sightings)


def _below(quad: Quad) -> Quad:
    """The strip below a face in which its tag hangs, (4, 2) px of the frame: no wider than the face, for the next tag
    is the neighbour's."""
    left, right = quad[3], quad[2]
    down = ((quad[3] - quad[0]) + (quad[2] - quad[1])) / 2 * _BELOW
    return np.asarray([left, right, right + down, left + down], np.float32)


def _enough(strip: Quad, pixels: Image) -> bool:
    height, width = pixels.shape[:2]
    low, high = np.clip(strip.min(axis=0), 0, (width, height)), np.clip(strip.max(axis=0), 0, (width, height))
    return bool(((high - low) >= _LEAST_PX).all())


def _codes(pixels: Image, readers: Readers) -> tuple[Code, ...]:
    """The codes of a frame: a quick look at the whole, and a closer one where bars show."""
    there = readers.of_codes
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    height, width = grey.shape
    votes = list(votes_of(grey, (turned(width, height, scale=s, degrees=0) for s in _CODE_SCALES), there, first=0))
    places = [vote.seen.quad for vote in votes if vote.seen.format is not None]
    closer = [view for quad in places[:4] for view in close_views(quad)]
    return agreed([*votes, *votes_of(grey, closer, there, first=len(_CODE_SCALES))])


def coded(
    codes: Sequence[Coded], source: str, known: Sequence[Item], unkept: Sequence[Sighting]
) -> list[tuple[Item, Comparison]]:
    """Items that are known by their codes alone, one for each product that was not recognised in this source.

    A pack whose front was recognised may show its code on another face at another time, so a product that was
    recognised at all gets no item more. No picture is kept of what no reference proves.

    Args:
        known: the items of the source; ``unkept`` its sightings that belong to none.
    """
    seen = {item.product for item in known} | {one.product for one in unkept}
    taken = [one.id for item in known for one in item.sightings] + [one.id for one in unkept]
    number = max((int(name.rpartition("-s")[2]) for name in taken), default=0)
    order = max((int(item.id.rpartition("-i")[2]) for item in known), default=0)
    groups: dict[str, list[Coded]] = {}
    for one in codes:
        if one.product not in seen:
            groups.setdefault(one.product, []).append(one)
    found: list[tuple[Item, Comparison]] = []
    for k, (product, group) in enumerate(groups.items(), 1):
        sightings = tuple(_sighting(f"{source}-s{number + i}", source, one) for i, one in enumerate(group, 1))
        number += len(sightings)
        said = f"known by its code {group[0].code.text} alone: what is in view of it matches no reference"
        unknown = Verdict("cannot_tell", said)
        item = Item(f"{source}-i{order + k}", source, product, sightings, ())
        found.append((item, Comparison(UNLISTED, unknown, unknown)))
    return found


def _sighting(name: str, source: str, one: Coded) -> Sighting:
    """Seen by a code: there is no face, so the quad is the code's."""
    return Sighting(
        id=name,
        source=source,
        moment=one.moment,
        reference="",
        product=one.product,
        version=UNLISTED,
        face=CODE_FACE,
        score=CODE_SCORE,
        margin=CODE_SCORE,
        quad=one.code.quad,
        candidates=(Candidate(one.product, UNLISTED, CODE_SCORE),),
        inliers=0,
    )
