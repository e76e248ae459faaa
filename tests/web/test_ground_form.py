"""The public form: what it takes, what it refuses, and what is left of who sent it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="the extra serve is not installed")
pytest.importorskip("limits", reason="the extra serve is not installed")

from fakes import custody as fakes
from fakes.form import ADDRESS, SECRET_TAG, Form, Unbounded, filled, form, jpeg
from fakes.ground import photo as seen_photo
from samegoods import wiring
from samegoods.answers import HEADERS
from samegoods.edges.ground.posted import BODY_BYTES, Wrong, amount_of
from samegoods.edges.ground.receipts import LETTERS, grouped, hashed, new_code, read_code
from samegoods.edges.ground.routes import routes
from samegoods.edges.ground.throttle import OF_ALL, OF_ONE, Throttle, network
from samegoods.records.ground import GroundPhoto
from samegoods.vision.reading.contacts import is_contact, without_contacts
from samegoods.wiring import ground as wired
from samegoods.wiring import moderating, publishing
from samegoods.wiring.custody import NO_SEAL
from samegoods.wiring.publishing import republish

CODE = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}")
MARKET = np.full((120, 160, 3), 90, np.uint8)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fakes.finished_case(tmp_path_factory.mktemp("form"), sources=2)


@pytest.fixture
def page(finished: Path, tmp_path: Path) -> Iterator[Form]:
    case = shutil.copytree(finished, tmp_path / "case")
    with form(tmp_path, case=case, throttle=Unbounded()) as made:
        yield made


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[GroundPhoto]:
    """What is seen on the photos that come, in their order, in place of looking at them."""
    answers: list[GroundPhoto] = []
    monkeypatch.setattr(wired.LookAt, "__call__", lambda self, content: answers.pop(0))
    return answers


@pytest.fixture
def plain_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results without the real report and the real audit, which take seconds."""
    for where in (publishing, moderating):
        monkeypatch.setattr(where, "put_report", lambda store: store.put("report.html", "<p>anew</p>"))
    monkeypatch.setattr(publishing, "put_audit", lambda store: None)


def everything(case: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in sorted(case.rglob("*")) if file.is_file())


# Sending.


def test_a_report_is_taken_and_its_code_shown_once(page: Form):
    answer = page.sent()
    told = answer.json()
    assert answer.status_code == 201
    assert CODE.fullmatch(told["receipt"])
    (kept,) = page.store.reports()
    assert (kept.product, kept.version, kept.site) == ("camellia-biscuits", "domestic", "songsin")
    assert (kept.amount, kept.currency, kept.remark) == ("12.50", "KRW", "the seal is missing")
    assert page.store.told.ground.of_receipt(hashed(told["receipt"])) == 1
    assert told["receipt"].encode() not in everything(page.case)
    assert wiring.verify(page.case).state == "holds"


def test_without_script_the_page_tells_the_same(page: Form):
    code = re.search(r'name="code" value="([^"]+)"', page.client().get("/").text)[1]
    answer = page.sent(script=False, code=code)
    assert answer.status_code == 201
    assert code in answer.text
    assert "Sent. Thank you." in answer.text


def test_what_is_sent_twice_is_counted_once(page: Form):
    code = new_code()
    first, again = page.sent(code=code).json(), page.sent(code=code).json()
    assert (first["before"], again["before"]) == (False, True)
    assert first["receipt"] == again["receipt"] == code
    assert len(page.store.reports()) == 1


def test_another_report_with_the_code_of_one_before_is_not_lost(page: Form):
    code = new_code()
    page.sent(code=code)
    other = page.sent(code=code, remark="another stall").json()
    assert other["receipt"] != code
    assert len(page.store.reports()) == 2


BAD = [
    ({"product": "nothing"}, "Choose a product."),
    ({"product": ""}, "Choose a product."),
    ({"site": "elsewhere"}, "Choose where you saw it."),
    ({"version": "moon"}, "This product has no such version."),
    ({"day": "yesterday"}, "Say on which day you saw it."),
    ({"day": "2999-01-01"}, "That day is to come, or more than a year ago."),
    ({"day": (date.today() - timedelta(days=400)).isoformat()}, "That day is to come, or more than a year ago."),
    ({"amount": "cheap"}, "Write the price in figures, such as 12.50."),
    ({"amount": "12", "currency": ""}, "Say the currency of the price, such as EUR."),
    ({"amount": "12", "currency": "won!"}, "Say the currency of the price, such as EUR."),
    ({"remark": "x" * 501}, "The remark is too long."),
]


