"""Calls: what differs, what is said of an item, how the order takes it, and the count of it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from samegoods.records.arrays import Floats
from samegoods.records.footage import Outcome, Source
from samegoods.records.goods import Crop, Sighting
from samegoods.records.label import Label, Offer
from samegoods.records.statistics import Bounds, Corrected

CallName = Literal["same", "different", "cannot_tell"]
AxisName = Literal["packaging", "quality"]
DifferenceKind = Literal["colour", "graphic", "text", "mark", "shape", "print", "damage", "declared", "packing"]
Appearance = Literal["identical", "similar", "different", "cannot_tell"]
FeatureName = Literal["shape", "colour", "graphics", "text", "marks"]


@dataclass(frozen=True, slots=True)
class Others:
    """How many other packs of the product show a difference too (``showing``), and how many of the same version do
    not, though it would have shown there (``without``)."""

    showing: int
    without: int


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Something that differs between a face and its reference.

    ``region`` is a polygon (n, 2) in pixels of the reference ``reference``; ``size`` the share of the face that
    it covers, 0..1; ``delta_e`` the CIEDE2000 between what was expected and what was seen; ``confidence`` the
    probability, 0..1, that something does differ there.
    ``detail`` says it in words, and ``place`` where on the face (``upper right``). ``letters`` is about how many
    letters a difference in text spans; None for what is no text. ``score`` is how many times it passes the limit
    that chance stays under; 0 where that was not measured. ``shows_through``: the print that is due is still there
    under it, darker, as under a spill or a dent. ``read``: other words or another code were read there. ``others`` is
    None before the packs of a case have been held against each other.
    """

    kind: DifferenceKind
    reference: str
    face: str
    region: Floats
    size: float
    delta_e: float
    confidence: float
    detail: str
    place: str = ""
    letters: int | None = None
    score: float = 0.0
    shows_through: bool = False
    read: bool = False
    others: Others | None = None


@dataclass(frozen=True, slots=True)
class Inspected:
    """How well a face of an item was seen, and so what would have shown on it.

    ``seen`` is the share of it in sight, 0..1, over so many ``views`` (0: the face was not seen at all);
    ``patch_delta_e`` the CIEDE2000 by which a patch of 1 % of the face must be off to be found. ``doubt`` is what
    is missing before `same` may be said of it; empty where nothing is.
    """

    face: str
    seen: float
    views: int
    patch_delta_e: float
    doubt: str


@dataclass(frozen=True, slots=True)
class Showing:
    """How a face is shown by footage: its height in px of the largest picture, were it frontal; px of that
    picture to a millimetre of the pack, None where its size is not known; in how many pictures; which share of
    it is seen, 0..1."""

    height_px: int
    px_per_mm: float | None
    views: int
    seen: float


@dataclass(frozen=True, slots=True)
class Needed:
    """How a face would have to be shown to be told, and how it was shown (``had``).

    What exceeds ``had`` was lacking; together these would most likely have sufficed.
    """

    face: str
    height_px: int
    px_per_mm: float | None
    views: int
    seen: float
    had: Showing


