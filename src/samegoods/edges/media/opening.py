"""Opening one file of footage: which kind it is, by its content, and when it was taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from samegoods.edges.media import picture, when
from samegoods.edges.media.decoding import is_indexed, open_video, stated_durations, video_track
from samegoods.edges.media.footage import PHOTO_SUFFIXES, Footage, Unreadable
from samegoods.edges.media.limits import LIMITS, MediaLimits
from samegoods.edges.media.photo import PhotoMedia
from samegoods.edges.media.reading import FailedMedia, Media, content_hash, source_of
from samegoods.edges.media.video import VideoMedia
from samegoods.errors import MediaError
from samegoods.records import SourceKind, TimeFrom
from samegoods.strangers import open_file

_PHOTO_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+", b"BM")
_PHOTO_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"hevc", b"hevx")
_VIDEO_STARTS = (b"GIF8", b"\x1aE\xdf\xa3")


def open_media(
    footage: Footage | Unreadable, *, threads: int = 1, sparing: bool = False, limits: MediaLimits = LIMITS
) -> Media:
    """Open one file: hash it, and find out what it is and when it was taken. Decodes no frame yet.

    A file that is missing, forbidden or damaged does not raise: its media gives no frames and says why. A GIF
    is a video.

    Args:
        threads: decoder threads for one video; several workers are faster than several threads.
        sparing: leave out frames of a video that no other refers to, where enough others lie beside them; damage in
            them is not noticed either.
    """
    kind = _kind_by_name(footage.path)
    if isinstance(footage, Unreadable):
        return _failed(footage, kind, footage.reason)
    path = Path(footage.path)
    try:
        sha256 = content_hash(path)
        kind = _kind(path)
    except OSError as error:
        return _failed(footage, kind, error.strerror or "it cannot be read")
    tags, declared_s, indexed = _video_tags(path) if kind == "video" else ({}, None, False)
    captured_at, captured_from = _captured(footage, path, kind, tags)
    source = source_of(
        path=footage.path,
        sha256=sha256,
        kind=kind,
        site=footage.site,
        captured_at=captured_at,
        captured_from=captured_from,
    )
    if kind == "photo":
        return PhotoMedia(source, path, limits=limits)
    return VideoMedia(
        source, path, declared_s=declared_s, indexed=indexed, threads=threads, sparing=sparing, limits=limits
    )


def unopened(footage: Footage | Unreadable, reason: str) -> Media:
    """The media of a file that could not even be opened, because that ended the process or never came to an end.

    Its bytes are hashed and not looked into.
    """
    kind = _kind_by_name(footage.path)
    try:
        sha256 = content_hash(Path(footage.path))
    except OSError:
        sha256 = ""
    return _failed(footage, kind, reason, sha256)


def _failed(footage: Footage | Unreadable, kind: SourceKind, reason: str, sha256: str = "") -> Media:
    source = source_of(
        path=footage.path,
        sha256=sha256,
        kind=kind,
        site=footage.site,
        captured_at=footage.captured_at,
        captured_from=footage.captured_from,
    )
    return FailedMedia(source, reason)


def _kind_by_name(path: str) -> SourceKind:
    return "photo" if Path(path).suffix.lower() in PHOTO_SUFFIXES else "video"


def _kind(path: Path) -> SourceKind:
    """A photo or a video, by the first bytes; by the name where these say nothing. Raises OSError."""
    with open_file(path) as file:
        start = file.read(16)
    if start.startswith(_VIDEO_STARTS):
        return "video"
    if start.startswith(_PHOTO_STARTS) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP"):
        return "photo"
    if start[4:8] == b"ftyp":
        return "photo" if start[8:12] in _PHOTO_BRANDS else "video"
    return _kind_by_name(path.name)


def _video_tags(path: Path) -> tuple[dict[str, str], float | None, bool]:
    """What a video says of itself: its tags, its length in seconds, and whether it can be entered anywhere; nothing of
    this where it cannot be opened."""
    try:
        with open_file(path) as file, open_video(file) as container:
            track = video_track(container)
            known = [d for d in stated_durations(container, track) if d is not None]
            length_s = float(known[0]) if known else None
            return {**track.metadata, **container.metadata}, length_s, is_indexed(container)
    except (MediaError, OSError):
        return {}, None, False


def _captured(
    footage: Footage, path: Path, kind: SourceKind, tags: Mapping[str, str]
) -> tuple[datetime | None, TimeFrom | None]:
    """What the user said, else EXIF, else the container; unknown where none of them says."""
    if footage.captured_at is not None:
        return footage.captured_at, footage.captured_from
    if kind == "photo":
        taken = picture.capture_time(path, footage.zone)
        return taken, None if taken is None else "exif"
    taken = when.from_container(tags)
    return taken, None if taken is None else "container"
