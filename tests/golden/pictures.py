"""Takes the pictures of the review page that docs/review.md shows, of a case that is not changed by it.

    python tests/golden/pictures.py demo/case

The case is copied, two people decide on some of its packs, and each view is taken in Chromium. Look at them before
they are committed.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
SETTLE_MS = 900


@dataclass(frozen=True, slots=True)
class View:
    """A picture: of which page, after which keys, at which size; ``whole`` takes what can be scrolled to, too."""

    name: str
    path: str
    keys: tuple[str, ...] = ()
    size: tuple[tuple[str, int], ...] = tuple(DESK.items())
    whole: bool = False


VIEWS = (
    View("review-overview", "/"),
    View("review-pack", "/review?call=different"),
    View("review-swipe", "/review?call=different", ("2",)),
    View("review-onion", "/review?call=different", ("4",)),
    View("review-heat", "/review?call=different", ("5",)),
    View("review-zoom", "/review?call=different", ("f",)),
    View("review-packs", "/packs"),
    View("review-many", "/many?call=same"),
    View("review-sources", "/sources"),
    View("review-log", "/log"),
    View("review-agreement", "/agreement"),
    View("review-numbers", "/numbers", whole=True),
    View("review-keys", "/review", ("?",)),
    View("review-product", "/products/veltro-tracksuit"),
    View("review-phone", "/review?call=different", size=tuple(PHONE.items()), whole=True),
)
BLIND = View("review-blind", "/review")
SIGNING_IN = View("review-login", "/login")
TEAM = (View("review-settings", "/settings"), View("review-accounts", "/accounts", whole=True))
REPORTS = (View("review-ground", "/ground"), View("review-report", "/ground/1"))
FORM = View("ground-form", "/", size=tuple(PHONE.items()), whole=True)
ALL = (*VIEWS, BLIND, SIGNING_IN, *TEAM, *REPORTS, FORM)
FORM_ADDRESS = "http://127.0.0.1:8718"
PASSWORD = "a password of these pictures"


@contextmanager
def served(case: Path, *words: str) -> Iterator[str]:
    """The link that opens a case."""
    command = [sys.executable, "-m", "samegoods", "serve", str(case), "-q", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(120)


def decide(browser: Any, case: Path, name: str, keys: str) -> None:
    """Somebody decides on the packs that come first."""
    with served(case, "--reviewer", name, "--second", "1") as link:
        page = browser.new_page()
        page.goto(link)
        page.goto(link.split("/enter")[0] + "/review?call=different")
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(SETTLE_MS)
        page.close()


def take(browser: Any, link: str, view: View, *, name: str = "") -> None:
    """Take a picture, come in by the link; or by the name of an account, where there is one."""
    context = browser.new_context(viewport=dict(view.size), locale="en", color_scheme="light")
    page = context.new_page()
    page.goto(link)
    if name:
        page.fill('[name="name"]', name)
        page.fill('[name="password"]', PASSWORD)
        page.click("main button")
        page.wait_for_load_state("networkidle")
    page.goto("/".join(link.split("/")[:3]) + view.path)
    page.wait_for_load_state("networkidle")
    for key in view.keys:
        page.keyboard.press(key)
        page.wait_for_timeout(SETTLE_MS)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLE_MS * (4 if "5" in view.keys else 1))  # a heat map is made when it is asked for
    page.screenshot(path=FOLDER / f"{view.name}.jpg", type="jpeg", quality=80, full_page=view.whole)
    context.close()


def report(browser: Any, photo: Path) -> None:
    """Somebody on the spot reports two packs, one with a photo; the form is taken as it was filled in."""
    page = browser.new_page(viewport=PHONE, locale="en", color_scheme="light")
    told = (
        ("merlune-chocolate", "domestic", "The seal is missing on all bars of this stall."),
        ("karavel-tobacco", "", "Sold singly, from an open tin."),
    )
    for number, (product, version, remark) in enumerate(told):
        page.goto(FORM_ADDRESS)
        page.check(f'[name="product"][value="{product}"]')
        page.check(f'[name="version"][value="{version}"]')
        page.select_option('[name="site"]', "station")
        page.fill('[name="day"]', page.get_attribute('[name="day"]', "max"))
        page.fill('[name="remark"]', remark)
        if version:
            page.set_input_files('[name="photos"]', photo)
            page.evaluate("for (const one of document.images) one.loading = 'eager'")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=FOLDER / f"{FORM.name}.jpg", type="jpeg", quality=80, full_page=True)
        page.click("button.main")
        page.locator("#queue .code").nth(number).wait_for(timeout=120_000)
    page.close()


def make_accounts(file: Path) -> Path:
    for name, role in (("Ana", "administrator"), ("Ben", "reviewer"), ("Office", "viewer")):
        words = ["account", "add", name, "--role", role, "--stdin", "--accounts-file", str(file)]
        subprocess.run([sys.executable, "-m", "samegoods", *words], input=PASSWORD, text=True, check=True)
    return file


def main(case: Path) -> None:
    from playwright.sync_api import sync_playwright

    browser_file = next(filter(None, map(shutil.which, BROWSERS)))
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        own = Path(place) / "case"
        shutil.copytree(case, own)
        browser = driver.chromium.launch(executable_path=browser_file, args=QUIET)
        decide(browser, own, "Ana", "aaaaca")
        decide(browser, own, "Ben", "aasaca")
        with served(own, "--reviewer", "Ana") as link:
            for view in VIEWS:
                take(browser, link, view)
        with served(own, "--reviewer", "Ana", "--reports") as link:
            report(browser, next((case.parent / "footage").glob("*.jpg")))
            for view in REPORTS:
                take(browser, link, view)
        with served(own, "--reviewer", "Cho", "--blind") as link:
            take(browser, link, BLIND)
        book = make_accounts(Path(place) / "accounts.db")
        with served(own, "--accounts", "--accounts-file", str(book)) as link:
            take(browser, link, SIGNING_IN)
            for view in TEAM:
                take(browser, link, view, name="Ana")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
