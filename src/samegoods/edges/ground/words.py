"""The form's templates in the languages that there are, and the words for versions and outcomes."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from samegoods.languages import NAMES, languages, translations


def _(message: str) -> str:
    """Marks a message of the catalogue."""
    return message


VERSIONS = {
    "export": _("the export version"),
    "domestic": _("the version for sale at home"),
    "loose": _("loose, without a pack"),
}
OUTCOMES = {
    "kept": _("Photo kept: only the packs cut out of it, all else is gone."),
    "no_goods": _("Photo not kept: no product of the campaign was found in it."),
    "unreadable": _("Photo not kept: it could not be read."),
    "no_wall": _("Photo not kept: what protects people in photos is not installed here."),
}
STATES = {
    "waiting": _("It waits to be looked at by a person."),
    "accept": _("It was taken in, and counts among the reports."),
    "reject": _("It was not taken in."),
    "gone": _("It is deleted."),
}


@cache
def pages(language: str) -> Environment:
    """The templates in a language; all text is escaped."""
    made = Environment(
        loader=PackageLoader("samegoods.edges.ground"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    say = translations(language).gettext
    made.globals |= {
        "versions": {name: say(word) for name, word in VERSIONS.items()},
        "outcomes": {name: say(word) for name, word in OUTCOMES.items()},
        "states": {name: say(word) for name, word in STATES.items()},
        "languages": [(one, NAMES.get(one, one)) for one in languages()],
        "language": language,
    }
    return made
