"""What every reader promises, whether it reads codes or text. One that is not installed is skipped, and says so."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fakes.labels import filmed, label, put, sheet, write
from samegoods.edges.readers import (
    OpencvReader,
    RapidocrReader,
    Reader,
    Speller,
    TesseractReader,
    ZxingReader,
    all_readers,
    ready,
)
from samegoods.errors import MissingPart
from samegoods.geometry import coverage
from samegoods.records import ReaderState

READERS = [ZxingReader, OpencvReader, RapidocrReader, TesseractReader]
CODE = "4006209700068"


def line(words: str = "MADE IN KOREA") -> np.ndarray:
    picture = sheet(420, 56)
    write(picture, words, 12, 8)
    return filmed(picture, noise=1.5)


@pytest.fixture(params=READERS, ids=lambda kind: kind.__name__, scope="module")
def reader(request: pytest.FixtureRequest) -> Reader:
    made: Reader = request.param()
    if not made.state().available:
        pytest.skip(f"{made.name} is not installed: {made.state().detail}")
    return made


def something(reader: Reader) -> np.ndarray:
    return label()[0] if reader.name in ("zxing", "opencv") else line()


def test_all_readers_are_under_contract():
    assert [type(one) for one in all_readers()] == READERS


def test_its_state_names_it_and_its_version(reader: Reader):
    assert reader.state().name == reader.name
    assert any(letter.isdigit() for letter in reader.state().detail)


def test_it_reads_what_is_there(reader: Reader):
    texts = {seen.text.replace(" ", "") for seen in reader.read(something(reader))}
    assert texts & {CODE, "MADEINKOREA"}


def test_grey_and_colour_are_the_same_to_it(reader: Reader):
    colour = something(reader)
    grey = cv2.cvtColor(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    assert [s.text for s in reader.read(grey)] == [s.text for s in reader.read(grey[..., 0])]


def test_the_same_picture_gives_the_same(reader: Reader):
    picture = something(reader)
    first, second = reader.read(picture), reader.read(picture)
    assert [(s.text, s.score, s.quad.tolist()) for s in first] == [(s.text, s.score, s.quad.tolist()) for s in second]


def test_it_leaves_the_picture_as_it_was(reader: Reader):
    picture = something(reader)
    before = picture.copy()
    picture.flags.writeable = False
    reader.read(picture)
    assert np.array_equal(picture, before)


@pytest.mark.parametrize("size", [(1, 1), (1, 100), (100, 1), (7, 7), (39, 41), (200, 300)])
@pytest.mark.parametrize("grey", [0, 255])
def test_nothing_gives_nothing(reader: Reader, size: tuple[int, int], grey: int):
    assert [seen.text for seen in reader.read(np.full(size, grey, np.uint8)) if seen.text] == []


def test_scores_are_shares_and_quads_lie_in_the_picture(reader: Reader):
    picture = something(reader)
    for seen in reader.read(picture):
        assert 0 <= seen.score <= 1
        assert seen.quad.shape == (4, 2)
        assert (seen.quad > -20).all()
        assert (seen.quad < max(picture.shape) + 20).all()


@pytest.mark.parametrize("kind", [ZxingReader, OpencvReader])
@pytest.mark.parametrize("turns", range(4))
def test_a_code_lies_where_its_bars_do(kind: type[Reader], turns: int):
    picture, quad = label()
    size = picture.shape[1], picture.shape[0]
    for _ in range(turns):  # a quarter counter-clockwise: (x, y) goes to (y, width - 1 - x)
        quad = np.stack([quad[:, 1], size[0] - 1 - quad[:, 0]], axis=1)
        size = size[::-1]
    (seen,) = [one for one in kind().read(np.rot90(picture, turns)) if one.text]
    assert (seen.format, seen.text) == ("ean_13", CODE)
    assert np.linalg.norm(seen.quad.mean(axis=0) - quad.mean(axis=0)) < 15
    assert coverage(cv2.convexHull(seen.quad).reshape(-1, 2), cv2.convexHull(quad).reshape(-1, 2)) > 0.8
    if kind is ZxingReader:  # which knows where the code begins
        assert np.abs(seen.quad[0] - quad[0]).max() < 15


def test_zxing_reads_a_qr_code_and_spells_upc_e_as_it_is_printed():
    import zxingcpp

    for kind, text, format in (("QRCode", "국산 ABC", "qr_code"), ("UPCE", "04965802", "upc_e")):
        drawn = np.array(zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=4))
        picture = sheet()
        put(picture, np.repeat(drawn[..., None], 3, axis=2), 100, 100)
        (seen,) = ZxingReader().read(picture)
        assert (seen.format, seen.text) == (format, text)


def test_rapidocr_finds_lines_and_turns_those_on_their_heads():
    reader = RapidocrReader()
    if not reader.state().available:
        pytest.skip(f"rapidocr is not installed: {reader.state().detail}")
    picture = sheet()
    picture[100:156, 100:520] = line()
    picture[300:356, 100:520] = line("BEST BEFORE 2026")[::-1, ::-1]
    lines = sorted(reader.read(picture), key=lambda seen: seen.quad[0, 1])
    assert [seen.text.replace(" ", "") for seen in lines] == ["MADEINKOREA", "BESTBEFORE2026"]
    assert lines[0].quad[0, 0] < lines[0].quad[1, 0]
    assert lines[1].quad[0, 0] > lines[1].quad[1, 0]  # its top left is at the right


def test_tesseract_reads_cyrillic():
    reader = TesseractReader()
    if not reader.state().available:
        pytest.skip(f"tesseract is not installed: {reader.state().detail}")
    if "rus" not in reader.state().detail.split("without")[0]:
        pytest.skip("tesseract has no Russian here")
    (seen,) = reader.read(line("Молоко сухое"))
    assert seen.text == "Молоко сухое"


@pytest.mark.parametrize("kind", [RapidocrReader, TesseractReader])
def test_a_reader_that_is_not_there_says_what_to_install(kind: type[Reader], monkeypatch: pytest.MonkeyPatch):
    from samegoods.edges.readers import rapidocr, tesseract

    def nowhere(name: str) -> str:
        raise rapidocr.PackageNotFoundError(name)

    monkeypatch.setattr(rapidocr, "version", nowhere)
    monkeypatch.setattr(tesseract.shutil, "which", lambda _: None)
    made = kind()
    assert not made.state().available
    assert "install" in made.state().detail
    with pytest.raises(MissingPart, match="install"):
        made.read(line())


def test_a_reader_of_text_spells_lines_that_were_found_before(reader: Reader):
    if not isinstance(reader, Speller):
        pytest.skip("reads codes")
    narrow, blank = np.full((60, 4, 3), 255, np.uint8), np.full((40, 300, 3), 255, np.uint8)
    told = reader.spell([line(), narrow, line("PURE COCOA"), blank])
    assert [seen.text.replace(" ", "") for seen in told] == ["MADEINKOREA", "", "PURECOCOA", ""]
    assert [round(seen.score, 1) > 0 for seen in told] == [True, False, True, False]
    assert reader.spell([]) == []


def test_lines_are_found_without_being_spelled():
    there = ready()
    if there.find is None:
        pytest.skip("RapidOCR is not installed: samegoods[read]")
    (quad,) = there.find(line())
    assert quad.shape == (4, 2)
    assert list(there.find(np.full((1, 1, 3), 255, np.uint8))) == []


def test_readers_that_are_not_there_are_named():
    class Missing(TesseractReader):
        def state(self) -> ReaderState:
            return ReaderState("tesseract", False, "not installed")

    there = ready([ZxingReader(), Missing()])
    assert (list(there.read), dict(there.spell), there.lacking, there.find) == (["zxing"], {}, ("tesseract",), None)
