from __future__ import annotations

import json
import re
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures

from fakes import cases
from samegoods.campaign import Campaign
from samegoods.edges.report import report_text, write_comparison
from samegoods.edges.report.chart import Bar, chart, label_lines
from samegoods.edges.report.closeups import close_to, closeup
from samegoods.edges.report.packs import CARDS_AT_MOST, THUMBS_AT_MOST
from samegoods.edges.report.pictures import flat_picture, read
from samegoods.edges.report.reading import read_case
from samegoods.edges.report.warmth import HOTTEST, heat_picture, legend
from samegoods.errors import CaseError
from samegoods.records import Comparison, Needed, Showing, Verdict, View
from samegoods.results.statistics import TallyPart
from samegoods.results.verdicts import DifferencePart
from samegoods.statistics.correction import Call
from samegoods.statistics.counting import tally
from samegoods.vision.colour import lab

MARKET, SMOKES = "camellia-biscuits", "heron-filter"


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return cases.campaign(tmp_path_factory.mktemp("campaign"))


@pytest.fixture(scope="module")
def case(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cases.published(tmp_path_factory.mktemp("report") / "case", campaign, list(cases.whole_case(campaign)))


@pytest.fixture(scope="module")
def page(case: Path) -> str:
    return report_text(case)


class Reader(HTMLParser):
    """What a reader of a page gets: its words, and what a browser would have to fetch or run."""

    VOID = frozenset(("meta", "link", "br", "img", "hr", "input"))

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words, self.tags, self.links, self._open = "", [], [], []
        self.feed(page)
        self.close()
        assert not self._open, f"not closed: {self._open}"
        self.words = " ".join(self.words.split())

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self._note(tag, attrs)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._note(tag, attrs)
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words += data

    def _note(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "xlink:href", "data", "action")]


def said(case: Path) -> str:
    return Reader(report_text(case)).words


def test_the_glance_has_every_product_at_every_site(page: str) -> None:
    words = Reader(page).words
    glance = words[words.index("At a glance") : words.index("packaging different")]
    assert "3 of 5 packs differ" in glance
    assert "no difference on 2 of 3 packs" in glance
    assert "1 pack, cannot tell" in glance
    assert glance.count("not seen") == 3
    assert "not judged" in glance


def test_the_grid_stands_for_each_finding(page: str) -> None:
    words = Reader(page).words
    looks = words[words.index("How packs look, against what is in them") :]
    assert "Camellia butter biscuits at Songsin Market: 5 packs" in looks
    assert "looks identical001 looks different003 look: cannot tell001" in looks


def test_a_card_has_the_features_of_its_pack(page: str) -> None:
    words = Reader(page).words
    assert "Beside the export version, to an average consumer, this pack looks different." in words
    assert "Colourdifferent15 %, colour distance 3110 %, colour distance 10" in words
    assert "Shapecannot tellany size" in words


def test_a_stain_is_told_as_the_condition_of_its_pack(campaign: Campaign, tmp_path: Path) -> None:
    packs = [cases.stained(MARKET), *[cases.same(MARKET)] * 5]
    words = said(cases.published(tmp_path, campaign, [cases.examined(campaign, cases.source("a.mp4"), packs)]))
    assert "Condition (damage, dirt or wear): only on this pack: 1 of 6 of this version" in words
    assert "looks identical006" in words


def test_a_difference_says_what_the_other_packs_show(page: str) -> None:
    assert "also on 3 other packs" in Reader(page).words


def test_the_answer_stands_first(page: str) -> None:
    answer = (
        "Packs of 2 of the 3 products seen differ from the export version: "
        "Camellia butter biscuits (Songsin Market) and Heron filter cigarettes (Moran Market)."
    )
    words = Reader(page).words
    assert words.index(answer) < 200
    assert (
        "The packaging differs on 3 of the 4 packs that could be judged; "
        "of all such packs there, at least 1 % would differ (95 % confidence). "
        "1 pack could not be told."
    ) in words
    assert "The quality could not be told on any of the 5 packs seen." in words
    assert "the red seal at the lower right is missing (3 packs)" in words
    assert "No person has checked these results yet." in words


@pytest.mark.parametrize(
    "open_question",
    [
        "Swift running shoes: at no site with footage.",
        "No footage that could be read: Harbour Hall.",
        "1 pack of Hill honey at Moran Market: exempt: sold loose by the grower.",
        "1 pack of Camellia butter biscuits at Moran Market; the packaging of 1 differs: "
        "before the order was in force (2026-07-01).",
        "1 pack of Heron filter cigarettes at Songsin Market: capture time unknown.",
        "footage/broken.mp4 could not be read: no video could be decoded: the file's index is missing.",
        "footage/row-4.mp4 read in part: the file ends after 8 of 30 seconds.",
        "3 packs, packaging: only 18 % of the face can be seen.",
    ],
)
def test_what_is_left_open_is_named(page: str, open_question: str) -> None:
    assert open_question in Reader(page).words


