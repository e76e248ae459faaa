"""What is said to the public, in its languages: message catalogues of gettext, one folder a language.

English is what the source says; any other language has a ``messages.po`` here. Add one, and it is known.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

SOURCE = "en"
NAMES = {"en": "English", "ko": "한국어"}
"""What languages call themselves."""
_CATALOGUE = "messages.po"


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are, English first."""
    there = (one.name for one in resources.files(__name__).iterdir() if one.joinpath(_CATALOGUE).is_file())
    return SOURCE, *sorted(there)


@cache
def translations(language: str) -> gettext.NullTranslations:
    """What turns English messages into those of a language.

    Raises:
        ValueError: there is no catalogue of this language.
    """
    if language == SOURCE:
        return gettext.NullTranslations()
    if language not in languages():
        raise ValueError(f"expected one of {', '.join(languages())}, found {language!r}")
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    catalogue = resources.files(__name__).joinpath(language, _CATALOGUE)
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(catalogue.read_bytes()), locale=language, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def language_for(accepted: str) -> str:
    """The first language of a browser's list that there is a catalogue of; else English."""
    for one in accepted.split(","):
        name = one.split(";")[0].strip().lower().split("-")[0]
        if name in languages():
            return name
    return SOURCE


def templates(package: str, language: str = SOURCE) -> Environment:
    """The templates of a package, their messages in a language. All text is escaped, and no name may be missing."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return made
