"""What was read, held against the pixels: neither is believed alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pairs import crop_of
from samegoods.records import Comparison, Item, Label, LineRead, Reference
from samegoods.render.design import Design, draw
from samegoods.render.photo import Pose, photograph
from samegoods.render.stock import DESIGNS
from samegoods.stages.compare import compare
from samegoods.stages.fuse import fuse
from samegoods.vision.comparison.wording import contents_of, said

DESIGN = DESIGNS["ondaluna"]
WEIGHT = DESIGN.box("weight")
BRAND = DESIGN.box("brand")


def quad(box: tuple[float, float, float, float]) -> np.ndarray:
    x, y, w, h = box
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32)


def line(due: str, text: str, box=WEIGHT, *, score: float = 0.98, declared: bool = False, asked: int = 1) -> LineRead:
    return LineRead("p/export/front", "front", due, text, quad(box), score, 1, asked, "latin", declared)


def outcome(sold: Design, *lines: LineRead, height: float = 420) -> Comparison:
    face = draw(DESIGN)
    known = Reference("p/export/front", "p", "export", "front", face, np.ones(face.shape[:2], bool))
    made = [
        crop_of(photograph(draw(sold), pose=Pose(height, 6, 90 * n, 2), seed=n, noise=1.5), known, n) for n in (1, 2)
    ]
    item = Item("i", "src", "p", tuple(c.sighting for c in made), tuple(made))
    by_id = {known.id: known}
    return compare(fuse(item, by_id), by_id, label=Label(lines))


LIGHTER = replace(DESIGN, weight="270 g e")


def test_another_weight_is_told_in_its_words_on_both_axes():
    found = outcome(LIGHTER, line("300 g e", "270 g e", declared=True))
    assert found.packaging.call == found.quality.call == found.contents == "different"
    (text,) = [d for d in found.packaging.differences if d.kind == "text"]
    (declared,) = [d for d in found.quality.differences if d.kind == "declared"]
    assert "“270” instead of “300”" in text.detail
    assert "“270” instead of “300”" in declared.detail
    assert [one.outcome for one in found.label.lines] == ["changed"]
    assert text.letters == 3


def test_a_slip_of_the_reader_on_the_same_print_is_not_believed():
    found = outcome(DESIGN, line("300 g e", "308 g e", declared=True))
    assert found.packaging.call == "same", found.packaging.reason
    assert found.contents == "cannot_tell"
    assert [one.outcome for one in found.label.lines] == ["unread"]


def test_a_line_that_reads_as_due_is_counted_as_read():
    found = outcome(DESIGN, line("300 g e", "300ge", declared=True), line("ONDALUNA", "ONDALUNA", BRAND))
    assert found.packaging.call == "same"
    assert found.contents == "same"
    assert "2 of 2 lines of text were read and say the same" in found.packaging.reason


def test_a_line_that_is_gone_is_named():
    found = outcome(replace(DESIGN, drop=frozenset({"weight"})), line("300 g e", "", declared=True, score=0.0))
    assert any("“300 g e” is missing" in d.detail for d in found.packaging.differences)
    assert found.contents == "different"


def test_swapping_sides_swaps_missing_and_added():
    gone = line("300 g e", "")
    come = line("", "300 g e")
    assert said(replace(gone, outcome="missing")) == "“300 g e” is missing"
    assert said(replace(come, outcome="added")) == "“300 g e” was added"


@pytest.mark.parametrize(
    ("due", "text", "words"),
    [
        ("Aurivit Forte", "Aurivit Plus", "“Plus” instead of “Forte”"),
        ("no sugar added", "sugar added", "“no” is missing from “no sugar added”"),
        ("whole milk", "whole milk powder", "“powder” was added to “whole milk”"),
        ("sugar", "сахар", "“сахар” instead of “sugar”, in Cyrillic letters, not Latin"),
        ("sugar", "설탕", "“설탕” instead of “sugar”, in Korean letters, not Latin"),
    ],
)
def test_what_is_said_of_a_changed_line(due: str, text: str, words: str):
    assert said(replace(line(due, text), outcome="changed")) == words


@pytest.mark.parametrize(
    ("outcomes", "call"),
    [
        ([], "cannot_tell"),
        ([("same", False)], "cannot_tell"),
        ([("same", True)], "same"),
        ([("same", True), ("unread", True)], "cannot_tell"),
        ([("same", True), ("changed", True)], "different"),
        ([("missing", True)], "different"),
        ([("changed", False)], "cannot_tell"),
    ],
)
def test_contents_are_the_same_only_where_all_that_is_declared_was_read(outcomes, call):
    lines = [replace(line("a", "a", declared=declared), outcome=one) for one, declared in outcomes]
    assert contents_of(lines) == call
