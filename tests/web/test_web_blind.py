"""Blind review: what tells the answer does not leave the server; and how far two reviewers agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from fakes import served as fakes
from fakes.served import Served, post
from samegoods import wiring
from samegoods.edges.web.agreeing import agreement
from samegoods.edges.web.showing import marked, slots
from samegoods.edges.web.visitors import Session

DIFFERS, SAME = "s-gate-1.mp4-i0", "s-gate-1.mp4-i1"


@pytest.fixture
def blind(tmp_path: Path) -> Iterator[Served]:
    with fakes.served(tmp_path, blind=True, second=1.0) as one:
        yield one


def as_reviewer(one: Served, name: str, *, blind: bool = True) -> object:
    door = one.app.state.door
    client = one.client(enter=False)
    client.cookies.set(door.cookie, door.sessions.begin(Session(name, "reviewer", "en", blind=blind)))
    return client


def bare(text: str) -> str:
    """The page without what it says to everybody: its keys, its filters and the buttons of the form."""
    text = re.sub(
        r"<dialog.*?</dialog>|<form.*?</form>|<select.*?</select>|<head>.*?</head>|<footer>.*?</footer>",
        "",
        text,
        flags=re.DOTALL,
    )
    return text


TELLS = ("the red seal", "gold band", "different", "domestic", "export", "cannot tell", "97 %", "confidence")


@pytest.mark.parametrize("item", [DIFFERS, SAME, "s-gate-1.mp4-i2"])
def test_a_pack_tells_nothing_before_it_is_decided_on(blind: Served, item: str):
    client, seq = blind.client(), blind.seq(item)
    page, told = client.get(f"/packs/{seq}").text, client.get(f"/api/packs/{seq}").json()
    for word in TELLS:
        assert word not in bare(page), word
        assert word not in json.dumps(told), word
    assert "Picture A" in page
    assert told["item"] is None
    assert (told["differences"], told["words"], told["reviews"]) == ([], [], [])
    for view in told["views"]:
        assert view["heat"] is None
        assert view["reference_id"] is None
        assert re.fullmatch(rf"/pictures/blind/{seq}/\d+/[ab]\.webp\?v=\w+", view["reference"])
        assert client.get(view["reference"]).status_code == client.get(view["picture"]).status_code == 200


def test_no_other_way_leads_to_the_answer(blind: Served):
    client, seq = blind.client(), blind.seq(DIFFERS)
    for path in (
        "/products/camellia-biscuits",
        "/log",
        "/agreement",
        "/numbers",
        "/pictures/shares.svg",
        "/api/statistics",
        "/many",
        "/packs?call=different",
        f"/pictures/packs/{seq}/0.webp",
        f"/pictures/packs/{seq}/0/heat.webp",
        "/pictures/references/1.webp",
        "/api/findings",
        "/api/products/camellia-biscuits",
        "/api/log",
        "/api/agreement",
        "/api/packs?call=same",
    ):
        assert client.get(path).status_code == 403, path
    assert client.get("/").headers["location"] == "/review"
    many = {"packs": str(seq), f"seen-{seq}": "yes", "decision": "agree"}
    assert post(client, "/many", **many).status_code == 403
    for line in client.get("/api/packs").json()["packs"]:
        assert {line[name] for name in ("call", "packaging", "quality", "version", "confidence", "decision")} == {None}
    assert "different" not in bare(client.get("/packs").text)


def test_the_order_and_the_numbers_tell_nothing(blind: Served):
    """Numbers are drawn by lot, from the ids alone; the order of the list and of the queue is that of the numbers."""
    client = blind.client()
    numbers = [one["seq"] for one in client.get("/api/packs").json()["packs"]]
    assert numbers == sorted(numbers)
    calls = [blind.desk.line(seq).call for seq in numbers]
    assert calls != sorted(calls, key=["different", "cannot_tell", "same"].index)
    first = client.get("/api/next").json()["seq"]
    assert client.get("/api/next", params={"after": first}).json()["seq"] > first


def test_which_picture_is_first_is_drawn_for_each_pack():
    drawn = {slots(seq, "Ana") for seq in range(50)}
    assert drawn == {("a", "b"), ("b", "a")}


def test_the_two_pictures_are_the_reference_and_the_pack(blind: Served):
    client, seq = blind.client(), blind.seq(DIFFERS)
    hidden = client.get(f"/api/packs/{seq}").json()["views"][0]
    shown = {client.get(hidden[name]).content for name in ("reference", "picture")}
    post(client, f"/packs/{seq}/decide", decision="different")
    open_now = client.get(f"/api/packs/{seq}").json()["views"][0]
    as_viewer = as_reviewer(blind, "Zoe", blind=False)
    assert {as_viewer.get(open_now[name]).content for name in ("reference", "picture")} == shown


def test_once_decided_the_answer_is_shown_and_the_decision_says_it_was_blind(blind: Served):
    client, seq = blind.client(), blind.seq(DIFFERS)
    assert post(client, f"/packs/{seq}/decide", decision="agree").status_code == 409
    api = blind.client(enter=False, Authorization=f"Bearer {blind.token}")
    assert api.post(f"/api/packs/{seq}/decisions", json={"decision": "agree"}).status_code == 409
    answer = post(client, f"/packs/{seq}/decide", decision="different")
    assert answer.headers["location"].startswith(f"/packs/{seq}?")
    assert "the red seal at the lower right is missing" in client.get(answer.headers["location"]).text
    assert post(client, f"/packs/{seq}/decide", decision="agree").status_code == 303
    assert [one.blind for one in blind.desk.reviews(seq)] == [True, False]
    post(client, "/undo")
    post(client, "/undo")
    assert "the red seal" in client.get(f"/packs/{seq}").text, "who has seen it cannot unsee it"
    other = as_reviewer(blind, "Ben")
    assert "the red seal" not in other.get(f"/packs/{seq}").text
    assert wiring.verify(blind.case).state == "holds"


def test_whoever_serves_a_case_blind_decides_that_alone(blind: Served, tmp_path: Path):
    client = blind.client()
    assert post(client, "/settings", blind="no").status_code == 403
    assert client.get("/api/session").json()["blind"] is True
    (tmp_path / "other").mkdir()
    with fakes.served(tmp_path / "other") as free:
        mine = free.client()
        assert post(mine, "/settings", blind="yes").status_code == 303
        assert mine.get("/log").status_code == 403
        assert post(mine, "/settings", blind="no").status_code == 303
        assert mine.get("/log").status_code == 200


# Two reviewers.


def test_a_share_waits_for_two_reviewers_and_the_rest_for_one(tmp_path: Path):
    with fakes.served(tmp_path, second=0.5) as one:
        door = {name: as_reviewer(one, name, blind=False) for name in ("Ana", "Ben", "Cai")}
        everything = door["Ana"].get("/api/case").json()["waiting"]
        while (seq := door["Ana"].get("/api/next").json()["seq"]) is not None:
            post(door["Ana"], f"/packs/{seq}/decide", decision="agree")
        left = door["Ben"].get("/api/case").json()["waiting"]
        assert 0 < left < everything
        while (seq := door["Ben"].get("/api/next").json()["seq"]) is not None:
            post(door["Ben"], f"/packs/{seq}/decide", decision="agree")
        assert door["Cai"].get("/api/case").json()["waiting"] == 0
        found = door["Cai"].get("/api/agreement").json()
        assert (found["packs"], found["between"][0]["alike"], found["apart"]) == (left, left, [])


def test_the_agreement_of_two_stands_on_its_page(tmp_path: Path):
    with fakes.served(tmp_path, second=1.0) as one:
        first, second = as_reviewer(one, "Ana", blind=False), as_reviewer(one, "Ben", blind=False)
        assert "No pack has decisions of two reviewers yet" in first.get("/agreement").text
        for n, seq in enumerate([one.seq(DIFFERS), one.seq(SAME), one.seq("s-gate-1.mp4-i3")]):
            post(first, f"/packs/{seq}/decide", decision="agree")
            post(second, f"/packs/{seq}/decide", decision="same" if n == 0 else "agree")
        text = first.get("/agreement").text
        assert "Cohen's kappa" in text
        assert f'href="/packs/{one.seq(DIFFERS)}"' in text


def test_cohens_own_example():
    """Two raters, 100 cases: 25 and 35 alike, 15 and 25 apart; kappa as reckoned by hand."""
    pairs = [("x", "x")] * 25 + [("y", "y")] * 35 + [("x", "y")] * 15 + [("y", "x")] * 25
    labels = [(who, n, pair[i]) for n, pair in enumerate(pairs) for i, who in enumerate(("Ana", "Ben"))]
    (between,) = agreement(labels).between
    by_chance = 0.4 * 0.5 + 0.6 * 0.5
    assert between.kappa == pytest.approx((0.6 - by_chance) / (1 - by_chance))
    assert (between.packs, between.alike) == (100, 60)


def test_krippendorffs_own_example():
    """Three coders, fifteen units, with gaps, for names without an order: 0.691 (K. Krippendorff, 2011)."""
    table = {
        "A": "*, *, *, *, *, 3, 4, 1, 2, 1, 1, 3, 3, *, 3",
        "B": "1, *, 2, 1, 3, 3, 4, 3, *, *, *, *, *, *, *",
        "C": "*, *, 2, 1, 3, 4, 4, *, 2, 1, 1, 3, 3, *, 4",
    }
    said = [
        (who, n, v.strip()) for who, row in table.items() for n, v in enumerate(row.split(",")) if v.strip() != "*"
    ]
    several = {n for n in range(15) if sum(m == n for _, m, _ in said) > 1}
    alpha = agreement([one for one in said if one[1] in several]).alpha
    assert alpha == pytest.approx(0.691, abs=0.001)


def test_where_all_say_one_thing_nothing_is_claimed():
    found = agreement([("Ana", 1, "same"), ("Ben", 1, "same")])
    assert (found.alpha, found.between[0].kappa, found.between[0].alike) == (None, None, 1)


WORDS = st.lists(st.text(alphabet="abc", min_size=1, max_size=3), max_size=6).map(" ".join)


@given(due=WORDS, read=WORDS)
def test_marked_words_are_those_of_the_two_lines(due: str, read: str):
    left, right = marked(due, read)
    assert " ".join(piece for piece, _ in left) == due
    assert " ".join(piece for piece, _ in right) == read
    assert [piece for piece, off in left if not off] == [piece for piece, off in right if not off]
    assert (due == read) == (not any(off for _, off in (*left, *right)))