@dataclass(frozen=True, slots=True)
class Verdict:
    """The call on one axis, with its reason in words and what differs.

    ``needed`` goes with ``cannot_tell``: what would have sufficed; None where that is not known. ``faces`` are those
    that the call rests on and those that were not seen; empty for the quality, whose faces are the same.
    """

    call: CallName
    reason: str
    differences: tuple[Difference, ...] = ()
    needed: Needed | None = None
    faces: tuple[Inspected, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a pack's appearance: its call, the share of a face that differs in it and how far in CIEDE2000
    (both 0 where nothing does), and whether that is so much that an average consumer takes it for another pack."""

    name: FeatureName
    call: CallName
    share: float
    delta_e: float
    plain: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """The overall cast of an item on the face that was seen best: the ``a`` and ``b`` (CIELAB) that a light grey would
    have there. ``size`` is the width and height of its reference, px."""

    a: float
    b: float
    reference: str
    face: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An item against its export references on both axes; ``version`` is what the item turned out to be.

    ``contents`` is the call on what the label declares (net weight, ingredients, nutrition), a part of the quality;
    ``label`` is what was read of it. ``nearest`` is the listed version that the item is like, or would be but for what
    differs; None where the listed versions cannot be told apart on it. ``cast`` is None where nothing was compared.
    """

    version: str | None
    packaging: Verdict
    quality: Verdict
    contents: CallName = "cannot_tell"
    label: Label = field(default_factory=Label)
    nearest: str | None = None
    cast: Cast | None = None

    @property
    def call(self) -> CallName:
        """The worse of both: a difference on either axis counts, and ``same`` needs both."""
        return worse(self.packaging.call, self.quality.call)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A compared item under the order: whether the order reaches it, by which rule, and with which outcome.

    ``call`` is the call on what the order requires; None where the order does not reach the item. ``contents`` and
    ``nearest`` and ``label`` are as in a :class:`Comparison`; ``offer`` is the price that it is offered at, None where
    none was read. ``appearance`` and ``features`` follow from the packaging once the packs of a case have been held
    against each other.
    """

    item: str
    source: str
    site: str
    product: str
    version: str | None
    views: int
    sightings: tuple[str, ...]
    packaging: Verdict
    quality: Verdict
    in_scope: bool
    rule: str
    call: CallName | None
    contents: CallName = "cannot_tell"
    label: Label = field(default_factory=Label)
    offer: Offer | None = None
    nearest: str | None = None
    appearance: Appearance = "cannot_tell"
    features: tuple[Feature, ...] = ()


@dataclass(frozen=True, slots=True)
class GridRow:
    """The items of one appearance, by the call on what their labels declare."""

    appearance: Appearance
    same: int
    different: int
    cannot_tell: int


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What the items with one call are offered at, in one currency: decimal strings as printed.

    ``median`` is a price that was seen: of an even number, the lower of the two in the middle.
    """

    call: CallName
    currency: str | None
    items: int
    lowest: str
    median: str
    highest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Calls, counted. ``share_different`` is out of those that could be judged (same and different).

    ``low`` and ``high`` bound it by ``method``; all three are None where nothing could be judged.
    ``share_if_all_same`` and ``share_if_all_different`` are the shares, out of all, that would hold if every
    ``cannot_tell`` were the one or the other; None where there is nothing at all. ``bounds`` says the same with
    sampling allowed for. ``visits`` is how many visits the packs come from; ``corrected`` the share corrected for
    wrong calls, and ``correction`` its method, or why there is none.
    """

    same: int
    different: int
    cannot_tell: int
    share_different: float | None
    low: float | None
    high: float | None
    method: str
    share_if_all_same: float | None
    share_if_all_different: float | None
    visits: int = 0
    bounds: Bounds | None = None
    corrected: Corrected | None = None
    correction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Tally):
    """What the campaign says of one product at one site: the calls on what the order requires, counted.

    ``items`` are those that the order reaches (all of them where it reaches none). ``axes`` counts the same items
    by each axis alone, so that a clear result on the packaging is not hidden behind a quality that no picture
    could tell. ``not_judged`` counts, by rule, the items that the order does not reach. ``grid`` holds the same items
    by appearance against contents, a row for each appearance; ``prices`` those of them with a price tag, by call.
    """

    product: str
    site: str
    in_scope: bool
    rule: str
    items: int
    axes: tuple[tuple[AxisName, Tally], ...]
    not_judged: tuple[tuple[str, int], ...] = ()
    grid: tuple[GridRow, ...] = ()
    prices: tuple[PriceRow, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """All that came of one source: what a worker hands to the one writer of the case.

    ``items`` pairs each judged item with the crops that show it, best first.
    """

    source: Source
    outcome: Outcome
    sightings: tuple[Sighting, ...] = ()
    items: tuple[tuple[Judgement, Sequence[Crop]], ...] = ()


_RANK: dict[CallName, int] = {"same": 0, "cannot_tell": 1, "different": 2}


def worse(*calls: CallName) -> CallName:
    """The worst of some calls: ``different`` before ``cannot_tell`` before ``same``."""
    return max(calls, key=_RANK.__getitem__)
