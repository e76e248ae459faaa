"""What results say in plain words, on the terminal as on a page."""

from __future__ import annotations

from typing import Protocol

from samegoods.results.ground import DisagreementName, PhotoOutcome

VERSIONS = {
    "export": "the export version",
    "domestic": "the version for sale at home",
    "loose": "loose, without a pack",
    None: "cannot tell which version",
}
"""What people say of the version of goods; versions that a campaign names itself go by their ids."""
PHOTOS: dict[PhotoOutcome, str] = {
    "kept": "Photo kept: only the packs cut out of it, all else is gone.",
    "no_goods": "Photo not kept: no product of the campaign was found in it.",
    "unreadable": "Photo not kept: it could not be read.",
    "no_wall": "Photo not kept: what protects people in photos is not installed here.",
}
DISAGREES: dict[DisagreementName, str] = {
    "more": "Reports name another version more often than the footage's range allows.",
    "less": "Reports name another version less often than the footage's range allows.",
    "not_filmed": "The footage shows no pack of it there.",
    "photos": "Photos show another version than their sender names.",
}


class Shown(Protocol):
    """How a face was shown: a record or a part of a document."""

    @property
    def height_px(self) -> int: ...

    @property
    def px_per_mm(self) -> float | None: ...

    @property
    def views(self) -> int: ...

    @property
    def seen(self) -> float: ...


class Lacked(Shown, Protocol):
    """How it would have had to be shown."""

    @property
    def face(self) -> str: ...

    @property
    def had(self) -> Shown: ...


def sufficing(needed: Lacked) -> str:
    """What would have sufficed: ``front: at least 170 px tall in the picture (here 58), in 4 views (here 1)``."""
    had, wants = needed.had, []
    if needed.height_px > had.height_px:
        fine = "" if needed.px_per_mm is None else f", {needed.px_per_mm:.1f} px to a millimetre"
        wants.append(f"at least {needed.height_px} px tall in the picture{fine} (here {had.height_px} px)")
    if needed.views > had.views:
        wants.append(f"in {needed.views} views or more (here {had.views})")
    if needed.seen > had.seen:
        wants.append(f"with {needed.seen:.0%} of it in sight (here {had.seen:.0%})")
    return f"{needed.face}: {', '.join(wants)}" if wants else ""


def about_letters(number: int) -> str:
    """``about 1 letter``, ``about 12 letters``."""
    return f"about {number} letter{'' if number == 1 else 's'}"


def apart(delta_e: float) -> str:
    """A CIEDE2000 in words, after W. Mokrzycki & M. Tatol, "Colour difference Delta E: a survey", 2011."""
    if delta_e < 2:
        return "only a trained eye sees it"
    if delta_e < 3.5:
        return "an untrained eye sees it side by side"
    return "a clear difference" if delta_e < 5 else "plain to any eye"


def clock(seconds: float) -> str:
    """A place in a recording: ``2:05``, ``1:02:05``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def points(share: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    rounded = round(100 * share)
    return f"{rounded:+d}".replace("-", "\u2212") if rounded else "0"
