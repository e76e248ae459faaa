"""Public notices from a campaign file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from samegoods import campaign as campaigns
from samegoods.errors import NoticeError
from samegoods.languages import languages as known_languages


def notices(
    campaign: Path | str,
    folder: Path | str,
    *,
    languages: Sequence[str] = (),
    sites: Sequence[str] = (),
    references_from: Sequence[Path | str] = (),
) -> list[Path]:
    """Write the public notices of a campaign: a PDF and an HTML page for each site and language.

    Args:
        folder: where they go; made where it is not there.
        languages: those asked for; none for all that there are.
        sites: ids of those asked for; none for all.

    Raises:
        CampaignError: the campaign is wrong, or does not say who films or whom to ask.
        FootageError: the campaign has no such site.
        NoticeError: there is no such language, the words do not fit on a page, or a file cannot be written.
    """
    unknown = [language for language in languages if language not in known_languages()]
    if unknown:
        raise NoticeError(f"there are no notices in {unknown[0]!r}, only in: {', '.join(known_languages())}")
    study = campaigns.load(campaign, references_from=references_from)
    from samegoods.edges.notice import lacking, write_notices

    missing = list(lacking(study))
    if missing:
        raise campaigns.refused(campaign, missing)
    chosen = [study.site(site) for site in dict.fromkeys(sites)] if sites else list(study.sites)
    wanted = list(dict.fromkeys(languages)) or list(known_languages())
    return write_notices(study, Path(folder), sites=chosen, languages=wanted)
