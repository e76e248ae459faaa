"""The privacy wall's second net, as a check has it: loaded once."""

from __future__ import annotations

from functools import cache

from samegoods.edges.finders import search_of, wall_finders
from samegoods.vision.cutting.people import Search


@cache
def second_net() -> Search:
    return search_of(wall_finders())