@pytest.mark.parametrize(("fields", "said"), BAD, ids=[said for _, said in BAD])
def test_what_is_wrong_is_said_and_nothing_is_kept(page: Form, fields: dict[str, str], said: str):
    script, plain = page.sent(**fields), page.sent(script=False, **fields)
    assert (script.status_code, script.json()) == (422, {"error": said})
    assert plain.status_code == 422
    assert said in plain.text
    assert 'value="12,50"' in plain.text or "amount" in fields, "what was typed stays"
    assert page.store.reports() == ()


def test_what_cannot_be_told_may_be_left_out(page: Form):
    assert page.sent(version="", amount="", currency="", remark="").status_code == 201
    (kept,) = page.store.reports()
    assert (kept.version, kept.amount, kept.currency, kept.remark) == (None, None, None, "")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("12", "12"), ("12,5", "12.5"), ("12.50", "12.50"), ("12,500", "12500"), ("1 234 567", "1234567"), ("", None)],
)
def test_prices_as_people_write_them(typed: str, amount: str | None):
    assert amount_of(typed) == amount


@pytest.mark.parametrize("typed", ["1e9", "-3", "12.345.6", "½", "٣", "1" * 13, ".", "12,", "0x1"])
def test_what_is_no_price(typed: str):
    with pytest.raises(Wrong):
        amount_of(typed)


# Who sent it is nowhere.


def test_nothing_of_the_sender_is_in_the_case(page: Form, seen: list[GroundPhoto]):
    seen += [seen_photo(3), GroundPhoto("no_goods")]
    agent = "Telephone of somebody in particular"
    client = page.client(**{"User-Agent": agent, "X-Forwarded-For": "203.0.113.77", "Accept": "application/json"})
    content = jpeg(MARKET)
    files = [("photos", ("holiday of Kim.jpg", content, "image/jpeg"))] * 2
    assert client.post("/reports", data=filled(), files=files).json()["photos"] == ["kept", "no_goods"]
    page.moderated.moderate(1, "accept", by="Ana", reason="")
    republish(page.store, NO_SEAL)
    held = everything(page.case)
    for trace in (agent, "203.0.113.77", "testclient", "holiday", "Kim", SECRET_TAG, "2026:07:18", "Exif"):
        assert trace.encode() not in held, trace
    assert b"the seal is missing" in held, "and what was said is found this way"


def test_photos_touch_no_disk_before_the_wall(page: Form, seen: list[GroundPhoto], monkeypatch: pytest.MonkeyPatch):
    seen += [GroundPhoto("no_goods")] * 3

    def on_disk(*_: object) -> None:
        raise AssertionError("a photo was written to the disk")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", on_disk)
    large = bytes(7_900_000)
    assert page.sent(large, large, large).json()["photos"] == ["no_goods"] * 3


def test_no_answer_sets_a_cookie_and_all_have_the_headers(page: Form):
    page.sent()
    client = page.client()
    for path in ("/", "/receipt", "/nothing", "/worker.js", "/pictures/0.webp", "/pictures/99.webp", "/favicon.ico"):
        answer = client.get(path)
        assert "set-cookie" not in answer.headers, path
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path


def test_the_form_leads_to_nothing_of_the_review_page(page: Form):
    for path in (
        "/packs",
        "/review",
        "/ground",
        "/api/case",
        "/api/ground",
        "/openapi.json",
        "/enter?token=x",
        "/log",
    ):
        assert page.client().get(path).status_code == 404, path
    allowed = {(route.path, *sorted(route.methods)) for route in routes.routes}
    assert allowed == {
        ("/", "GET"),
        ("/reports", "POST"),
        ("/receipt", "GET"),
        ("/receipt", "POST"),
        ("/withdraw", "POST"),
        ("/pictures/{n}.webp", "GET"),
        ("/static/{stamp}/{name}", "GET"),
        ("/worker.js", "GET"),
        ("/favicon.ico", "GET"),
    }


# Photos.


def test_each_photo_says_what_became_of_it(page: Form, seen: list[GroundPhoto]):
    seen += [seen_photo(5), GroundPhoto("no_goods"), GroundPhoto("unreadable")]
    answer = page.sent(b"a", b"b", b"c", script=False)
    for said in (
        "Photo kept: only the packs cut out of it, all else is gone.",
        "Photo not kept: no product of the campaign was found in it.",
        "Photo not kept: it could not be read.",
    ):
        assert said in answer.text
    (kept,) = page.store.reports()
    assert [one.outcome for one in kept.photos] == ["kept", "no_goods", "unreadable"]
    assert all((page.case / path).is_file() for path in kept.pictures)
    assert len(kept.pictures) == 1


def test_a_photo_of_no_goods_leaves_nothing(page: Form):
    """Through the wall itself: a picture without any product of the campaign."""
    before = set(page.case.rglob("*.png"))
    assert page.sent(jpeg(MARKET)).json()["photos"] == ["no_goods"]
    assert set(page.case.rglob("*.png")) == before


