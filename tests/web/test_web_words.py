"""The words of the page: every one in every language, and what becomes of numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from babel.messages.extract import extract

import samegoods.edges.ground
import samegoods.edges.web
from fakes import served as fakes
from fakes.served import Served, post
from samegoods.edges.web.words import ACTIONS, pages, percent
from samegoods.languages import language_for, languages, translations
from samegoods.results.words import DISAGREES, PHOTOS, VERSIONS

ROOT = Path(samegoods.edges.web.__file__).parent
FORM = Path(samegoods.edges.ground.__file__).parent
TEMPLATES = [file for folder in (ROOT, FORM) for file in sorted(folder.glob("templates/*.j2"))]
SAID = [ROOT / "words.py", *(FORM / f"{name}.py" for name in ("words", "routes", "posted"))]


def messages() -> Iterator[str | tuple[str, ...]]:
    yield from (*VERSIONS.values(), *PHOTOS.values(), *DISAGREES.values())
    for file in TEMPLATES:
        options = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
        for _, message, *_ in extract("jinja2", io.BytesIO(file.read_bytes()), options=options):
            yield message
    for file in SAID:
        for _, message, *_ in extract("python", io.BytesIO(file.read_bytes()), {"_": None, "say": None}):
            yield message


ALL = sorted(set(messages()), key=str)


@pytest.mark.parametrize("language", languages()[1:])
def test_every_word_of_the_page_is_in_the_catalogue(language: str):
    known = translations(language)._catalog
    assert len(ALL) > 150
    singular = [one if isinstance(one, str) else (one[0], 0) for one in ALL]
    assert [one for one in singular if one not in known] == []


@pytest.mark.parametrize("language", languages()[1:])
def test_a_translation_has_the_places_of_its_message(language: str):
    known = translations(language)._catalog
    for one in ALL:
        said = known[one if isinstance(one, str) else (one[0], 0)]
        first = one if isinstance(one, str) else one[0]
        assert sorted(re.findall(r"%\(\w+\)s|%%", said)) == sorted(re.findall(r"%\(\w+\)s|%%", first)), first


@pytest.mark.parametrize("language", languages()[1:])
def test_the_catalogue_has_nothing_that_nobody_says(language: str):
    sources = [*ROOT.parents[1].rglob("*.py"), *TEMPLATES]
    text = "\n".join(re.sub(r'"\s*\n\s*"', "", file.read_text(encoding="utf-8")) for file in sources)
    text = text.replace('\\"', '"')
    known = [one[0] if isinstance(one, tuple) else one for one in translations(language)._catalog]
    assert [one for one in known if one and one not in text] == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: f"{file.parents[1].name}-{file.name}")
def test_no_template_says_something_that_is_in_no_catalogue(file: Path):
    """What stands between the tags, once all that Jinja fills in is taken out, is no word."""
    text = file.read_text(encoding="utf-8")
    bare = re.sub(r"\{[%{#].*?[%}#]\}", " ", text, flags=re.DOTALL)
    between = re.sub(r"<[^>]*>", " ", bare)
    words = set(re.findall(r"[A-Za-z]{2,}", between)) - {"samegoods", "SHA", "UTC", "kbd"}
    assert words == set()


def test_no_two_actions_have_one_key():
    assert len({key for _, key, _ in ACTIONS}) == len({name for name, _, _ in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("fr,ko", "ko"), ("fr", "en"), ("", "en"), ("EN-gb", "en"), (",;q=1", "en")],
)
def test_the_browser_says_the_language(accepted: str, language: str):
    assert language_for(accepted) == language


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0 %"), (0.001, "< 1 %"), (0.5, "50 %"), (0.999, "> 99 %"), (1, "100 %")]
)
def test_what_is_not_quite_all_is_not_rounded_to_it(share: float, said: str):
    assert percent(share) == said


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with fakes.served(tmp_path_factory.mktemp("words")) as one:
        yield one


def test_a_page_comes_in_the_language_that_is_asked_for(shared: Served):
    client = shared.client(**{"Accept-Language": "ko"})
    text = client.get("/").text
    assert '<html lang="ko"' in text
    assert "무엇이, 어디서, 얼마나 확실히 다른가" in text
    assert post(client, "/settings", language="en").status_code == 303
    assert "What differs, where, how surely" in client.get("/").text
    assert post(client, "/settings", language="xx").status_code == 422
    assert "여기에는 아무것도 없습니다" in client.get("/nothing").text


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_theme_is_kept_for_the_session(shared: Served, theme: str):
    client = shared.client()
    post(client, "/settings", theme=theme)
    assert f'data-theme="{theme}"' in client.get("/packs").text


def test_templates_are_compiled_once():
    assert pages("ko") is pages("ko")
