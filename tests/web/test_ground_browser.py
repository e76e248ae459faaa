"""The public form in a real browser, at the size of a phone: sent, queued without a network, taken back."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures

pytest.importorskip("fastapi", reason="the extra serve is not installed")
pytest.importorskip("limits", reason="the extra serve is not installed")

from fakes.browser import CHROMIUM, NAMES, PHONE, SETTLE_S
from fakes.form import SECRET_TAG, Form, Unbounded, form, jpeg
from fakes.ground import photo as seen_photo
from fakes.served import free_port, running
from samegoods.records.ground import GroundPhoto
from samegoods.wiring import ground as wired

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason=f"no browser is installed: none of {', '.join(NAMES)} is there"),
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # of the browser's own driver
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Form, str]]:
    port = free_port()
    with form(tmp_path_factory.mktemp("form"), throttle=Unbounded()) as one, running(one, port):
        yield one, f"http://127.0.0.1:{port}"


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The photos as they arrive, in place of looking at them; each shows a pack."""
    came: list[bytes] = []

    def look(_: wired.LookAt, content: bytes) -> GroundPhoto:
        came.append(content)
        return seen_photo(100 + len(content) % 1000)

    monkeypatch.setattr(wired.LookAt, "__call__", look)
    return came


class Telephone:
    """A tab of a telephone. What the browser complains of, or asks of another host, fails the test."""

    def __init__(self, browser: Any, home: str, **options: Any) -> None:
        self.home = home
        self.context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en", **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(1000 * SETTLE_S)
        self.wrong: list[str] = []
        self.page.on("console", lambda said: said.type == "error" and self.wrong.append(said.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda asked: asked.url.startswith((home, "blob:")) or self.wrong.append(asked.url))
        self.page.goto(home)

    def fill(self, remark: str, *photos: bytes) -> None:
        self.page.locator('[value="camellia-biscuits"]').check()
        self.page.locator('[name="version"][value="domestic"]').check()
        self.page.locator('[name="site"]').select_option("songsin")
        self.page.locator('[name="amount"]').fill("12,50")
        self.page.locator('[name="currency"]').fill("KRW")
        self.page.locator('[name="remark"]').fill(remark)
        files = [{"name": f"IMG_{n}.jpg", "mimeType": "image/jpeg", "buffer": one} for n, one in enumerate(photos)]
        if files:
            self.page.locator('[name="photos"]').set_input_files(files)
        self.page.get_by_role("button", name="Send").click()

    def states(self) -> list[str]:
        found = self.page.eval_on_selector_all("#queue li", "all => all.map(one => one.dataset.state)")
        return list(found)

    def until(self, states: list[str]) -> None:
        end = time.monotonic() + 3 * SETTLE_S
        while self.states() != states:
            assert time.monotonic() < end, self.states()
            self.page.wait_for_timeout(50)

    def close(self) -> None:
        self.context.close()
        assert self.wrong == []


def remarks(one: Form) -> list[str]:
    return [report.remark for report in one.store.reports()]


def large_photo() -> bytes:
    rows = np.linspace(0, 255, 3000, dtype=np.uint8)[:, None, None]
    return jpeg(np.broadcast_to(rows, (3000, 2000, 3)).copy())


def test_a_report_is_sent_with_a_photo_made_small_and_without_its_notes(
    browser: Any, served: tuple[Form, str], photos: list[bytes]
):
    one, home = served
    phone = Telephone(browser, home)
    content = large_photo()
    assert SECRET_TAG.encode() in content
    phone.fill("by script", content)
    phone.until(["sent"])
    (came,) = photos
    with Pictures.open(io.BytesIO(came)) as small:
        assert small.size == (1067, 1600)
        assert not small.getexif()
    assert SECRET_TAG.encode() not in came
    code = phone.page.locator("#queue .code").inner_text()
    assert "Photo kept" in phone.page.locator("#queue").inner_text()
    assert "by script" in remarks(one)
    kept = phone.page.evaluate(
        "() => new Promise((done) => { indexedDB.open('samegoods-ground').onsuccess = (event) =>"
        " event.target.result.transaction('reports').objectStore('reports').getAll().onsuccess ="
        " (found) => done(JSON.stringify(found.target.result)); })"
    )
    assert "by script" not in kept, "what was sent is not kept on the telephone"
    phone.page.get_by_role("button", name="See what became of it").click()
    phone.page.wait_for_url("**/receipt*")
    assert phone.page.locator("p.code").inner_text() == code
    assert "It waits to be looked at" in phone.page.inner_text("main")
    phone.page.get_by_role("button", name="Take it back").click()
    phone.page.wait_for_url("**/withdraw*")
    assert "It is deleted." in phone.page.inner_text("main")
    assert "by script" not in remarks(one)
    assert phone.context.cookies() == []
    phone.page.goto(home)
    phone.page.get_by_role("button", name="Remove from this device").click()
    phone.until([])
    phone.close()


def test_without_a_network_reports_wait_and_are_sent_by_themselves(
    browser: Any, served: tuple[Form, str], photos: list[bytes]
):
    one, home = served
    phone = Telephone(browser, home)
    phone.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    ready = "async () => { const kept = await caches.open('samegoods-form-1'); return !!(await kept.match('/')); }"
    end = time.monotonic() + SETTLE_S
    while not phone.page.evaluate(ready):
        assert time.monotonic() < end
        phone.page.wait_for_timeout(50)
    phone.context.set_offline(True)
    phone.fill("from the cellar", large_photo())
    phone.until(["waiting"])
    assert "Waits to be sent" in phone.page.locator("#queue").inner_text()
    phone.page.goto(home)  # the page itself is at hand, and what waits is still there
    phone.until(["waiting"])
    phone.fill("from the cellar, too")
    phone.until(["waiting", "waiting"])
    assert not [remark for remark in remarks(one) if "cellar" in remark]
    phone.context.set_offline(False)
    phone.until(["sent", "sent"])
    assert [remark for remark in remarks(one) if "cellar" in remark] == ["from the cellar", "from the cellar, too"]
    assert len(photos) == 1
    phone.wrong = [said for said in phone.wrong if "ERR_INTERNET_DISCONNECTED" not in said]
    phone.close()


def test_an_answer_that_is_lost_makes_no_second_report(browser: Any, served: tuple[Form, str]):
    one, home = served
    phone = Telephone(browser, home)
    lost: list[str] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()  # it arrives, and the answer does not
        route.abort()

    phone.page.route("**/reports*", lose)
    with phone.page.expect_event("requestfailed"):  # it waits before it was sent as well
        phone.fill("sent twice")
    phone.until(["waiting"])
    phone.page.evaluate("() => window.dispatchEvent(new Event('online'))")
    phone.until(["sent"])
    assert remarks(one).count("sent twice") == 1
    phone.wrong = [said for said in phone.wrong if "ERR_FAILED" not in said]
    phone.close()


def test_what_is_wrong_is_said_at_the_report(browser: Any, served: tuple[Form, str]):
    _, home = served
    phone = Telephone(browser, home)
    phone.page.evaluate("() => { document.querySelector('[value=domestic]').value = 'moon'; }")
    phone.page.locator('[value="camellia-biscuits"]').check()
    phone.page.locator('[value="moon"]').check()
    phone.page.locator('[name="site"]').select_option("songsin")
    phone.page.get_by_role("button", name="Send").click()
    phone.until(["refused"])
    assert "This product has no such version." in phone.page.locator("#queue").inner_text()
    phone.wrong = [said for said in phone.wrong if "422" not in said]
    phone.close()


def test_it_works_without_script(browser: Any, served: tuple[Form, str]):
    one, home = served
    phone = Telephone(browser, home, java_script_enabled=False)
    phone.fill("without script")
    phone.page.wait_for_url("**/reports*")
    assert "Sent. Thank you." in phone.page.inner_text("h1")
    assert "without script" in remarks(one)
    phone.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_telephone(
    browser: Any, served: tuple[Form, str], scheme: str
):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    _, home = served
    phone = Telephone(browser, home, color_scheme=scheme)
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = {}
    for path in ("/", "/?lang=ko", "/receipt", "/nothing"):
        phone.page.goto(home + path)
        wide = phone.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
        for one in axe.run(phone.page, options=rules).response["violations"]:
            found[path, one["id"]] = [node["html"][:200] for node in one["nodes"]][:3]
    assert found == {}
    phone.wrong = [said for said in phone.wrong if "404" not in said]
    phone.close()
