"""A picture with what differs drawn over it: outlines and numbers, as shapes that stay sharp at any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from samegoods.edges.report.pictures import Picture
from samegoods.edges.report.words import KINDS, elsewhere, percent
from samegoods.results.verdicts import DifferencePart
from samegoods.results.words import about_letters, apart


@dataclass(frozen=True, slots=True)
class Outline:
    """A numbered polygon, in the units of its picture; the number stands at ``x``, ``y``."""

    number: int
    points: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture, what it shows, and the outlines on it."""

    title: str
    described: str
    picture: Picture
    outlines: tuple[Outline, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """A difference in words; ``number`` is that of its outline, ``close`` shows it from close by."""

    number: int
    kind: str
    detail: str
    facts: str
    close: tuple[Plate, ...] = ()


def outlines(numbered: Sequence[tuple[int, DifferencePart]], picture: Picture) -> tuple[Outline, ...]:
    """The outlines of some differences on a picture of the reference's frame."""
    return tuple(_outline(number, one, picture) for number, one in numbered if one.region)


def _outline(number: int, difference: DifferencePart, picture: Picture) -> Outline:
    radius = 0.035 * max(picture.width, picture.height)
    x = min(x for x, _ in difference.region)
    y = min(y for _, y in difference.region)
    return Outline(
        number,
        " ".join(f"{x:.1f},{y:.1f}" for x, y in difference.region),
        min(max(x, radius), picture.width - radius),
        min(max(y, radius), picture.height - radius),
        radius,
    )


def noted(number: int, difference: DifferencePart, close: tuple[Plate, ...] = ()) -> Noted:
    """A difference in words: its kind, what it is, where, how large, how strong and how sure."""
    facts = [difference.place] if difference.place else []
    facts.append(f"{percent(difference.size)} of the face")
    if difference.letters is not None:
        facts.append(about_letters(difference.letters))
    if difference.delta_e > 0:
        facts.append(f"colour distance {difference.delta_e:.0f} (CIEDE2000): {apart(difference.delta_e)}")
    facts.append(f"confidence {percent(difference.confidence)}")
    if difference.others is not None and difference.kind != "damage":  # of damage, the words themselves say it
        facts.append(elsewhere(difference.others.showing, difference.others.without))
    return Noted(number, KINDS[difference.kind], difference.detail, " · ".join(facts), close)
