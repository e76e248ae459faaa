"""Settle: version or condition? The packs of a case held against each other.

What differs on every pack is the version; what differs on one pack alone is its condition, and that is of its quality.
One source cannot tell the two apart, so this runs over all judged packs of a case, and more footage may settle
a pack anew.

A difference is taken for a pack's condition if no other pack of the product shows it, and so many of its own
version, on which it would have shown, do not. Two things could deceive, and both must be unlikely
(:data:`CHANCE`): that it is on the others too, but was missed; and that it is the print of a part of the version's
packs, of which this is the only one seen. Where too few packs are known, the call stays as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from samegoods.records import UNLISTED, AxisName, CallName, Difference, Judgement, Others, Verdict, worse
from samegoods.vision.comparison.appearance import appearance_of, features_of
from samegoods.vision.comparison.sameness import CLEAR, hidden, named, sameness, unseen
from samegoods.vision.comparison.shown import OF_PRINT, Shown

STANDARD = "export"
CHANCE = 0.05
"""How likely either deception may be at most."""
PART = 0.5
"""A print that so many of a version's packs bear is the version's: with n others without it, by chance (1 - PART)^n.
So five others are needed."""
SIGN = 0.15
"""Of differences in print, those through which the print that is due still shows, at the most: 2 of 589 in
docs/decisions/0010, but their makers were few. With this sign two others are needed, and never none."""


def settle(
    judgements: Iterable[Judgement], *, requires: Sequence[AxisName], standard: str = STANDARD
) -> tuple[Judgement, ...]:
    """Every judgement with what follows from the others: condition or version, appearance, features; same order.

    Args:
        judgements: all of a case, in any order.
        requires: the axes that the order requires; the call is made anew where a difference changes its axis.
        standard: the version that is the measure.
    """
    given = tuple(judgements)
    return tuple(settled(lambda: given, requires=requires, standard=standard))


def settled(
    read: Callable[[], Iterable[Judgement]], *, requires: Sequence[AxisName], standard: str = STANDARD
) -> Iterator[Judgement]:
    """The same, one at a time: of the packs no more is held at once than what the others are held against.

    Args:
        read: all judgements of a case; they are read twice, in the same order.
    """
    products: dict[str, Shown] = defaultdict(Shown)
    for pack in read():
        products[pack.product].take(pack)
    numbers: Counter[str] = Counter()
    for pack in read():
        yield _settled(numbers[pack.product], pack, products[pack.product], requires, standard)
        numbers[pack.product] += 1


def _settled(owner: int, pack: Judgement, shown: Shown, requires: Sequence[AxisName], standard: str) -> Judgement:
    kept: list[Difference] = []
    moved: list[Difference] = []
    for one in pack.packaging.differences:
        others, missed = shown.others(owner, pack, one)
        told = replace(one, others=others)
        if pack.packaging.call == "different" and _is_condition(one, others, missed):
            moved.append(replace(told, kind="damage", detail=_alone(one, others)))
        else:
            kept.append(told)
    if moved:
        pack = _moved(pack, kept, moved, requires, standard)
    else:
        pack = replace(pack, packaging=replace(pack.packaging, differences=tuple(kept)))
    return replace(pack, appearance=appearance_of(pack.packaging), features=features_of(pack.packaging))


def _is_condition(one: Difference, others: Others, missed: float) -> bool:
    by_chance = (1 - PART) ** others.without * (SIGN if one.shows_through else 1.0)
    alone = others.showing == 0 and by_chance <= CHANCE
    return one.kind in OF_PRINT and not one.read and one.score >= CLEAR and alone and missed <= CHANCE


def _alone(one: Difference, others: Others) -> str:
    return f"only on this pack: 1 of {others.without + 1} of this version ({one.detail})"


def _moved(
    pack: Judgement, kept: list[Difference], moved: list[Difference], requires: Sequence[AxisName], standard: str
) -> Judgement:
    packaging = _packaging(pack.packaging, kept, moved)
    rest = "" if pack.quality.call == "different" else "; for the rest: "
    before = "; ".join(filter(None, [pack.quality.reason if pack.quality.call == "different" else "", named(moved)]))
    reason = before + (f"{rest}{pack.quality.reason}" if rest and pack.quality.reason else "")
    quality = replace(
        pack.quality, call="different", reason=reason, differences=(*pack.quality.differences, *moved), needed=None
    )
    outcome: dict[AxisName, CallName] = {"packaging": packaging.call, "quality": quality.call}
    return replace(
        pack,
        packaging=packaging,
        quality=quality,
        version=_version(pack, packaging, standard),
        call=None if pack.call is None else worse(*(outcome[axis] for axis in requires)),
    )


def _packaging(before: Verdict, kept: list[Difference], moved: list[Difference]) -> Verdict:
    """The packaging without what is the pack's condition. What lies under that was not seen, which counts against
    `same`; ``faces`` stay as they were seen, for the other packs are held against them."""
    faces = [hidden(face, sum(d.size for d in moved if d.face == face.face)) for face in before.faces]
    if not kept:
        call, reason = sameness(faces)
        said = f"apart from this pack's condition, {reason}" if call == "same" else reason
        return replace(before, call=call, reason=said, differences=())
    sure = any(one.score >= CLEAR for one in kept)
    reason = named(kept) + unseen(faces)
    return replace(
        before,
        call="different" if sure else "cannot_tell",
        reason=reason if sure else f"too faint to be sure: {reason}",
        differences=tuple(kept),
    )


def _version(pack: Judgement, packaging: Verdict, standard: str) -> str | None:
    """The version, now that a part of what differs is known to be none of its print.

    A pack that was of no listed version only for its condition is of the version that it is nearest to: of the
    standard, if nothing else differs; of another, if all that still differs is on other packs too.
    """
    if pack.version not in (None, UNLISTED):
        return pack.version
    if packaging.call == "same":
        return pack.nearest
    shared = all(one.others is not None and one.others.showing for one in packaging.differences)
    if packaging.call == "different" and shared and pack.nearest not in (None, standard):
        return pack.nearest
    return pack.version if packaging.call == "different" else None
