"""What the entries of the log tell, by kind.

A name is never given another meaning, and what is not known to a release is passed over: a later one may tell more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from samegoods.custody.entries import Entry
from samegoods.errors import CustodyError
from samegoods.results.ground import ModerationName
from samegoods.results.review import DecisionName

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Body(BaseModel):
    """What an entry tells."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Begun(Body):
    """The case was begun; ``public_key`` is the one that signs it, PEM, null for a case that nobody signs."""

    campaign: str
    digest: str
    public_key: str | None
    content: Sha256


class EvidenceAt(Body):
    """The pictures of the case lie at this address, and not in its folder; without such an entry they lie there."""

    address: str


class CampaignForm(Body):
    """The campaign has another form, or other software examines; ``content`` covers the row of the case."""

    campaign: str
    digest: str
    content: Sha256


class Adopted(Body):
    """The next ``entries`` entries tell of rows that were saved before there was a log."""

    entries: Annotated[int, Field(ge=0)]


class Run(Body):
    """Work begins: until the next ``published`` the case is unfinished.

    ``swept`` are pictures of an earlier unfinished run that no row ever named, and that were deleted.
    """

    swept: tuple[str, ...] = ()


class ReferenceKept(Body):
    id: str
    picture: str
    sha256: Sha256
    content: Sha256


class SourceSaved(Body):
    """``content`` covers all rows of the source: its own, and those of its sightings, items and crops."""

    id: str
    path: str
    sha256: str
    kind: str
    site: str
    captured_at: str | None
    captured_from: str | None
    status: str
    reason: str | None
    content: Sha256


class CropKept(Body):
    source: str
    item: str
    sighting: str
    picture: str
    sha256: Sha256


class Decision(Body):
    """``calls`` are those on packaging, quality and the whole; ``sha256`` covers the row of the item."""

    source: str
    item: str
    calls: Mapping[str, str | None]
    sha256: Sha256


class Removed(Body):
    """The rows of a source, or a reference, were taken out; ``entry`` is the one that told of them."""

    source: str | None = None
    reference: str | None = None
    entry: int


class Published(Body):
    """The result files as they were written, by name: SHA-256.

    ``redacted``: the findings are those of before, without the reports from the ground that are gone.
    """

    files: Mapping[str, Sha256]
    redacted: bool = False


class Exported(Body):
    """``manifest`` is the SHA-256 of the bundle's list of members."""

    file: str
    manifest: Sha256


class Purged(Body):
    """Something was deleted for good; ``pictures`` are evidence that is gone and must stay away, ``sources`` are gone
    with all that was decided on their items, ``ground`` are reports from the ground that are gone."""

    pictures: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    ground: tuple[int, ...] = ()


class Reviewed(Body):
    """A reviewer decided on an item, whose row was ``judged`` then; ``sha256`` covers the row of the decision."""

    n: int
    source: str
    item: str
    by: str
    decision: DecisionName
    axis: str | None
    call: str | None
    kind: str | None
    blind: bool
    withdraws: int | None
    judged: Sha256
    sha256: Sha256


class GroundReported(Body):
    """Somebody on the spot sent a report: ``receipt`` is the SHA-256 of the code that the sender has.

    ``sha256`` covers its row, which holds a random number: nobody can try what it said once it is deleted.
    """

    n: int
    receipt: Sha256
    pictures: tuple[str, ...]
    sha256: Sha256


class GroundModerated(Body):
    """A reviewer took a report in, or did not; ``sha256`` covers the row of that."""

    n: int
    report: int
    by: str
    decision: ModerationName
    sha256: Sha256


class GroundWithdrawn(Body):
    """Who sent a report took it back: its text is deleted, and so are ``pictures``, which nothing else rests on."""

    report: int
    pictures: tuple[str, ...]


class Signed(Body):
    """``stamp`` is an RFC 3161 response, base64; ``no_stamp`` says why there is none where one was asked for."""

    key: Sha256
    signature: str
    stamp: str | None
    no_stamp: str | None


KINDS: dict[str, type[Body]] = {
    "begun": Begun,
    "evidence": EvidenceAt,
    "campaign": CampaignForm,
    "adopted": Adopted,
    "run": Run,
    "reference": ReferenceKept,
    "source": SourceSaved,
    "crop": CropKept,
    "decision": Decision,
    "removed": Removed,
    "published": Published,
    "exported": Exported,
    "purged": Purged,
    "audited": Body,
    "reviewed": Reviewed,
    "ground_reported": GroundReported,
    "ground_moderated": GroundModerated,
    "ground_withdrawn": GroundWithdrawn,
    "signed": Signed,
}


def body_of(entry: Entry) -> Body:
    """What an entry tells, in its type.

    Raises:
        CustodyError: its kind is not known, or it does not tell what that kind must.
    """
    if entry.kind not in KINDS:
        raise CustodyError(f"an entry of an unknown kind, {entry.kind[:40]!r}: a later release may know it")
    try:
        return KINDS[entry.kind].model_validate(entry.body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise CustodyError(f"an entry of the kind {entry.kind!r} that is none: {place}: {first['msg']}") from None


def written(kind: str, told: Body | Mapping[str, Any]) -> dict[str, Any]:
    """The body of an entry as plain values.

    Raises:
        ValueError: there is no such kind, or it must tell something else.
    """
    values: dict[str, Any] = told.model_dump(mode="json") if isinstance(told, Body) else dict(told)
    if kind not in KINDS:
        raise ValueError(f"no entry is of the kind {kind!r}: there are {', '.join(KINDS)}")
    KINDS[kind].model_validate(values)
    return values