def test_what_was_seen_is_not_called_missing(page: str) -> None:
    assert "Camellia butter biscuits: not at" not in Reader(page).words


def test_the_page_needs_nothing_but_itself(page: str) -> None:
    reader = Reader(page)
    assert not {"script", "link", "iframe", "object", "embed"} & set(reader.tags)
    outside = [link for link in reader.links if not link.startswith(("data:image/", "#"))]
    assert outside == []
    assert "@import" not in page
    assert re.findall(r"url\((?!#)", page) == []
    assert "default-src 'none'" in page


def test_each_difference_is_outlined_on_the_reference_and_on_the_pack(page: str, case: Path) -> None:
    document = json.loads((case / "findings.json").read_text())
    number = sum(len(item["packaging"]["differences"]) for item in document["items"])
    assert number == 6
    assert page.count('<polygon class="edge" points="178.0,98.0 226.0,98.0 226.0,146.0 178.0,146.0"/>') == 2 * 5
    assert page.count('<polygon class="edge"') == 2 * number


def test_times_are_those_of_the_place(page: str) -> None:
    words = Reader(page).words
    assert "Songsin Market, gate-2.mp4 at 0:00, 9 July 2026, 10:30; seen in 3 pictures" in words
    assert "taken from 20 June 2026 to 9 July 2026" in words


def test_the_same_case_gives_the_same_bytes_wherever_it_lies(page: str, case: Path, tmp_path: Path) -> None:
    case.rename(tmp_path / "moved")
    again = report_text(tmp_path / "moved")
    (tmp_path / "moved").rename(case)
    assert again == page


def test_names_are_text_and_never_markup(campaign: Campaign, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> & $x_1$"
    products = [product.model_copy(update={"name": evil}) for product in campaign.products]
    other = campaign.model_copy(update={"products": tuple(products)})
    other.__dict__["digest"] = "0" * 64
    examined = [cases.examined(other, cases.source("a.mp4"), [cases.no_seal(MARKET, detail=evil)])]
    page = report_text(cases.published(tmp_path / "case", other, examined))
    assert "<script" not in page
    assert Reader(page).words.count(evil) >= 4


def test_without_a_difference_it_says_so_and_no_more(campaign: Campaign, tmp_path: Path) -> None:
    examined = [cases.examined(campaign, cases.source("a.mp4"), [cases.same(MARKET), cases.unclear(SMOKES)])]
    words = said(cases.published(tmp_path / "case", campaign, examined))
    assert "No difference from the export version was found on the packs that could be judged." in words
    assert "of all such packs there, at most 98 % would differ" in words
    assert "Camellia butter biscuits at Songsin Market: packaging same, quality cannot tell" in words


def test_unknown_is_never_the_same(campaign: Campaign, tmp_path: Path) -> None:
    examined = [cases.examined(campaign, cases.source("a.mp4"), [cases.unclear(MARKET)])]
    words = said(cases.published(tmp_path / "case", campaign, examined))
    assert "could not be compared well enough to say whether they are the same" in words
    assert "No difference from the export version" not in words


def test_a_case_without_any_pack_has_a_report(campaign: Campaign, tmp_path: Path) -> None:
    words = said(cases.published(tmp_path / "case", campaign, []))
    assert "No pack that the order covers was seen in this footage" in words
    assert "No footage that could be read: Songsin Market, Moran Market and Harbour Hall." in words


def test_many_packs_do_not_make_a_heavy_page(campaign: Campaign, tmp_path: Path) -> None:
    packs = [cases.no_seal(MARKET)] * (CARDS_AT_MOST + 3) + [cases.same(MARKET)] * (THUMBS_AT_MOST + 2)
    folder = cases.published(tmp_path / "case", campaign, [cases.examined(campaign, cases.source("a.mp4"), packs)])
    words = said(folder)
    assert "3 packs more that differ are not shown here." in words
    assert "2 packs more are not shown here. samegoods serve shows every pack" in words
    assert len(report_text(folder).encode()) < 2_000_000


def test_a_damaged_or_missing_picture_is_named(campaign: Campaign, tmp_path: Path) -> None:
    folder = cases.published(tmp_path / "case", campaign, list(cases.whole_case(campaign))[:1])
    document = json.loads((folder / "findings.json").read_text())
    gone = folder / document["items"][0]["evidence"][0]
    gone.write_bytes(gone.read_bytes()[:100])
    with pytest.raises(CaseError, match=f"{gone.name}: this evidence is damaged"):
        report_text(folder)
    gone.unlink()
    with pytest.raises(CaseError, match=f"{gone}: this evidence is missing"):
        report_text(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        ("not json", "not the findings of a case"),
        ('{"schema": "samegoods/findings/9"}', "not the findings of a case: schema"),
    ],
)
def test_what_is_no_case_is_refused(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / "findings.json").write_text(content)
    with pytest.raises(CaseError, match=message):
        report_text(tmp_path)


