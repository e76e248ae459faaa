"""The tables that go with a case: their columns, of which there is this one list.

The names of columns are those of the fields of ``findings.json``; a field of a field is named ``packaging_call``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "count", "number", "flag", "time", "amount", "texts", "points"]
"""``amount``: a decimal text; ``texts``, ``points``: lists of texts and of (x, y)."""
FOLDER = "tables"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what its cells are, and what they say; of any but a list a cell may be empty."""

    name: str
    kind: Kind
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    about: str
    columns: tuple[Column, ...]

    @property
    def files(self) -> tuple[str, str]:
        """Its files in a case: for spreadsheets, and for programs."""
        return f"{FOLDER}/{self.name}.csv", f"{FOLDER}/{self.name}.parquet"


def _columns(text: str) -> tuple[Column, ...]:
    """One for each line ``name kind: what it says``."""
    columns = []
    for line in filter(str.strip, text.splitlines()):
        head, _, about = line.strip().partition(": ")
        name, kind = head.split()
        columns.append(Column(name, kind, about))  # type: ignore[arg-type]  # the tests hold the kinds against Kind
    return tuple(columns)


_PLACE = """
    product text: id of the product
    product_name text: its name
    site text: id of the site
    site_name text: its name
"""
_TALLY = """
    same count: packs called the same
    different count: packs called different
    cannot_tell count: packs that could not be told
    share_different number: share of the judged packs that differs, 0..1, by the program's calls
    low number: lower limit of its 95 % interval
    high number: upper limit of its 95 % interval
    method text: how the interval was computed
    share_if_all_same number: share of all packs, were all that could not be told the same
    share_if_all_different number: share of all packs, were all that could not be told different
    visits count: visits (a site on a day) that the packs come from
    bounds_low number: lower 95 % limit of the share of all packs, whatever those that could not be told are
    bounds_high number: upper 95 % limit of it
    corrected_share number: the share corrected for wrong calls by reviews
    corrected_low number: lower limit of its 95 % interval
    corrected_high number: upper limit of its 95 % interval
    corrected_method text: how it was corrected
    corrected_reviewed count: reviewed packs that the correction rests on
    correction text: why nothing is corrected, where nothing is
"""

_FINDINGS = Table(
    "findings",
    "what is found of a product at a site, three rows each: on all that the order requires, and on each axis",
    _columns(
        f"""{_PLACE}
    counted text: what is counted: `order`, `packaging` or `quality`
    in_scope flag: whether the order reaches it
    rule text: the rule that it is judged by, or passed over by
    items count: packs
    {_TALLY}"""
    ),
)
_ITEMS = Table(
    "items",
    "a pack: where it was seen, the calls on it, what it is offered at",
    _columns(
        f"""
    source text: id of the recording or photo
    id text: id of the pack within it
    path text: name of the file
    captured_at time: when it was taken
    first_s number: first second of the recording in which the pack is seen
    last_s number: last such second
    {_PLACE}
    version text: the version that it fits: an id, `unlisted`, or empty where that cannot be told
    in_scope flag: whether the order reaches it
    rule text: the rule that it is judged by, or passed over by
    views count: pictures in which it was seen
    call text: the call on all that the order requires: `same`, `different`, `cannot_tell`
    packaging_call text: the call on the packaging
    packaging_reason text: its reason
    packaging_differences count: differences told on the packaging
    quality_call text: the call on the quality
    quality_reason text: its reason
    quality_differences count: differences told on the quality
    contents text: the call on what the label declares
    appearance text: how it looks beside the export version: `identical`, `similar`, `different`, `cannot_tell`
    offer_amount amount: what it is offered at
    offer_currency text: ISO 4217 code of the currency
    offer_unit_price amount: price of a unit
    offer_unit text: the unit, such as `kg`
    review_decision text: the last decision of a reviewer that stands
    review_by text: whose it is
    evidence texts: pictures of it in the case folder
"""
    ),
)
_DIFFERENCES = Table(
    "differences",
    "a difference of a pack from the export version",
    _columns(
        """
    source text: id of the recording or photo
    item text: id of the pack within it
    number count: from 1 on, as outlined in the report
    product text: id of the product
    site text: id of the site
    axis text: `packaging` or `quality`
    kind text: `colour`, `graphic`, `text`, `mark`, `shape`, `print`, `damage`, `declared` or `packing`
    detail text: what it is, in words
    place text: where on the face, in words
    reference text: id of the reference picture in whose pixels the region is told
    face text: the face
    region points: its outline, px of the reference
    size number: its share of the face, 0..1
    delta_e number: how far the colours lie apart, CIEDE2000
    letters count: about how many letters it spans
    read flag: whether other words or another code were read there
    confidence number: the probability that it is real, 0..1
    score number: how far it is beyond the limit, in limits
    shows_through flag: whether the print still shows through, as under a stain
    others_showing count: other packs of the version that show it
    others_without count: other packs of the version that were seen there and do not
"""
    ),
)
_SOURCES = Table(
    "sources",
    "a recording or photo",
    _columns(
        """
    id text: its id
    path text: name of the file
    sha256 text: SHA-256 of its bytes
    kind text: `video`, `photo` or `stream`
    site text: id of the site
    site_name text: its name
    captured_at time: when it was taken
    captured_from text: where that is known from
    status text: how reading it ended: `ok`, `partial` or `failed`
    reason text: why not `ok`
    duration_s number: its length, s
    stale flag: examined under an earlier form of the campaign, and not counted
    software text: the release that examined it
"""
    ),
)
_REVIEWS = Table(
    "reviews",
    "a decision of a reviewer that stands",
    _columns(
        """
    n count: its number in the case
    at time: when it was taken
    by text: by whom
    source text: id of the recording or photo
    item text: id of the pack within it
    product text: id of the product
    site text: id of the site
    decision text: `agree`, `correct`, `not_product` or `cannot_tell`
    axis text: of a correction, the axis
    call text: of a correction, the call
    kind text: of a correction, the kind of difference
    reference text: id of the reference picture in whose pixels the region is told
    region points: where it differs, px of the reference
    remark text: the reviewer's own words
    blind flag: decided before the program's call was shown
    judged text: SHA-256 of the row of the pack that was decided on
"""
    ),
)
_PRICES = Table(
    "prices",
    "what packs of a product at a site are offered at, by their call and the currency of the tag",
    _columns(
        f"""{_PLACE}
    call text: the call on the packs
    currency text: ISO 4217 code; empty where the tag does not say
    items count: packs with a tag that was read
    lowest amount: the lowest price
    median amount: the middle one, a price that was seen
    highest amount: the highest
"""
    ),
)
_SHARES = Table(
    "shares",
    "packs of a group, counted: all, by product, by kind of goods, by site, by month",
    _columns(
        f"""
    by text: `all`, `product`, `category`, `site` or `period`
    key text: the id of the product, category or site, or the month
    counted text: what is counted: `order`, `packaging` or `quality`
    judged flag: false for a month before the order
    {_TALLY}"""
    ),
)
TABLES: tuple[Table, ...] = (_FINDINGS, _ITEMS, _DIFFERENCES, _SOURCES, _REVIEWS, _PRICES, _SHARES)
FILES: tuple[str, ...] = tuple(file for table in TABLES for file in table.files)