def test_what_is_no_picture_is_not_read(page: Form):
    assert page.sent(b"<svg onload=alert(1)>", b"\xff\xd8\xff" + bytes(50)).json()["photos"] == ["unreadable"] * 2


def test_without_the_finders_no_photo_is_looked_at(page: Form, monkeypatch: pytest.MonkeyPatch):
    from samegoods.edges import finders
    from samegoods.errors import MissingPart

    def missing(_: object) -> None:
        raise MissingPart("the wall's finders are not installed")

    monkeypatch.setattr(finders, "search_of", missing)
    wired._means.cache_clear()
    before = set(page.case.rglob("*.png"))
    assert page.sent(jpeg(MARKET)).json()["photos"] == ["no_wall"]
    assert set(page.case.rglob("*.png")) == before


# Limits.


def test_four_photos_or_one_too_large_are_refused(page: Form):
    assert page.sent(*[b"x"] * 4).status_code == 422
    assert page.sent(bytes(8_000_001)).json() == {"error": "A photo is too large."}
    assert page.store.reports() == ()


def test_a_body_that_is_too_long_is_refused_before_it_is_read(page: Form):
    headers = {"Content-Length": str(BODY_BYTES + 1), "Content-Type": "multipart/form-data; boundary=x"}
    assert page.client().post("/reports", headers=headers, content=b"x").status_code == 413


def test_a_form_of_another_site_is_refused(page: Form):
    sent = page.client(Origin="https://elsewhere.example").post("/reports", data=filled(), files=[])
    assert sent.status_code == 403
    assert page.client(Origin=ADDRESS).post("/receipt", data={"code": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["/reports", "/receipt", "/withdraw"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"--x\r\n", b"a" * 9000])
def test_what_is_no_form_is_no_error_of_ours(page: Form, path: str, content: bytes):
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ""):
        answer = page.client().post(path, content=content, headers={"Content-Type": kind})
        assert answer.status_code in (404, 422), (kind, answer.text)


def test_who_sends_too_often_waits_and_others_do_not():
    throttle = Throttle()
    most = OF_ONE["report"][0].amount
    assert [throttle.allows("203.0.113.9", "report") for _ in range(most + 1)] == [True] * most + [False]
    assert throttle.allows("203.0.113.10", "report")
    assert throttle.allows("203.0.113.9", "look")


def test_all_together_have_a_limit_too():
    throttle = Throttle()
    most = OF_ALL["report"][0].amount
    allowed = [throttle.allows(f"10.0.{n // 250}.{n % 250}", "report") for n in range(most + 5)]
    assert allowed.count(True) == most


def test_the_salt_is_thrown_away_every_day():
    day = date(2026, 7, 1)
    throttle = Throttle(lambda: day)
    salt, mine = throttle._salt, throttle._hashed("203.0.113.9")
    assert "203.0.113.9" not in repr(vars(throttle))
    day = date(2026, 7, 2)
    throttle.allows("203.0.113.9", "look")
    assert throttle._salt != salt
    assert throttle._hashed("203.0.113.9") != mine


