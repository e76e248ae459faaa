"""How records become parts of a result document, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from samegoods.records import Comparison, Difference, Inspected, Needed, Others, Showing, Verdict
from samegoods.results.base import Part, points
from samegoods.results.label import label_part
from samegoods.results.parts import ComparisonPart
from samegoods.results.verdicts import DifferencePart, InspectedPart, NeededPart, OthersPart, VerdictPart


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """What ``compare --json`` prints."""
    part = ComparisonPart(
        schema="samegoods/comparison/1",
        call=comparison.call,
        version=comparison.version,
        packaging=verdict_part(comparison.packaging),
        quality=verdict_part(comparison.quality),
        contents=comparison.contents,
        label=label_part(comparison.label),
    )
    return plain(part)


def plain(part: Part) -> dict[str, Any]:
    """A part as plain JSON values."""
    values: dict[str, Any] = part.model_dump(mode="json", by_alias=True)
    return values


def text(part: Part) -> str:
    """A part as the text of a file, an entry of a list to a line: the same bytes for the same content."""
    return "".join(pieces(plain(part)))


def pieces(fields: Mapping[str, Any]) -> Iterator[str]:
    """The same piece by piece, of fields in their order; a value that is an iterator gives the entries of a list, each
    as it stands on its line."""
    begin = "{\n"
    for name, value in fields.items():
        yield f"{begin}{json_text(name)}: "
        yield from _lines(value) if isinstance(value, Iterator) else (json_lines(value),)
        begin = ",\n"
    yield "\n}\n"


def json_lines(value: Any) -> str:
    """A value as it stands in a result file: of a list each entry on a line."""
    return "".join(_lines(map(json_text, value))) if isinstance(value, list) else json_text(value)


def _lines(entries: Iterator[str]) -> Iterator[str]:
    begin = "[\n  "
    for entry in entries:
        yield f"{begin}{entry}"
        begin = ",\n  "
    yield "\n]" if begin.startswith(",") else "[]"


def json_text(value: Any) -> str:
    """A value as it stands on a line of a result file."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def verdict_part(verdict: Verdict) -> VerdictPart:
    return VerdictPart(
        call=verdict.call,
        reason=verdict.reason,
        differences=tuple(_difference_part(difference) for difference in verdict.differences),
        needed=None if verdict.needed is None else NeededPart.model_validate(asdict(verdict.needed)),
        faces=tuple(_inspected_part(face) for face in verdict.faces),
    )


def _inspected_part(face: Inspected) -> InspectedPart:
    return InspectedPart(
        face=face.face,
        seen=round(face.seen, 4),
        views=face.views,
        patch_delta_e=round(face.patch_delta_e, 2),
        doubt=face.doubt,
    )


def _difference_part(difference: Difference) -> DifferencePart:
    return DifferencePart(
        kind=difference.kind,
        region=points(difference.region),
        size=round(difference.size, 5),
        confidence=round(difference.confidence, 4),
        reference=difference.reference,
        face=difference.face,
        delta_e=round(difference.delta_e, 2),
        detail=difference.detail,
        place=difference.place,
        letters=difference.letters,
        score=round(difference.score, 3),
        shows_through=difference.shows_through,
        read=difference.read,
        others=None if difference.others is None else OthersPart.model_validate(asdict(difference.others)),
    )


def verdict(part: VerdictPart) -> Verdict:
    """The record that a part was made from, to the digits that the part holds."""
    differences = tuple(
        Difference(
            kind=one.kind,
            reference=one.reference,
            face=one.face,
            region=np.array(one.region, np.float32).reshape(-1, 2),
            size=one.size,
            delta_e=one.delta_e,
            confidence=one.confidence,
            detail=one.detail,
            place=one.place,
            letters=one.letters,
            score=one.score,
            shows_through=one.shows_through,
            read=one.read,
            others=None if one.others is None else Others(**one.others.model_dump()),
        )
        for one in part.differences
    )
    faces = tuple(Inspected(**face.model_dump()) for face in part.faces)
    return Verdict(part.call, part.reason, differences, _needed(part.needed), faces)


def _needed(part: NeededPart | None) -> Needed | None:
    if part is None:
        return None
    values = part.model_dump()
    return Needed(**values | {"had": Showing(**values["had"])})