def test_a_pack_is_laid_flat_onto_its_reference(case: Path) -> None:
    found = read_case(case)
    item = found.packs.products[MARKET].shown["same"][0]
    reference = found.references[f"{MARKET}/export/front"]
    picture = flat_picture(found.pictures, item.crops[0], reference, side_px=reference.width)
    pixels = decoded(picture.data)
    assert pixels.shape[:2] == (reference.height, reference.width)
    genuine = read(found.pictures, reference.picture)
    inner = (slice(8, -8), slice(8, -8))
    assert (pixels[inner][:, :, 3] == 255).all()
    seen, meant = (p[inner][:, :, :3].astype(float) for p in (pixels, genuine))
    likeness = np.corrcoef(seen.ravel(), meant.ravel())[0, 1]
    assert likeness > 0.9
    assert np.corrcoef(np.roll(seen, 12, axis=1).ravel(), meant.ravel())[0, 1] < likeness - 0.1


def decoded(data: str) -> np.ndarray:
    import base64
    import io

    with Pictures.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGBA"))


def part(*calls: str) -> TallyPart:
    from samegoods.results.statistics import tally_values

    return TallyPart(**tally_values(tally([Call(f"{n}", call) for n, call in enumerate(calls)])))


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Ink", ["Ink"]),
        ("Ondaluna almond biscuits at Harbour market hall: packaging", 2),
        ("한라산 자락에서 딴 첫물 녹차 열두 통들이 상자 at 송신시장: 포장", 2),
        ("x" * 60, 2),
        ("", [""]),
    ],
    ids=["short", "long", "wide", "one word", "empty"],
)
def test_a_label_of_the_chart_is_not_cut(label: str, lines: list[str] | int) -> None:
    made = label_lines(label)
    assert len(made) == lines if isinstance(lines, int) else made == lines
    assert "".join(made).replace(" ", "") == label.replace(" ", "")
    svg = chart([Bar(label or "-", part("same"))])
    assert all(line in svg for line in made)


def test_the_chart_draws_each_bar_in_the_pages_colours() -> None:
    bars = [Bar("Tea & cake at $here$", part("same", "different", "cannot_tell")), Bar("Ink", part("same"))]
    svg = chart(bars)
    assert svg == chart(bars), "the same counts give the same bytes"
    assert "Tea &amp; cake at $here$" in svg
    assert all(f"var(--{name})" in svg for name in ("different", "same", "unknown"))
    assert not re.search("#(d55e01|0072b1|9a9a9b|010203|c0c1c2)", svg)
    assert chart([]) == ""


def difference(x0: float, y0: float, x1: float, y1: float) -> DifferencePart:
    region = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    given = {"kind": "mark", "reference": "r", "face": "front", "delta_e": 9.0, "detail": "", "confidence": 0.9}
    return DifferencePart(region=region, size=0.1, **given)


def test_a_difference_is_shown_with_its_surroundings_and_from_close_by() -> None:
    left, top, right, bottom = close_to(difference(100, 150, 200, 190), (400, 300)) or (0, 0, 0, 0)
    assert 0.1 < left < 0.25 < 0.5 < right < 0.65
    assert 0.3 < top < 0.5 < 190 / 300 < bottom < 0.8
    corner = close_to(difference(0, 0, 30, 30), (400, 300))
    assert corner is not None
    assert corner[:2] == (0, 0)
    assert close_to(difference(10, 10, 390, 290), (400, 300)) is None, "that is the whole face"
    ramp = np.linspace(0, 255, 400).astype(np.uint8)[None, :, None].repeat(300, axis=0).repeat(4, axis=2)
    ramp[..., 3] = 255
    shown = decoded(closeup("Reference", 1, ramp, (0.25, 0.5, 0.75, 1.0)).picture.data)
    assert shown[:, 2, 0].mean() == pytest.approx(64, abs=6)
    assert shown[:, -3, 0].mean() == pytest.approx(191, abs=6)


