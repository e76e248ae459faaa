"""Version or condition: packs of one case held against each other, on tables of tiny cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.records import (
    UNLISTED,
    AxisName,
    Difference,
    DifferenceKind,
    Inspected,
    Judgement,
    Others,
    Verdict,
    worse,
)
from samegoods.stages.settle import settle, settled

BOTH: tuple[AxisName, ...] = ("packaging", "quality")
SEEN = Inspected("front", 0.95, 6, 4.0, "")
DOUBTED = replace(SEEN, doubt="too small")
BACK_UNSEEN = Inspected("back", 0.0, 0, 0.0, "not seen")
HERE, THERE, ACROSS = (10, 10, 60, 60), (100, 100, 160, 160), (50, 10, 100, 60)


def differs(
    box: tuple[int, int, int, int] = HERE,
    *,
    kind: DifferenceKind = "graphic",
    score: float = 5.0,
    size: float = 0.05,
    shows_through: bool = False,
    reference: str = "tea/export/front",
) -> Difference:
    x0, y0, x1, y1 = box
    region = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
    return Difference(
        kind,
        reference,
        "front",
        region,
        size,
        20.0,
        0.95,
        "the drawing is another",
        "left",
        None,
        score,
        shows_through,
    )


def pack(
    name: str,
    *found: Difference,
    face: Inspected = SEEN,
    nearest: str | None = "export",
    product: str = "tea",
    in_scope: bool = True,
) -> Judgement:
    if found:
        sure = any(one.score >= 1.3 for one in found)
        packaging = Verdict("different" if sure else "cannot_tell", "found", found, faces=(face,))
        version = UNLISTED if sure else None
    else:
        packaging = Verdict("cannot_tell" if face.doubt else "same", "alike", faces=(face,))
        version = nearest
    quality = Verdict("same", "inks in register")
    call = worse(packaging.call, quality.call) if in_scope else None
    return Judgement(
        name, f"s-{name}", "here", product, version, 6, (), packaging, quality, in_scope, "rule", call, nearest=nearest
    )


def sound(number: int, **more: object) -> list[Judgement]:
    return [pack(f"sound-{k}", **more) for k in range(number)]  # type: ignore[arg-type]


def first(packs: list[Judgement], *requires: AxisName) -> Judgement:
    return settle(packs, requires=requires or BOTH)[0]


def said(judged: Judgement) -> tuple[str, list[str], str, list[str], str | None, str | None]:
    packaging, quality = judged.packaging, judged.quality
    return (
        packaging.call,
        [one.kind for one in packaging.differences],
        quality.call,
        [one.kind for one in quality.differences],
        judged.version,
        judged.call,
    )


CONDITION = ("same", [], "different", ["damage"], "export", "different")
AS_IT_WAS = ("different", ["graphic"], "same", [], UNLISTED, "different")


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], AS_IT_WAS),
        (sound(4), AS_IT_WAS),
        (sound(5), CONDITION),
        ([*sound(5), pack("too", differs())], AS_IT_WAS),
        ([*sound(20), pack("too", differs())], AS_IT_WAS),
        ([*sound(5), pack("elsewhere", differs(THERE))], CONDITION),
        ([*sound(5), pack("other kind", differs(kind="colour"))], CONDITION),
        ([*sound(4), pack("other kind", differs(kind="colour"))], AS_IT_WAS),  # neither shows it nor is clear there
        ([*sound(4), pack("elsewhere", differs(THERE))], CONDITION),
        (sound(5, face=DOUBTED), AS_IT_WAS),
        (sound(5, face=replace(SEEN, patch_delta_e=60.0)), AS_IT_WAS),  # it would not have shown on those
        (sound(5, nearest="domestic"), AS_IT_WAS),
        (sound(5, nearest=None), CONDITION),
        (sound(5, in_scope=False), AS_IT_WAS),
        ([*sound(5), pack("before", differs(), in_scope=False)], AS_IT_WAS),
        (sound(5, product="coffee"), AS_IT_WAS),
        ([*sound(5), pack("other product", differs(), product="coffee")], CONDITION),
        ([*sound(4), pack("other picture", differs(reference="tea/export/front#2"))], AS_IT_WAS),
    ],
)  # fmt: skip
def test_what_one_pack_alone_shows_is_its_condition(others: list[Judgement], expected: tuple[object, ...]):
    assert said(first([pack("x", differs()), *others])) == expected


@pytest.mark.parametrize(("others", "expected"), [(1, AS_IT_WAS), (2, CONDITION)])
def test_where_the_print_shows_through_two_others_are_enough(others: int, expected: tuple[object, ...]):
    assert said(first([pack("x", differs(shows_through=True)), *sound(others)])) == expected


def test_the_reason_says_how_many_packs_it_rests_on():
    settled = first([pack("x", differs()), *sound(5)])
    assert "only on this pack: 1 of 6 of this version" in settled.quality.reason
    assert settled.quality.reason.endswith("inks in register")
    assert settled.packaging.reason.startswith("apart from this pack's condition, nothing differs beyond noise")


def test_a_difference_says_what_the_other_packs_show():
    settled = settle([pack("x", differs()), pack("y", differs()), *sound(3)], requires=BOTH)
    assert [one.others for one in settled[0].packaging.differences] == [Others(1, 3)]


def test_a_faint_difference_stays_where_it_is():
    faint = pack("x", differs(score=1.1))
    assert said(first([faint, *sound(9)])) == said(faint)


def test_what_else_differs_stays_with_the_packaging():
    settled = first([pack("x", differs(), differs(THERE)), pack("y", differs(THERE)), *sound(6)])
    assert said(settled) == ("different", ["graphic"], "different", ["damage"], UNLISTED, "different")
    assert "the drawing is another" in settled.packaging.reason


def test_with_only_faint_differences_left_the_packaging_cannot_be_told():
    settled = first([pack("x", differs(), differs(THERE, score=1.1)), *sound(6)])
    assert said(settled) == ("cannot_tell", ["graphic"], "different", ["damage"], None, "different")


def test_a_damaged_pack_of_another_version_is_of_that_version():
    of_it = [pack(f"d{k}", differs(THERE), nearest="domestic") for k in range(5)]
    settled = first([pack("x", differs(), differs(THERE), nearest="domestic"), *of_it])
    assert (settled.version, settled.packaging.call, len(settled.packaging.differences)) == (
        "domestic",
        "different",
        1,
    )


@pytest.mark.parametrize(
    ("face", "size", "call"),
    [(SEEN, 0.05, "same"), (SEEN, 0.3, "cannot_tell"), (DOUBTED, 0.05, "cannot_tell")],
)
def test_what_lies_under_the_damage_or_was_not_seen_well_is_not_called_the_same(
    face: Inspected, size: float, call: str
):
    settled = first([pack("x", differs(size=size), face=face), *sound(6)])
    assert [one.kind for one in settled.quality.differences] == ["damage"]
    assert settled.packaging.call == call
    assert settled.version == ("export" if call == "same" else None)


def test_faces_that_were_not_seen_are_named():
    packaging = replace(pack("x", differs()).packaging, faces=(SEEN, BACK_UNSEEN))
    settled = first([replace(pack("x", differs()), packaging=packaging), *sound(6)])
    assert settled.packaging.reason.endswith("not seen: back")


def test_what_became_a_condition_still_hides_its_place_from_the_others():
    """Else a pack would be without another's difference there, once its own had moved to the quality."""
    stain = pack("x", differs(kind="colour", shows_through=True))
    once = settle([stain, pack("y", differs()), *sound(4)], requires=BOTH)
    assert [said(one)[3] for one in once[:2]] == [["damage"], []]
    assert [said(one)[3] for one in settle(once, requires=BOTH)[:2]] == [["damage"], []]


