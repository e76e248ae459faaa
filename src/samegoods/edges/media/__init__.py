"""Media: footage on disk, opened and decoded into frames that live in memory only."""

from samegoods.edges.media.footage import Footage, Unreadable, resolve
from samegoods.edges.media.limits import LIMITS, MediaLimits
from samegoods.edges.media.opening import open_media, unopened
from samegoods.edges.media.picture import load_picture
from samegoods.edges.media.reading import FailedMedia, Media
from samegoods.edges.media.stretch import StretchRead, is_long, outcome_of, proven, seconds_of, spans, stretch_of

__all__ = [
    "LIMITS",
    "FailedMedia",
    "Footage",
    "Media",
    "MediaLimits",
    "StretchRead",
    "Unreadable",
    "is_long",
    "load_picture",
    "open_media",
    "outcome_of",
    "proven",
    "resolve",
    "seconds_of",
    "spans",
    "stretch_of",
    "unopened",
]