def test_a_card_shows_its_surest_differences_from_close_by(page: str) -> None:
    assert 'aria-label="difference 1 from close by: reference"' in page
    assert 'aria-label="difference 1 from close by: this pack"' in page


LACKING = Needed("front", 180, None, 3, 0.8, Showing(60, None, 1, 0.8))


def compared(pack: cases.Pack, quality: Verdict, *, heat: float = 0.3) -> SimpleNamespace:
    """A comparison with its view, of which the left 40 px were not seen."""
    references = {reference.id: reference for reference in cases.references()}
    reference = references[f"{pack.product}/export/front"]
    floats = cases.face("Camellia butter biscuits", (196, 120, 40), seal=False).astype(np.float32)
    known = np.ones(reference.mask.shape, bool)
    known[:, :40] = False
    given = {"reference": reference.id, "pixels": floats, "predicted": floats, "known": known}
    view = View(**{field.name: given.get(field.name, 1.0) for field in fields(View)})
    warm = np.where(known, np.float32(heat), np.float32(np.nan))
    comparison = Comparison("domestic", pack.packaging, quality)
    return SimpleNamespace(comparison=comparison, views=[view], references=references, heats=[warm])


def test_a_comparison_has_its_page(tmp_path: Path) -> None:
    pack = cases.no_seal(MARKET)
    made = compared(pack, Verdict("cannot_tell", "too coarse", needed=LACKING))
    file = write_comparison(made, tmp_path / "new" / "folder", photo="shop <1>.jpg")
    assert file == tmp_path / "new" / "folder" / "comparison.html"
    page = file.read_text(encoding="utf-8")
    reader = Reader(page)
    assert "The pack in the photo differs from the reference." in reader.words
    assert "shop <1>.jpg" in reader.words
    assert "Qualitycannot tell: too coarseWhat would have sufficed: front: at least 180 px tall" in reader.words
    assert "in the picture (here 60 px), in 3 views or more (here 1)" in reader.words
    assert page.count('<polygon class="edge"') == 3, "on the reference, on the photo, on the heat map"
    pictures = [link for link in reader.links if link.startswith("data:")]
    assert len(pictures) == 8, "three from close by, two side by side, two in the overlay, the heat map"
    shown = decoded(pictures[4])
    assert (shown[:, 2, 3] < 10).all()
    assert (shown[:, 60, 3] > 245).all()


def test_the_overlay_is_switched_without_script(tmp_path: Path) -> None:
    made = compared(cases.no_seal(MARKET), Verdict("same", "alike"))
    page = write_comparison(made, tmp_path).read_text(encoding="utf-8")
    figure = page[page.index('<figure class="overlay">') :].partition("</figure>")[0]
    assert re.findall(r'<input type="radio" name="overlay-1" id="(\w+)-1" class="(\w+)"( checked)?>', figure) == [
        ("both", "both", " checked"),
        ("one", "one", ""),
        ("other", "other", ""),
        ("blink", "blink", ""),
    ]
    assert figure.index('class="under"') < figure.index('class="top"')
    assert all(f".overlay .{name}:checked ~ svg" in page for name in ("both", "one", "other", "blink"))
    assert "<script" not in page


def test_heat_is_drawn_evenly_from_dark_to_bright_and_the_unknown_left_open() -> None:
    ramp = np.linspace(0, HOTTEST, 300, dtype=np.float32)[None].repeat(200, axis=0)
    ramp[:, :30] = np.nan
    drawn = decoded(heat_picture(ramp, size=(300, 200)).data)
    height, width = drawn.shape[:2]
    assert (drawn[:, : width // 15, 3] == 0).all()
    lightness = lab(drawn[height // 2 : height // 2 + 1, width // 8 :, :3].astype(np.float32))[0, :, 0]
    steps = np.diff(lightness[:: len(lightness) // 8])
    assert (steps > 4).all(), "brighter all the way"
    assert steps.max() < 1.7 * steps.min(), "and evenly"
    hot = decoded(heat_picture(np.full((200, 300), 9, np.float32), size=(300, 200)).data)
    assert np.abs(hot[100, 150, :3].astype(int) - drawn[100, -2, :3]).max() < 12, (
        "hotter than the hottest is drawn as it"
    )
    assert [len(stop) for stop in legend().split(", ")] == [7] * 9


def test_a_face_that_was_not_seen_has_an_open_heat_map() -> None:
    drawn = decoded(heat_picture(np.full((40, 30), np.nan, np.float32), size=(30, 40)).data)
    assert (drawn[..., 3] == 0).all()