def test_the_call_is_made_anew_on_what_the_order_requires():
    packs = [pack("x", differs()), *sound(5)]
    assert [first(packs, *axes).call for axes in (("packaging",), ("quality",), BOTH)] == [
        "same",
        "different",
        "different",
    ]
    assert first([pack("x", differs(), in_scope=False), *sound(5, in_scope=False)]).call is None


@pytest.mark.parametrize(
    ("found", "appearance"),
    [((), "identical"), ((differs(size=0.05),), "different"), ((differs(size=0.01),), "similar")],
)
def test_the_appearance_follows(found: tuple[Difference, ...], appearance: str):
    assert first([pack("x", *found)]).appearance == appearance


def test_the_appearance_of_a_damaged_pack_is_that_of_its_version():
    assert first([pack("x", differs()), *sound(5)]).appearance == "identical"


# Any mix of packs: places that overlap or do not, kinds, versions, how well they are seen.
differences = st.builds(
    differs,
    st.sampled_from([HERE, THERE, ACROSS]),
    kind=st.sampled_from(["graphic", "mark", "colour", "text"]),
    score=st.sampled_from([1.1, 1.5, 6.0]),
    size=st.sampled_from([0.01, 0.05, 0.3]),
    shows_through=st.booleans(),
)
packs_of_any_sort = st.lists(
    st.tuples(
        st.lists(differences, max_size=2),
        st.sampled_from([SEEN, SEEN, DOUBTED, replace(SEEN, seen=0.76), replace(SEEN, patch_delta_e=12.0)]),
        st.sampled_from(["export", "export", "domestic", None]),
        st.sampled_from(["tea", "tea", "coffee"]),
        st.sampled_from([True, True, False]),
    ),
    max_size=9,
)
Drawn = list[tuple[list[Difference], Inspected, str | None, str, bool]]


