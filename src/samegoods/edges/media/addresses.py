"""What is watched: addresses of streams, and folders into which footage is put."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from samegoods.edges.media.footage import rows_of, site_of
from samegoods.errors import FootageError
from samegoods.strangers import what_is

SCHEMES = ("rtsp", "rtsps", "http", "https")


@dataclass(frozen=True, slots=True)
class Camera:
    """A stream at a site. ``address`` may hold a password, and is neither shown nor kept: ``shown`` is."""

    address: str = field(repr=False)
    site: str

    @property
    def shown(self) -> str:
        """The address without user, password and query, which may hold a key."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@dataclass(frozen=True, slots=True)
class Inbox:
    """A folder into which cameras or phones of a site put files."""

    path: str
    site: str


def watched(
    sources: Sequence[str], *, site: str | None, zones: Mapping[str, ZoneInfo]
) -> tuple[list[Camera], list[Inbox]]:
    """What the user named: addresses, folders, or a ``.csv`` with the columns path and site.

    Raises:
        FootageError: an address or a list is wrong, a folder is missing, a site is missing or unknown, or something is
            named twice.
    """
    cameras: dict[str, Camera] = {}
    inboxes: dict[str, Inbox] = {}
    for name in sources:
        for row in rows_of(name, streams=True):
            place = site_of(row, site, zones)
            if "://" in row.path:
                camera = _camera(row.path, place)
                if camera.shown in cameras:
                    raise FootageError(f"{camera.shown}: is named twice; name each stream once")
                cameras[camera.shown] = camera
            elif what_is(row.path) == "folder":
                inboxes.setdefault(str(Path(row.path).resolve()), Inbox(row.path, place))
            else:
                raise FootageError(
                    f"{row.path}: this is no folder and no address; samegoods check takes files that are there already"
                )
    if not cameras and not inboxes:
        raise FootageError("nothing to watch was named; name addresses (rtsp://, http://) or folders")
    return list(cameras.values()), list(inboxes.values())


def _camera(address: str, site: str) -> Camera:
    camera = Camera(address, site)
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise FootageError(f"{camera.shown}: this is no address of a stream; it begins with {', '.join(SCHEMES)}")
    return camera
