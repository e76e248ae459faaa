"""Media: footage on disk, opened and decoded into frames that live in memory only."""

from samegoods.edges.media.addresses import Camera, Inbox, watched
from samegoods.edges.media.footage import Footage, Unreadable, resolve
from samegoods.edges.media.incoming import Incoming
from samegoods.edges.media.limits import LIMITS, MediaLimits
from samegoods.edges.media.live import LiveMedia
from samegoods.edges.media.opening import open_media, unopened
from samegoods.edges.media.picture import load_picture
from samegoods.edges.media.reading import FailedMedia, Media
from samegoods.edges.media.receiving import Window
from samegoods.edges.media.stretch import StretchRead, is_long, outcome_of, proven, seconds_of, spans, stretch_of

__all__ = [
    "LIMITS",
    "Camera",
    "FailedMedia",
    "Footage",
    "Inbox",
    "Incoming",
    "LiveMedia",
    "Media",
    "MediaLimits",
    "StretchRead",
    "Unreadable",
    "Window",
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
    "watched",
]
