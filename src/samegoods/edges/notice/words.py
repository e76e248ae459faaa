"""What a notice says: the campaign's own words, between those that every notice says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from samegoods.campaign import Campaign, NoticeWords, Site
from samegoods.languages import languages, translations

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as text. ``rows`` are a heading and what stands under it; ``ask`` is the row of whom to ask."""

    language: str
    campaign: str
    site: str
    title: str
    motto: str
    place: str
    rows: tuple[tuple[str, str], ...]
    ask: int


def lacking(campaign: Campaign) -> Iterator[tuple[Loc, str]]:
    """What a campaign has to say before a notice can be made of it, as (place in the file, message)."""
    said = campaign.public_notice
    for key, what in (("operator", "who films"), ("contact", "whom to ask")):
        if said is None or getattr(said, key) is None:
            yield ("public_notice", key), f"this key is missing: a notice must say {what}"
    known = ", ".join(languages())
    for language in said.languages if said is not None else ():
        if language not in languages():
            yield ("public_notice", "languages", language), f"there are no notices in this language, only in: {known}"


def notice_of(campaign: Campaign, site: Site, language: str) -> Notice:
    """The notice of a site in a language.

    Raises:
        ValueError: the campaign says too little (see :func:`lacking`), or there is no such language.
    """
    said = campaign.public_notice
    if said is None or said.operator is None or said.contact is None:
        raise ValueError("expected a campaign that says who films and whom to ask, found one that does not")
    own = said.languages.get(language, NoticeWords())
    catalogue = translations(language)
    say = catalogue.gettext
    rows = (
        (say("Who films"), own.operator or said.operator),
        (say("Why"), own.purpose or said.purpose or campaign.order.title),
        (
            say("What is kept"),
            say(
                "Only pictures of goods, cut out of the film, with place and time. No person is recognised, followed, "
                "counted or kept. Sound is never used."
            ),
        ),
        (say("For how long"), _how_long(campaign.retention_days, language)),
        (say("Whom to ask"), own.contact or said.contact),
        (
            say("Your rights"),
            say(
                "You may ask what is kept, see it, and have it corrected or deleted. You may object to the filming, "
                "and complain to the data protection authority."
            ),
        ),
    )
    return Notice(
        language=language,
        campaign=campaign.campaign,
        site=site.id,
        title=say("Goods are filmed here"),
        motto=say("Goods are watched, people are not."),
        place=own.sites.get(site.id, site.name),
        rows=rows,
        ask=4,
    )


def _how_long(days: int | None, language: str) -> str:
    catalogue = translations(language)
    if days is None:
        return catalogue.gettext("No limit has been set. Ask those who film.")
    said = catalogue.ngettext("%(days)d day, then it is deleted.", "%(days)d days, then it is deleted.", days)
    return said % {"days": days}
