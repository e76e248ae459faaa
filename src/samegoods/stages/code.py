"""Code: bar codes of the campaign that stand where no face was recognised.

They are read in the frame's memory, on few looks, and only GTINs that the campaign itself names come out. No picture
is kept of what no reference proves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.geometry import holds
from samegoods.records import (
    UNLISTED,
    Candidate,
    Code,
    Comparison,
    Image,
    Item,
    Look,
    Moment,
    Sighting,
    Verdict,
)
from samegoods.vision.reading.agreement import agreed
from samegoods.vision.reading.check_digits import gtin
from samegoods.vision.reading.codes import votes_of
from samegoods.vision.reading.seen import Readers
from samegoods.vision.reading.views import close_views, turned

EVERY_S = 3.0
"""Of a video, so often at most is a look read."""
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


def code(looks: Iterable[Look], readers: Readers, numbers: Mapping[str, str], codes: list[Coded]) -> Iterator[Look]:
    """The same looks; codes that a few of them show beside the goods are added to ``codes``.

    Args:
        readers: those that are there; with none of codes nothing is read.
        numbers: the product that each GTIN, 14 digits, is printed on.
    """
    last_s = -np.inf
    for look in looks:
        now_s = look.frame.time_s
        if numbers and (now_s is None or now_s - last_s >= EVERY_S):
            codes += _coded(look, readers, numbers)
            last_s = last_s if now_s is None else now_s
        yield look


def _coded(look: Look, readers: Readers, numbers: Mapping[str, str]) -> Iterator[Coded]:
    """Codes of the campaign outside the faces that were recognised."""
    for code in _codes(look.frame.pixels, readers):
        product = numbers.get(gtin(code.format, code.text) or "")
        if product is not None and not any(holds(s.quad, code.quad.mean(axis=0)) for s in look.sightings):
            yield Coded(product, look.frame.moment, code)


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
