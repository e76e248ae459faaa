"""What the public is told of the filming: the part of a campaign that ``samegoods notice`` prints."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from samegoods.campaign.values import Identifier, Text, wrong

_STANDS_FOR_NOTHING = re.compile(
    r"(todo|tbd|fixme)\b.*|[\W_]*(to do|tba|x{2,}|n/?a|none|null|nowhere|unknown|placeholder|fill me in)?[\W_]*",
    re.IGNORECASE | re.DOTALL,
)


def _told(text: str) -> str:
    """Refuse what stands in place of an answer."""
    if _STANDS_FOR_NOTHING.fullmatch(text):
        raise wrong(f"{text!r} is no answer; without a public notice nothing may be filmed: say where it hangs")
    return text


def _answered(text: str) -> str:
    if _STANDS_FOR_NOTHING.fullmatch(text):
        raise wrong(f"{text!r} is no answer: say it, or leave the line out")
    return text


Told = Annotated[Text, AfterValidator(_told)]
"""Where the public is told."""

Answer = Annotated[Text, StringConstraints(max_length=300), AfterValidator(_answered)]
"""What is printed in large letters."""


class NoticeWords(BaseModel):
    """What a notice says in one language; what is left out is said as in the campaign's own words.

    ``sites`` are names of sites, by id.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    operator: Answer | None = None
    contact: Answer | None = None
    purpose: Answer | None = None
    sites: dict[Identifier, Answer] = {}


class PublicNotice(BaseModel):
    """Who films, whom to ask and why; ``purpose`` None says it as the order's title does.

    ``languages`` holds other words by language, as ``ko``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    operator: Answer | None = None
    contact: Answer | None = None
    purpose: Answer | None = None
    languages: dict[Identifier, NoticeWords] = {}
