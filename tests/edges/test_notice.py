"""Public notices: what they say, in which language, on one page, with nothing of a name taken for markup."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pypdf
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result

from fakes.campaigns import GOOD, written
from samegoods import languages as catalogues
from samegoods import wiring
from samegoods.campaign import load
from samegoods.cli import main
from samegoods.edges.notice.files import page
from samegoods.edges.notice.sheet import sheet
from samegoods.edges.notice.words import Notice, notice_of
from samegoods.errors import CampaignError, FootageError, NoticeError
from samegoods.languages import languages, translations

SOURCE = Path(catalogues.__file__).parents[1]
SAID = """\
public_notice:
  operator: Office of Goods
  contact: 02-18111
  languages:
    ko: {operator: 상품 사무소, contact: 전화 02-18111, sites: {songsin: 송신시장}}
retention_days: 180
products:
"""
TELLING = GOOD.replace("products:\n", SAID)


def notice(folder: Path, language: str = "en", text: str = TELLING) -> Notice:
    study = load(written(folder, text))
    return notice_of(study, study.sites[0], language)


def printed(folder: Path, language: str = "en", text: str = TELLING) -> str:
    (only,) = pypdf.PdfReader(io.BytesIO(sheet(notice(folder, language, text)))).pages
    return re.sub(r"\s+", " ", only.extract_text().replace("\u200b", ""))  # a place to break a word


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="samegoods")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["Goods are filmed here", "Songsin Market", "Office of Goods", "02-18111", "180 days, then it is"]),
        ("ko", ["이곳에서 상품을 촬영합니다", "송신시장", "상품 사무소", "전화 02-18111", "180일 동안 보관한 뒤"]),
    ],
)
def test_the_sheet_and_the_page_say_site_operator_contact_and_time(tmp_path: Path, language: str, told: list[str]):
    html = page(notice(tmp_path, language))
    assert f'<html lang="{language}">' in html
    on_paper = printed(tmp_path, language)
    for words in told:
        assert words in on_paper
        assert words in html


def test_what_is_not_said_in_a_language_is_said_in_the_campaigns_own_words(tmp_path: Path):
    rows = dict(notice(tmp_path, "ko").rows)
    assert rows["촬영 목적"] == "Goods sold at home must not differ from those exported"


@pytest.mark.parametrize(
    ("days", "language", "told"),
    [
        ("retention_days: 1\n", "en", "1 day, then it is deleted."),
        ("", "en", "No limit has been set. Ask those who film."),
        ("", "ko", "정해진 기간이 없습니다."),
    ],
)
def test_how_long_is_said_as_it_is(tmp_path: Path, days: str, language: str, told: str):
    assert told in printed(tmp_path, language, TELLING.replace("retention_days: 180\n", days))


def test_a_file_for_each_site_and_language(tmp_path: Path):
    done = run("notice", written(tmp_path, TELLING), "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    names = ["songsin-en.pdf", "songsin-en.html", "songsin-ko.pdf", "songsin-ko.html"]
    assert [Path(line).name for line in done.stdout.splitlines()] == names
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)
    alone = wiring.notices(tmp_path / "campaign.yaml", tmp_path / "one", languages=["ko"], sites=["songsin"])
    assert [path.read_bytes() for path in alone] == [(tmp_path / "out" / name).read_bytes() for name in names[2:]]


def test_the_same_words_give_the_same_bytes(tmp_path: Path):
    assert sheet(notice(tmp_path)) == sheet(notice(tmp_path))


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        (GOOD, 1, "public_notice.operator", "this key is missing: a notice must say who films"),
        (TELLING.replace("  contact: 02-18111\n", ""), 12, "public_notice.contact", "must say whom to ask"),
        (TELLING.replace("    ko:", "    kr:"), 16, "public_notice.languages.kr", "only in: en, ko"),
    ],
)
def test_a_campaign_that_says_too_little_is_refused_with_the_key_to_add(
    tmp_path: Path, text: str, line: int, key: str, message: str
):
    file = written(tmp_path, text)
    done = run("notice", file, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert f"{file}:{line}: {key}: " in done.stderr
    assert message in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"languages": ["fr"]}, NoticeError, "no notices in 'fr', only in: en, ko"),
        ({"sites": ["north"]}, FootageError, "no site 'north'; it lists songsin"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(tmp_path: Path, options, error, message: str):
    with pytest.raises(error, match=message):
        wiring.notices(written(tmp_path, TELLING), tmp_path / "out", **options)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(NoticeError, match="cannot be written"):
        wiring.notices(written(tmp_path, TELLING), tmp_path / "out", languages=["en"])


def test_the_check_needs_a_notice_at_every_site(tmp_path: Path):
    file = written(tmp_path, GOOD.replace('"at both gates"', "TODO"))
    with pytest.raises(CampaignError, match=r"yaml:11: sites\[0\]\.notice: 'TODO' is no answer"):
        wiring.check(file, [tmp_path], tmp_path / "case")


# Names are words, whatever stands in them

EVIL = [
    "#panic(1) *a* _b_ $x$ `c` @d <e> \\ / // [f] = g",
    "<script>alert(1)</script><img src=x onerror=y>",
    "\"' onmouseover='alert(1)' {{ 7*7 }} {% raw %}",
]


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("evil", EVIL)
def test_markup_in_names_is_shown_and_does_nothing(tmp_path: Path, evil: str):
    quoted = "'" + evil.replace("'", "''") + "'"
    text = TELLING.replace("operator: Office of Goods", f"operator: {quoted}").replace("Songsin Market", quoted)
    said = notice(tmp_path, "en", text)
    html = Page()
    html.feed(page(said))
    assert evil in "".join(html.words)
    assert "script" not in html.tags
    assert "img" not in html.tags
    assert not {name for name in html.attributes if name.startswith("on")}
    on_paper = re.sub(r"\s", "", printed(tmp_path, "en", text))
    assert on_paper.count(re.sub(r"\s", "", evil)) == 2


def test_the_page_asks_for_nothing_from_outside(tmp_path: Path):
    html = page(notice(tmp_path))
    assert not re.search(r"(src|href|url)\s*[=(]", html)
    assert set(re.findall(r"https?://[^\"' ]+", html)) == {"http://www.w3.org/2000/svg"}


def test_words_that_do_not_fit_and_letters_that_are_not_there_are_told(tmp_path: Path):
    long = TELLING.replace("Office of Goods", "W" * 300).replace("02-18111", "W" * 300, 1)
    long = long.replace("retention_days", f"  purpose: {'W' * 300}\nretention_days")
    with pytest.raises(NoticeError, match="does not fit on one page in letters that can be read"):
        sheet(notice(tmp_path, "en", long))
    with pytest.raises(NoticeError, match="the typeface has no 😀"):
        sheet(notice(tmp_path, "en", TELLING.replace("Office of Goods", "Office 😀")))


# The catalogues


def test_every_message_is_translated_into_every_language():
    said = {
        message for _, _, message, *_ in extract_from_dir(SOURCE / "edges", keywords={"say": None, "gettext": None})
    }
    said |= {message for _, _, message, *_ in extract_from_dir(SOURCE / "edges", keywords={"ngettext": (1, 2)})}
    assert len(said) > 10
    for language in languages()[1:]:
        file = SOURCE / "languages" / language / "messages.po"
        catalogue = read_po(io.BytesIO(file.read_bytes()), locale=language)
        known = {message.id: message for message in catalogue if message.id}
        assert said - set(known) == set()
        assert all(message.string and not message.fuzzy for message in known.values())


def test_languages_are_known_by_their_catalogues():
    assert languages() == ("en", "ko")
    with pytest.raises(ValueError, match="expected one of en, ko, found 'fr'"):
        translations("fr")