def made(drawn: Drawn) -> list[Judgement]:
    return [
        pack(f"i{k}", *found, face=face, nearest=nearest, product=product, in_scope=in_scope)
        for k, (found, face, nearest, product, in_scope) in enumerate(drawn)
    ]


def outcome(judged: Judgement) -> object:
    told = [(one.kind, one.detail, one.others) for one in (*judged.packaging.differences, *judged.quality.differences)]
    return said(judged), told, judged.packaging.reason, judged.quality.reason, judged.appearance, judged.features


@given(packs_of_any_sort, st.randoms(use_true_random=False))
def test_the_order_of_packs_does_not_matter(drawn: Drawn, rng: object):
    packs = made(drawn)
    shuffled = list(packs)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    by_name = {one.item: outcome(one) for one in settle(shuffled, requires=BOTH)}
    assert {one.item: outcome(one) for one in settle(packs, requires=BOTH)} == by_name


@given(packs_of_any_sort)
def test_settling_twice_changes_nothing(drawn: Drawn):
    once = settle(made(drawn), requires=BOTH)
    assert list(map(outcome, settle(once, requires=BOTH))) == list(map(outcome, once))


@given(packs_of_any_sort, packs_of_any_sort)
def test_an_unrelated_product_changes_nothing(drawn: Drawn, more: Drawn):
    alone = settle(made(drawn), requires=BOTH)
    unrelated = [replace(one, product="rope", item=f"u-{one.item}") for one in made(more)]
    beside = settle([*made(drawn), *unrelated], requires=BOTH)
    assert list(map(outcome, beside[: len(alone)])) == list(map(outcome, alone))


@given(packs_of_any_sort, differences)
def test_what_every_pack_shows_is_never_its_condition(drawn: Drawn, everywhere: Difference):
    with_it = [([everywhere, *found], *rest) for found, *rest in drawn if found[:1] != [everywhere]]
    clear = [found for found, *_ in with_it]
    settled = settle(made(with_it), requires=BOTH)
    for judged, found in zip(settled, clear, strict=True):
        same_product = [one for one in settled if one.product == judged.product]
        if len(same_product) > 1:
            assert len(judged.packaging.differences) >= 1, found
            assert judged.packaging.differences[0].kind == everywhere.kind


@given(packs_of_any_sort)
def test_nothing_becomes_the_same_but_by_what_was_seen(drawn: Drawn):
    for before, after in zip(made(drawn), settle(made(drawn), requires=BOTH), strict=True):
        if after.packaging.call == "same" and before.packaging.call != "same":
            assert before.packaging.call == "different"
            assert any(one.kind == "damage" for one in after.quality.differences)
            assert any(not face.doubt for face in after.packaging.faces)


def test_of_many_packs_some_are_held_against_evenly(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("samegoods.vision.comparison.shown.MOST", 8)
    packs = [pack(f"p{k}", differs()) if k % 4 == 0 else pack(f"p{k}") for k in range(64)]
    for one in settle(packs, requires=BOTH):
        for found in one.packaging.differences:
            assert found.others is not None
            assert 0 < found.others.showing + found.others.without <= 8


def test_what_only_one_of_very_many_packs_shows_is_its_condition(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("samegoods.vision.comparison.shown.MOST", 16)
    packs = [*sound(100), pack("stained", differs())]
    assert said(settle(packs, requires=BOTH)[-1]) == CONDITION


def test_packs_one_at_a_time_are_settled_as_all_at_once():
    packs = [pack(f"p{k}", differs()) if k % 3 else pack(f"p{k}") for k in range(9)]
    asked = []

    def read() -> list[Judgement]:
        asked.append(1)
        return packs

    assert [said(one) for one in settled(read, requires=BOTH)] == [said(one) for one in settle(packs, requires=BOTH)]
    assert len(asked) == 2
