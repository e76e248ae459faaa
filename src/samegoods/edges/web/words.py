"""The page's templates in the languages that there are, and the words for numbers, times and calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment
from markupsafe import Markup

from samegoods.languages import NAMES, languages, templates, translations
from samegoods.records import GroupedBy
from samegoods.results.statistics import CorrectedPart, TallyPart
from samegoods.results.words import DISAGREES, PHOTOS, VERSIONS, clock, points

Say = Callable[[str], str]


def _(message: str) -> str:
    """Marks a message of the catalogue."""
    return message


CALLS = {"same": _("same"), "different": _("different"), "cannot_tell": _("cannot tell")}
AXES = {"packaging": _("packaging"), "quality": _("quality")}
KINDS = {
    "colour": _("Colour"),
    "graphic": _("Picture or pattern"),
    "text": _("Text"),
    "mark": _("Mark (seal, logo, code or warning)"),
    "shape": _("Shape"),
    "print": _("Print quality"),
    "damage": _("Condition (damage, dirt or wear)"),
    "declared": _("Declared contents"),
    "packing": _("Way of packing"),
}
DECISIONS = {
    "agree": _("agrees with the machine"),
    "correct": _("corrects it"),
    "correct:same": _("same"),
    "correct:different": _("different"),
    "correct:cannot_tell": _("cannot tell"),
    "not_product": _("not this product"),
    "cannot_tell": _("cannot tell"),
    "withdraw": _("takes it back"),
}
OUTCOMES = {
    "same": _("the same"),
    "changed": _("other words"),
    "missing": _("missing"),
    "added": _("added"),
    "unread": _("not read"),
}
GROUPS: dict[GroupedBy, str] = {
    "all": _("All together"),
    "product": _("By product"),
    "category": _("By kind of goods"),
    "site": _("By site"),
    "period": _("By month"),
}
REPORTS = {"waiting": _("waits"), "accept": _("taken in"), "reject": _("left out")}
STATUS = {"ok": _("read"), "partial": _("not wholly read"), "failed": _("not read")}
ROLES = {"viewer": _("viewer"), "reviewer": _("reviewer"), "administrator": _("administrator")}
ACTIONS: tuple[tuple[str, str, str], ...] = (
    ("agree", "a", _("Agree with the machine")),
    ("same", "s", _("Same")),
    ("different", "d", _("Different")),
    ("cannot_tell", "c", _("Cannot tell")),
    ("not_product", "n", _("Not this product")),
    ("correct", "e", _("Correct more: quality, kind, place")),
    ("remark", "r", _("Write a remark")),
    ("take_in", "t", _("Take the report in")),
    ("leave_out", "x", _("Leave the report out")),
    ("undo", "u", _("Undo my last decision")),
    ("next", "j", _("Next pack")),
    ("previous", "k", _("Previous pack")),
    ("view_next", ".", _("Next view of this pack")),
    ("view_previous", ",", _("Previous view of this pack")),
    ("side", "1", _("Side by side")),
    ("swipe", "2", _("Swipe")),
    ("blink", "3", _("Blink")),
    ("onion", "4", _("Onion skin")),
    ("heat", "5", _("Heat map")),
    ("less", "[", _("Swipe or fade to the left")),
    ("more", "]", _("Swipe or fade to the right")),
    ("outlines", "o", _("Show or hide outlines")),
    ("difference", "f", _("Go to the next difference")),
    ("in", "+", _("Zoom in")),
    ("out", "-", _("Zoom out")),
    ("whole", "0", _("Show the whole face")),
    ("left", "ArrowLeft", _("Move left")),
    ("right", "ArrowRight", _("Move right")),
    ("up", "ArrowUp", _("Move up")),
    ("down", "ArrowDown", _("Move down")),
    ("mark", "m", _("Mark what is in sight as the place")),
    ("keys", "?", _("Show these keys")),
)
"""What can be done by a key: its name, its key, and what it is called."""


@cache
def pages(language: str) -> Environment:
    """The templates in a language; all text is escaped."""
    made = templates("samegoods.edges.web", language)
    made.filters |= {"percent": percent, "clock": clock, "moment": moment, "local": local, "points": points}
    say = translations(language).gettext
    made.globals |= {
        "calls": {name: say(word) for name, word in CALLS.items()},
        "axes": {name: say(word) for name, word in AXES.items()},
        "kinds": {name: say(word) for name, word in KINDS.items()},
        "decisions": {name: say(word) for name, word in DECISIONS.items()},
        "outcomes": {name: say(word) for name, word in OUTCOMES.items()},
        "versions": {name: say(word) for name, word in VERSIONS.items()},
        "photo_outcomes": {name: say(word) for name, word in PHOTOS.items()},
        "report_states": {name: say(word) for name, word in REPORTS.items()},
        "disagreements": {name: say(word) for name, word in DISAGREES.items()},
        "statuses": {name: say(word) for name, word in STATUS.items()},
        "roles": {name: say(word) for name, word in ROLES.items()},
        "actions": [(name, key, say(word)) for name, key, word in ACTIONS],
        "languages": [(one, NAMES.get(one, one)) for one in languages()],
        "surely": lambda tally: surely(tally, say),
    }
    made.globals["keys"] = Markup(made.get_template("keys.html.j2").render())  # the same on every page
    return made


def percent(share: float) -> str:
    """Whole per cent; what is not quite none or all is never rounded to it."""
    value = round(100 * share)
    if (value == 0 and share > 0) or (value == 100 and share < 1):
        return "< 1 %" if value == 0 else "> 99 %"
    return f"{value} %"


def surely(tally: TallyPart | CorrectedPart, say: Say) -> str:
    """The interval of a share in words; empty where nothing was judged."""
    if tally.low is None or tally.high is None:
        return ""
    return say("%(low)s to %(high)s") % {"low": percent(tally.low), "high": percent(tally.high)}


def moment(time: datetime, zone: str) -> str:
    """An aware time as the clocks of the place showed it, in a form that every language reads."""
    return f"{time.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def local(time: datetime) -> str:
    """An aware time in UTC."""
    return f"{time:%Y-%m-%d %H:%M} UTC"
