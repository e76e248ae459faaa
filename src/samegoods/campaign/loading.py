"""From a campaign file to a :class:`Campaign`, or to every problem that the file has, each with its line."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from samegoods.campaign.agreement import disagreements
from samegoods.campaign.document import Document, Loc, key_of, read
from samegoods.campaign.limits import LIMITS
from samegoods.campaign.models import (
    Campaign,
    Exemption,
    Order,
    Price,
    Product,
    ReferenceSpec,
    Site,
    Version,
)
from samegoods.campaign.notice import NoticeWords, PublicNotice
from samegoods.campaign.values import nearest
from samegoods.errors import CampaignError
from samegoods.strangers import read_bytes

_PARTS: dict[str, type[BaseModel]] = {
    "order": Order,
    "exempt": Exemption,
    "sites": Site,
    "products": Product,
    "price": Price,
    "references": ReferenceSpec,
    "public_notice": PublicNotice,
}
_KINDS = {bool: "yes or no", int: "a number", float: "a number", list: "a list", dict: "keys and values"}


def load(path: Path | str, *, references_from: Sequence[Path | str] = ()) -> Campaign:
    """Read a campaign file; the paths of its pictures become absolute.

    Pictures lie in the file's folder or below it, where links end as well: a file from a stranger can have no other
    file of this machine opened and shown.

    Args:
        references_from: folders in or below which pictures may lie, too.

    Raises:
        CampaignError: all that is wrong with the file, in its order, each with line and key.
    """
    path = Path(path)
    try:
        raw = read_bytes(path, LIMITS.file_bytes)
    except OSError as error:
        raise CampaignError(str(path), [(1, "(file)", f"cannot be read: {error.strerror or error}")]) from error
    document = read(raw)
    homes = {"folder": path.resolve().parent, "also": [Path(one).resolve() for one in references_from]}
    campaign = _validated(document, homes)
    if campaign is None or document.problems:
        raise CampaignError(str(path), _in_order(document.problems))
    return campaign


def _in_order(problems: list[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """The problems in the order of the file, each once; of very many, the first."""
    told = sorted(dict.fromkeys(problems), key=lambda problem: problem[0])
    if len(told) <= LIMITS.problems:
        return told
    last = told[LIMITS.problems - 1][0]
    return [*told[: LIMITS.problems], (last, "(file)", f"and {len(told) - LIMITS.problems} more problems")]


def refused(path: Path | str, missing: Sequence[tuple[Loc, str]]) -> CampaignError:
    """The error of a campaign that is right as a campaign and says too little for what is asked of it.

    Args:
        missing: places in the file, and what is to stand there.
    """
    document = read(read_bytes(Path(path), LIMITS.file_bytes))
    return CampaignError(str(path), [(document.place(loc).line, key_of(loc), said) for loc, said in missing])


def skeleton() -> str:
    """A new campaign file, with comments, to be filled in."""
    return resources.files("samegoods.campaign").joinpath("skeleton.yaml").read_text(encoding="utf-8")


def _validated(document: Document, homes: dict[str, Any]) -> Campaign | None:
    """The campaign, or None with the problems noted in the document."""
    if not isinstance(document.content, dict):
        if not document.problems:
            found = "nothing" if document.content is None else _kind(document.content)
            document.problems.append((1, "(file)", f"expected the keys of a campaign, found {found}"))
        return None
    count = sum(loc[-2:-1] == ("references",) for loc in document.places)
    if count > LIMITS.references:
        document.problems.append((1, "products", f"{count} references; the limit is {LIMITS.references}"))
        return None
    for loc, message in islice(disagreements(document.content), LIMITS.problems):
        _note(document, loc, message)
    try:
        return Campaign.model_validate(document.content, context=homes)
    except ValidationError as error:
        _note_all(document, error)
    return None


def _note_all(document: Document, error: ValidationError) -> None:
    told = [one for one in error.errors(include_url=False) if not _told(one)]
    for one in told[: LIMITS.problems]:  # what a name is like is costly to find
        _note(document, one["loc"], _message(one, document))
    for one in told[LIMITS.problems :]:
        _note(document, one["loc"], "wrong as well")


def _told(error: Any) -> bool:
    """Whether an error only follows from others that are told at their own places."""
    if error["type"] == "too_short":  # pydantic counts only the entries that were right
        return bool(len(error["input"]) >= error["ctx"]["min_length"])
    return bool(error["type"] == "disagrees")


def _note(document: Document, loc: Loc, message: str) -> None:
    known = _in_file(document, loc)
    key = key_of(known)
    if key not in document.unread:
        document.problems.append((document.place(known).line, key, message))


def _in_file(document: Document, loc: Loc) -> Loc:
    """A path without what pydantic adds to it (the branch of a union, ``[key]``); a missing key stays."""
    for end in range(len(loc), -1, -1):
        if loc[:end] in document.places:
            inner = loc[end : end + 1]
            absent = inner not in ((), ("[key]",)) and isinstance(_at(document.content, loc[:end]), dict)
            return loc[:end] + inner if absent else loc[:end]
    return loc


def _at(content: Any, loc: Loc) -> Any:
    for part in loc:
        content = content[part]
    return content


def _message(error: Any, document: Document) -> str:
    """One of pydantic's errors in the words of whoever wrote the file."""
    loc, kind = error["loc"], error["type"]
    if kind == "missing":
        return "expected two numbers, x and y" if isinstance(loc[-1], int) else "this key is missing"
    if kind == "extra_forbidden":
        return _unknown_key(loc)
    if kind in ("string_type", "string_sub_type"):
        return _not_text(error["input"], document.place(loc).letters)
    if kind == "string_pattern_mismatch":
        return f"{error['input']!r} must be letters, digits, '-', '_' and '.' only, without spaces"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"expected keys and values, found {_kind(error['input'])}"
    if kind == "tuple_type":
        return f"expected a list, found {_kind(error['input'])}"
    if kind in ("too_short", "too_long"):
        bound, limit = next((key, value) for key, value in error["ctx"].items() if key.endswith("_length"))
        how = "at least" if bound == "min_length" else "at most"
        return f"expected {how} {limit}, found {len(error['input'])}"
    message: str = error["msg"]
    return message.replace("Input should be", "must be")


def _unknown_key(loc: Loc) -> str:
    known = list(_part_at(loc[:-1]).model_fields)
    like = nearest(str(loc[-1]), known)
    hint = f"did you mean {like!r}?" if like else f"known here: {', '.join(known)}"
    return f"unknown key; {hint}"


def _part_at(loc: Loc) -> type[BaseModel]:
    """Which part of a campaign stands at a path."""
    if len(loc) >= 2 and loc[-2] == "versions":
        return Version
    if len(loc) >= 2 and loc[-2] == "languages":
        return NoticeWords
    names = [part for part in loc if isinstance(part, str)]
    return _PARTS[names[-1]] if names else Campaign


def _not_text(value: object, letters: str | None) -> str:
    if value is None:
        return "expected text, found nothing"
    if letters is None:
        return f"expected text, found {_kind(value)}"
    return f'expected text, but YAML reads {letters} as {_kind(value)}: put it in quotes: "{letters}"'


def _kind(value: object) -> str:
    return "nothing" if value is None else _KINDS.get(type(value), f"a {type(value).__name__}")
