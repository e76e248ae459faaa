"""The codes of one picture, by every reader there is, in many views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from samegoods.records import Code, Image, ReaderName
from samegoods.vision.reading.agreement import Vote, agreed, unsettled
from samegoods.vision.reading.seen import Read, Seen, place_of
from samegoods.vision.reading.views import View, close_views, coarse_views, fine_views, rendered

_WHOLE_PX = 1600
"""Long side up to which a picture is looked at closely as a whole; of a larger one, the places of bars are."""
_MOST_PLACES = 12


def read_codes(grey: Image, readers: Mapping[ReaderName, Read]) -> tuple[Code, ...]:
    """Codes that enough attempts agree on. First the whole picture is tried in several sizes and turns; then,
    sharpened, what has shown bars and was not settled.

    Args:
        grey: (H, W) uint8.
        readers: readers of codes.
    """
    height, width = grey.shape
    votes = list(votes_of(grey, coarse_views(width, height), readers, first=0))
    settled = agreed(votes)
    open_places = unsettled(votes, settled)
    closer: Iterable[View] = ()
    if max(height, width) <= _WHOLE_PX:
        closer = fine_views(width, height) if open_places or not settled else ()
    else:
        closer = (view for quad in open_places[:_MOST_PLACES] for view in close_views(quad))
    votes += votes_of(grey, closer, readers, first=len(votes) + 1)
    return _from_top(agreed(votes))


def votes_of(grey: Image, views: Iterable[View], readers: Mapping[ReaderName, Read], *, first: int) -> Iterator[Vote]:
    for number, view in enumerate(views, first):
        shown = rendered(grey, view)
        for name, read_codes_of in readers.items():
            for seen in read_codes_of(shown):
                yield Vote(name, number, Seen(seen.text, view.back(seen.quad), seen.score, seen.format))


def _from_top(codes: Iterable[Code]) -> tuple[Code, ...]:
    return tuple(sorted(codes, key=lambda code: (*place_of(code.quad), code.text)))
