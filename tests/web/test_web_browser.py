"""The review page in a real browser: whole reviews by keys alone, at the size of a desk and of a phone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes import served as fakes
from fakes.accounts import GOOD
from fakes.browser import CHROMIUM, DESK, NAMES, PHONE, SETTLE_S
from fakes.served import Served, free_port, running
from fakes.team import team
from samegoods import wiring
from samegoods.custody.walk import read_findings

pytest.importorskip("fastapi", reason="the extra serve is not installed")
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason=f"no browser is installed: none of {', '.join(NAMES)} is there"),
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # of the browser's own driver
]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Served]:
    port = free_port()
    with fakes.served(tmp_path, port=port) as one, running(one, port):
        yield one


class Tab:
    """A tab that has come in by the link. What the browser complains of, or asks of another host, fails the test."""

    def __init__(self, browser: Any, one: Served, size: dict[str, int] = DESK, **options: Any) -> None:
        self.context = browser.new_context(viewport=size, locale="en", **options)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.home = one.link.split("/enter")[0].rstrip("/")
        self.page.set_default_timeout(1000 * SETTLE_S)
        self.page.on("console", lambda said: said.type == "error" and self.wrong.append(said.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda asked: asked.url.startswith(self.home) or self.wrong.append(asked.url))
        self.page.goto(one.link)

    def go(self, path: str) -> None:
        self.page.goto(self.home + path)
        self.page.wait_for_load_state("networkidle")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def press_on(self, key: str) -> None:
        """Press a key that leads to another page, and wait for it."""
        before = self.page.url
        self.press(key)
        self.until("before => location.href !== before", before)
        self.until("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")

    def until(self, true: str, value: object = None) -> None:
        """Wait for it; the driver's own way of waiting is refused by the page's content policy."""
        end = time.monotonic() + SETTLE_S
        while not self.page.evaluate(true, value):
            assert time.monotonic() < end, true
            self.page.wait_for_timeout(20)

    def close(self) -> None:
        self.context.close()
        assert self.wrong == []


def boxes(tab: Tab) -> list[str]:
    found = tab.page.eval_on_selector_all(".pane svg", "all => all.map(one => one.getAttribute('viewBox'))")
    return list(found)


@SIZES
def test_a_whole_review_by_keys_alone(browser: Any, tmp_path: Path, size: dict[str, int]):
    port = free_port()
    with fakes.served(tmp_path, port=port, publishes=True) as one, running(one, port):
        tab = Tab(browser, one, size)
        tab.go("/review")
        keys = ["a", "s", "d", "c", "n"]
        pressed = 0
        while "No pack waits" not in tab.page.inner_text("h1"):
            if pressed == 1:  # look closely, write a remark, and think again about the pack before
                tab.press("2", "]", "4", "[", "3", "1", "f", "+", "ArrowRight", "o", "o", "0")
                tab.press("r")
                tab.page.keyboard.type("a remark with keys: a s d c n u")
                tab.press("Escape")
                tab.press_on("d")
                tab.press_on("u")
            tab.press_on(keys[pressed % len(keys)])
            pressed += 1
            assert pressed < 40
        tab.close()
        case = one.case
        reviews = [review for seq in range(1, 40) for review in one.desk.reviews(seq)]
    remarks = [review.remark for review in sorted(reviews, key=lambda one: one.n) if review.remark]
    assert remarks == ["a remark with keys: a s d c n u"]
    items = read_findings((case / "findings.json").read_bytes()).items
    assert sum(item.review is not None for item in items) == pressed == sum(item.in_scope for item in items)
    told = {(item.review.decision, item.review.call) for item in items if item.review}
    assert told == {
        ("agree", None),
        ("correct", "same"),
        ("correct", "different"),
        ("cannot_tell", None),
        ("not_product", None),
    }
    assert wiring.verify(case).state == "holds"


@SIZES
def test_zoom_is_one_for_both_and_stays_from_pack_to_pack(browser: Any, page: Served, size: dict[str, int]):
    tab = Tab(browser, page, size)
    tab.go("/review")
    whole = boxes(tab)
    tab.press("+", "+", "ArrowRight")
    near = boxes(tab)
    assert near[0] == near[1] != whole[0]
    tab.press_on("j")
    assert boxes(tab) == near
    tab.press("0")
    assert boxes(tab) == whole
    tab.press("f")
    assert boxes(tab)[0] != whole[0]
    tab.close()


def test_every_way_of_showing_is_on_a_key(browser: Any, page: Served):
    tab = Tab(browser, page)
    tab.go(f"/packs/{page.seq('s-gate-1.mp4-i0')}")
    viewer = tab.page.locator("#viewer")
    for key, mode in (("2", "swipe"), ("3", "blink"), ("4", "onion"), ("5", "heat"), ("1", "side")):
        tab.press(key)
        assert viewer.get_attribute("data-mode") == mode
        assert tab.page.locator(f'[data-mode-of="{mode}"]').get_attribute("aria-pressed") == "true"
        assert tab.page.locator(".pane.first").is_visible() == (mode == "side")
    tab.press("2", "]", "]")
    cut = float(tab.page.locator("#cut rect").get_attribute("x"))
    assert cut == pytest.approx(0.6 * float(viewer.get_attribute("data-width")))
    tab.press("3")
    tab.until("() => document.querySelector('#viewer').classList.contains('blinked')")
    tab.press("1")
    assert tab.page.locator(".second .marks").is_visible()
    tab.press("o")
    assert not tab.page.locator(".second .marks").is_visible()
    tab.wrong = [one for one in tab.wrong if "404" not in one]  # drawn packs are too small for a heat map
    tab.close()


def test_keys_can_be_changed_and_stay_so(browser: Any, page: Served):
    tab = Tab(browser, page)
    tab.go("/review")
    tab.press("?")
    assert tab.page.locator("#keys").is_visible()
    tab.page.locator('[data-rebind="agree"]').click()
    tab.press("s")
    assert "taken" in tab.page.locator("[data-key-status]").inner_text()
    tab.page.locator('[data-rebind="agree"]').click()
    tab.press("y")
    tab.press("?")
    assert not tab.page.locator("#keys").is_visible()
    tab.go("/review")
    tab.press("a")
    tab.press_on("y")
    assert [one.decision for seq in range(1, 40) for one in page.desk.reviews(seq)] == ["agree"]
    tab.close()


def test_what_is_in_sight_can_be_marked_as_the_place(browser: Any, page: Served):
    seq = page.seq("s-gate-1.mp4-i1")
    tab = Tab(browser, page)
    tab.go(f"/packs/{seq}?queue=1")
    tab.press("+", "+", "+", "m")
    box = [float(v) for v in boxes(tab)[0].split()]
    tab.page.locator('[name="kind"]').select_option("print")
    before = tab.page.url
    tab.page.get_by_role("button", name="Keep this correction").click()
    tab.until("before => location.href !== before", before)
    (kept,) = page.desk.reviews(seq)
    assert (kept.kind, kept.reference) == ("print", "camellia-biscuits/export/front")
    assert kept.region[0] == pytest.approx(box[:2], abs=0.06)
    assert kept.region[2] == pytest.approx((box[0] + box[2], box[1] + box[3]), abs=0.06)
    tab.close()


def test_many_are_decided_on_once_each_was_in_sight(browser: Any, page: Served):
    tab = Tab(browser, page, PHONE)
    tab.go("/many")
    agree = tab.page.locator('[data-many][value="agree"]')
    assert agree.is_disabled()
    for card in tab.page.locator(".card").all():
        card.scroll_into_view_if_needed()
        tab.page.wait_for_timeout(550)
    tab.until("() => !document.querySelector('[data-many]').disabled")
    number = tab.page.locator(".card").count()
    agree.click()
    tab.until("() => !document.querySelector('[data-seen]:checked')")
    assert sum(len(page.desk.reviews(seq)) for seq in range(1, 40)) == number
    tab.close()


def test_it_works_without_script(browser: Any, page: Served):
    tab = Tab(browser, page, java_script_enabled=False)
    tab.go("/review")
    seq = int(tab.page.url.split("/packs/")[1].split("?")[0])
    assert tab.page.locator(".pane image.upper").is_visible()
    tab.page.locator('[name="remark"]').fill("no script")
    tab.page.locator('button[value="different"]').click()
    tab.page.wait_for_load_state()
    (kept,) = page.desk.reviews(seq)
    assert (kept.call, kept.remark) == ("different", "no script")
    tab.close()


PATHS = (
    "/",
    "/review",
    "/packs",
    "/many",
    "/sources",
    "/log",
    "/agreement",
    "/numbers",
    "/settings",
    "/products/camellia-biscuits",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk-light", "phone-dark"])
def test_axe_finds_nothing_against_wcag_and_no_page_is_wider_than_its_window(
    browser: Any, page: Served, size: dict[str, int], theme: str
):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    tab = Tab(browser, page, size, color_scheme=theme)
    found = {}
    for path in PATHS:
        tab.go(path)
        assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        for one in axe.run(tab.page, options=RULES).response["violations"]:
            found[path, one["id"]] = [node["html"][:200] for node in one["nodes"]][:3]
    tab.press("?")
    for one in axe.run(tab.page, options=RULES).response["violations"]:
        found["keys", one["id"]] = [node["html"][:200] for node in one["nodes"]][:3]
    assert found == {}
    tab.close()


def test_a_blind_reviewers_browser_gets_nothing_that_tells(browser: Any, tmp_path: Path):
    port = free_port()
    with fakes.served(tmp_path, port=port, blind=True) as one, running(one, port):
        tab = Tab(browser, one)
        got: list[str] = []
        tab.page.on(
            "response", lambda answer: "html" in answer.headers.get("content-type", "") and got.append(answer.text())
        )
        tab.go(f"/packs/{one.seq('s-gate-1.mp4-i0')}")
        assert "Picture A" in tab.page.inner_text("main")
        assert all("the red seal" not in text for text in got)
        tab.press("d")
        tab.page.wait_for_selector("text=the red seal at the lower right is missing")
        tab.close()


def test_an_administrator_signs_in_and_lets_somebody_else_in(browser: Any, tmp_path: Path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    port = free_port()
    with team(tmp_path, port=port) as one, running(one.served, port):
        tab = Tab(browser, one.served, PHONE)

        def sound(place: str) -> None:
            found = axe.run(tab.page, options=RULES).response["violations"]
            assert {broken["id"]: broken["nodes"][0]["html"] for broken in found} == {}, place
            for size in (DESK, PHONE):
                tab.page.set_viewport_size(size)
                assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, place

        def send(name: str, **fields: str) -> None:
            for label, text in fields.items():
                tab.page.get_by_label(label, exact=False).last.fill(text)
            tab.page.get_by_role("button", name=name).last.click()
            tab.page.wait_for_load_state("networkidle")

        sound("login")
        send("Sign in", Name="ana", Password="not the right one")
        assert "do not fit" in tab.page.locator("[role=alert]").inner_text()
        sound("login refused")
        tab.wrong.clear()  # the browser tells of the 401
        send("Sign in", Name="ana", Password=GOOD)
        for _ in range(5):
            one.book.check("Vic", "a wrong password")
        tab.go("/accounts")
        assert "Vic is locked after 5 failed attempts" in tab.page.inner_text("main")
        tab.page.locator("details.more summary").first.click()
        sound("accounts")
        send("Make the account", Name="Cy Lee", Password=GOOD)
        tab.until("() => document.querySelector('main').innerText.includes('Cy Lee')")
        assert one.book.get("cy lee").role == "reviewer"
        tab.go("/settings")
        sound("settings")
        tab.page.get_by_role("button", name="Show these keys").click()
        assert tab.page.locator("#keys").is_visible()
        tab.press("?")
        one.book.set_password("Ana", GOOD)  # elsewhere: this session has ended
        tab.page.get_by_role("link", name="Packs").click()
        tab.page.wait_for_url("**/login?next=%2Fpacks")
        send("Sign in", Name="Ana", Password=GOOD)
        assert tab.page.url.endswith("/packs")
        tab.wrong.clear()  # the browser tells of the 401
        tab.page.locator(".menu summary").click()
        tab.page.get_by_role("button", name="Leave").click()
        tab.page.wait_for_url("**/login")
        tab.close()
