"""The form's templates in the languages that there are, and the words for versions and outcomes."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment

from samegoods.languages import NAMES, languages, templates, translations
from samegoods.results.words import PHOTOS, VERSIONS


def _(message: str) -> str:
    """Marks a message of the catalogue."""
    return message


STATES = {
    "waiting": _("It waits to be looked at by a person."),
    "accept": _("It was taken in, and counts among the reports."),
    "reject": _("It was not taken in."),
    "gone": _("It is deleted."),
}


@cache
def pages(language: str) -> Environment:
    """The templates in a language; all text is escaped."""
    made = templates("samegoods.edges.ground", language)
    say = translations(language).gettext
    made.globals |= {
        "versions": {name: say(word) for name, word in VERSIONS.items()},
        "outcomes": {name: say(word) for name, word in PHOTOS.items()},
        "states": {name: say(word) for name, word in STATES.items()},
        "languages": [(one, NAMES.get(one, one)) for one in languages()],
        "language": language,
    }
    return made