@pytest.mark.parametrize(
    ("address", "known_as"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_one_line_is_one_sender(address: str | None, known_as: str):
    assert network(address) == known_as


def test_too_often_is_said_with_when_to_come_again(page: Form):
    page.app.state.throttle = Throttle()
    for _ in range(OF_ONE["report"][0].amount):
        assert page.sent().status_code == 201
    refused = page.sent()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")


def test_where_all_places_are_taken_a_script_comes_again(page: Form):
    while page.app.state.uploads.acquire(blocking=False):
        pass
    assert (page.sent().status_code, page.store.reports()) == (503, ())


# Remarks.


@pytest.mark.parametrize(
    ("remark", "kept"),
    [
        ("call 010-1234-5678 now", "call … now"),
        ("write to kim@example.org please", "write to …rg please"),
        ("seen on 2026-07-18, 12 packs", "seen on 2026-07-18, 12 packs"),
        ("first line\nTel 02 123 4567\nlast", "first line\nTel …\nlast"),
        ("EAN 4006381333931 on the box", "EAN 4006381333931 on the box"),
    ],
)
def test_how_to_reach_people_is_taken_out(page: Form, remark: str, kept: str):
    told = page.sent(remark=remark).json()
    (one,) = page.store.reports()
    assert one.withheld == told["withheld"] == (remark != kept)
    assert is_contact(one.remark) is False
    if "@" not in remark:
        assert one.remark == kept


@given(st.text(st.sampled_from("0123456789 -+().@abc\n전화 tel:"), max_size=80))
def test_nothing_is_left_that_tells_how_to_reach_somebody(text: str):
    left = without_contacts(text)
    assert not any(is_contact(line) for line in left.splitlines())
    assert without_contacts(left) == left
    assert left.count("\n") == text.count("\n")


# The receipt.


def looked(page: Form, code: str, path: str = "/receipt") -> Any:
    return page.client().post(path, data={"code": code})


def test_the_receipt_tells_what_became_of_it(page: Form):
    code = page.sent().json()["receipt"]
    assert "It waits to be looked at by a person." in looked(page, code).text
    page.moderated.moderate(1, "reject", by="Ana", reason="an advertisement")
    told = looked(page, code.lower().replace("-", " ")).text
    assert "It was not taken in." in told
    assert "The reason: an advertisement" in told
    page.moderated.moderate(1, "accept", by="Ana", reason="")
    assert "It was taken in, and counts among the reports." in looked(page, code).text


@pytest.mark.parametrize("code", ["", "x", "0000-0000-0000-0000", "'; DROP TABLE ground; --"])
def test_a_receipt_of_nothing_tells_nothing(page: Form, code: str):
    page.sent()
    assert looked(page, code).status_code == looked(page, code, "/withdraw").status_code == 404
    assert len(page.store.reports()) == 1


def test_the_code_is_in_no_address(page: Form):
    assert page.client().get("/receipt").text.count('method="post"') == 1
    assert page.client().get("/receipt?code=0000-0000-0000-0000").text == page.client().get("/receipt").text


@pytest.mark.usefixtures("plain_results")
def test_who_sent_it_takes_it_back(page: Form, seen: list[GroundPhoto]):
    seen.append(seen_photo(7))
    code = page.sent(b"photo", remark="a very particular remark").json()["receipt"]
    page.moderated.moderate(1, "accept", by="Ana", reason="")
    republish(page.store, NO_SEAL)
    (picture,) = page.store.reports()[0].pictures
    assert b"a very particular remark" in everything(page.case)
    answer = looked(page, code, "/withdraw")
    assert "It is deleted." in answer.text
    assert "a very particular remark" not in answer.text
    page.settled()
    assert b"a very particular remark" not in everything(page.case)
    assert not (page.case / picture).exists()
    assert json.loads((page.case / "findings.json").read_text())["ground"] == []
    assert wiring.verify(page.case).state == "holds"
    assert "It is deleted." in looked(page, code, "/withdraw").text, "again changes nothing"
    assert page.sent(code=code).json()["receipt"] != code


@pytest.mark.usefixtures("plain_results")
def test_what_is_left_out_after_all_is_published_no_more(page: Form):
    page.sent(remark="a very particular remark")
    page.moderated.moderate(1, "accept", by="Ana", reason="")
    republish(page.store, NO_SEAL)
    page.moderated.moderate(1, "reject", by="Ben", reason="it names somebody")
    page.settled()
    assert b"a very particular remark" not in (page.case / "findings.json").read_bytes()
    assert wiring.verify(page.case).state == "holds"


@given(st.text(LETTERS, min_size=16, max_size=16))
def test_a_code_is_read_as_people_write_it(letters: str):
    code = grouped(letters)
    for typed in (code, code.lower(), letters, f" {code} ", code.replace("0", "o").replace("1", "l")):
        assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 16, "0" * 17, "ÄÄÄÄ-0000-0000-0000"])
def test_what_is_no_code(typed: str):
    assert read_code(typed) is None


def test_codes_are_not_alike():
    assert len({new_code() for _ in range(1000)}) == 1000


# The page.


def test_the_form_offers_the_campaign_with_pictures(page: Form):
    text = page.client().get("/").text
    assert text.count('name="product"') == 5
    assert "the version for sale at home" in text
    assert "Moran Market" in text
    picture = page.client().get(re.search(r'src="(/pictures/\d+\.webp)"', text)[1])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    assert 'name="name"' not in text


@pytest.mark.parametrize(("asked", "said"), [("/?lang=ko", "무엇이 팔리는"), ("/?lang=xx", "What did you see")])
def test_the_form_speaks_two_languages(page: Form, asked: str, said: str):
    assert said in page.client().get(asked).text


def test_what_strangers_write_is_escaped(page: Form):
    code = page.sent(remark="<script>alert(1)</script>").json()["receipt"]
    assert "<script>alert" not in looked(page, code).text
    plain = page.sent(script=False, remark="<script>alert(1)</script>", product="x")
    assert "<script>alert" not in plain.text


def test_many_at_once_are_all_kept(page: Form):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: page.sent(remark=str(n)).status_code, range(12)))
    assert answers.count(201) == len(page.store.reports()) == len([one for one in answers if one != 503])
    assert wiring.verify(page.case).state == "holds"


def test_the_clock_of_the_form_is_the_sites(page: Form):
    today = datetime.now(UTC).date()
    assert f'max="{today + timedelta(days=1)}"' in page.client().get("/").text
