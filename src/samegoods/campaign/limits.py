"""How much a campaign file may hold: a study of a country's markets fits in ten times over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CampaignLimits:
    """What a campaign file may ask for. More is a :class:`samegoods.errors.CampaignError` that states the limit."""

    file_bytes: int = 4_000_000
    values: int = 100_000
    """Keys and values, lists and texts, all counted."""
    depth: int = 20
    letters: int = 10_000
    """Of one value; the texts of a campaign have narrower limits of their own."""
    references: int = 2_000
    problems: int = 100
    """Told at once; the rest is counted."""
    picture_bytes: int = 500_000_000


LIMITS = CampaignLimits()
"""Those that hold."""
