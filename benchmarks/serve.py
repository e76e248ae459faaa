"""Is the review page quick on a case of 50 000 packs, with 100 people at it, and how much memory does it take?"""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

import samegoods
from pages import Result, Table, store
from samegoods import campaign as campaigns
from samegoods import wiring
from samegoods.edges.case import CaseStore
from samegoods.edges.keys import open_key
from samegoods.render.random_pack import random_pack
from samegoods.stages.count import count
from studies import make_study

ITEMS = 50_000
PER_SOURCE = 50
PHOTOS = 6
CLIENTS = 100
SECONDS = 60.0
THINKS_S = (3.0, 9.0)
"""How long a client looks at a pack before it goes on: about what somebody in a hurry takes."""
GOAL_MS = 200.0
OPENINGS = 40
SEED = 17


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for, how long the answer took, and whether it was one."""

    kind: str
    ms: float
    good: bool


def make_case(folder: Path) -> Path:
    """A case of real packs, checked, and then multiplied: each pack many times, under ids of its own."""
    genuine, other = random_pack(SEED), random_pack(SEED).copy()
    other[40:110, 40:150] = other[40:110, 40:150][..., ::-1]
    file = make_study(folder, genuine, [other, genuine], photos=PHOTOS)
    case = folder / "case"
    command = [sys.executable, "-m", "samegoods", "check", file, folder / "photos", "-o", case]
    words = [*map(str, command), "--captured-at", "2026-07-14T09:30", "-q", "--workers", "2"]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    multiply(case, ITEMS)
    published(case, campaigns.load(file))
    return case


def multiply(case: Path, items: int) -> None:
    """Repeat the rows of a case's sources until it has so many items; its log is begun anew."""
    with closing(sqlite3.connect(case / "case.db")) as db, db:
        db.row_factory = sqlite3.Row
        old = [dict(row) for row in db.execute("SELECT items.* FROM items ORDER BY source, rank")]
        crops = [dict(row) for row in db.execute("SELECT * FROM crops")]
        sources = {row["id"]: dict(row) for row in db.execute("SELECT * FROM sources")}
        for table in ("custody", "crops", "items", "sightings", "sources"):
            db.execute(f"DELETE FROM {table}")
        for number in range(items // PER_SOURCE):
            source = f"s{number:05}"
            first = sources[old[number % len(old)]["source"]]
            insert(db, "sources", first | {"id": source, "path": f"{source}.png", "done_key": source})
            for rank in range(PER_SOURCE):
                item = old[(number + rank) % len(old)]
                ident = f"{source}-i{rank}"
                insert(db, "items", item | {"source": source, "id": ident, "rank": rank, "sightings": "[]"})
                for crop in crops:
                    if (crop["source"], crop["item"]) == (item["source"], item["id"]):
                        insert(db, "crops", crop | {"source": source, "item": ident})
    for name in ("custody.jsonl", "custody.pub"):
        (case / name).unlink()


def insert(db: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def published(case: Path, study: campaigns.Campaign) -> None:
    with CaseStore.open(case, campaign=study, software=samegoods.__version__, signer=open_key(None)) as opened:
        items = tuple(opened.judgements())
        sites = [one.id for one in study.sites]
        opened.publish(count(items, order=study.order, products=study.products, sites=sites), items)
        for name in ("report.html", "audit.json"):
            opened.put(name, (case / name).read_text(encoding="utf-8"))
        opened.conclude()


@contextmanager
def served(case: Path) -> Iterator[tuple[str, int, float]]:
    """The link of a server in a process of its own, its number, and the seconds until it was there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begin = time.perf_counter()
    words = [sys.executable, "-m", "samegoods", "serve", str(case), "--port", str(port), "--second", "0.1", "-q"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        link = process.stdout.readline().strip() if process.stdout else ""
        yield link, process.pid, time.perf_counter() - begin
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(600)


def memory_mb(pid: int, what: str = "VmHWM") -> float:
    """The most memory that a process has taken, or (``VmRSS``) what it takes now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


async def asked(client: httpx.AsyncClient, kind: str, answers: list[Answer], path: str, **form: Any) -> httpx.Response:
    begin = time.perf_counter()
    answer = await (client.post(path, data=form) if form else client.get(path))
    took = (time.perf_counter() - begin) * 1000
    answers.append(Answer(kind, took, answer.status_code in (200, 303)))
    return answer


async def visitor(link: str, seed: int, answers: list[Answer], until: float) -> None:
    """Somebody who reviews: opens a pack with its pictures, now and then decides or looks through the lists."""
    chance = random.Random(seed)
    async with httpx.AsyncClient(base_url=link.split("/enter")[0], timeout=60) as client:
        await client.get(link)
        csrf = (await client.get("/api/session")).json()["csrf"]
        await asyncio.sleep(chance.uniform(0, THINKS_S[1]))
        there: set[str] = set()
        while time.monotonic() < until:
            seq = chance.randrange(1, ITEMS + 1)
            page = await asked(client, "a pack", answers, f"/packs/{seq}?queue=1")
            for name in [one for one in pictures_in(page.text) if one not in there]:
                there.add(name)  # as a browser keeps it
                await asked(client, "a picture", answers, name)
            await asyncio.sleep(chance.uniform(*THINKS_S))
            what = chance.random()
            if what < 0.4:
                await asked(client, "a decision", answers, f"/packs/{seq}/decide", csrf=csrf, decision="agree")
            elif what < 0.6:
                await asked(client, "a list", answers, f"/packs?page={chance.randrange(1, 900)}")
            elif what < 0.7:
                await asked(client, "the overview", answers, "/")


def pictures_in(text: str) -> list[str]:
    """The addresses of the two large pictures of a pack's page."""
    found = re.findall(r'<image [^>]*?(?<!data-)href="([^"]+)"', text)
    return list(dict.fromkeys(found))[:2]


async def crowd(link: str) -> list[Answer]:
    answers: list[Answer] = []
    until = time.monotonic() + SECONDS
    await asyncio.gather(*(visitor(link, SEED + n, answers, until) for n in range(CLIENTS)))
    return answers


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many of them do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def answers_table(answers: Sequence[Answer]) -> Table:
    """How long answers took, by what was asked for."""
    kinds = [*dict.fromkeys(one.kind for one in answers), "all"]
    rows = []
    for kind in kinds:
        some = [one for one in answers if kind in (one.kind, "all")]
        times = [one.ms for one in some]
        quick = sum(one.ms < GOAL_MS for one in some) / len(some)
        cells = [f"{quantile(times, share):.0f} ms" for share in (0.5, 0.95, 0.99)]
        rows.append((kind, str(len(some)), f"{quick:.1%}", *cells, str(sum(not one.good for one in some))))
    waits = f"each looking {THINKS_S[0]:.0f} to {THINKS_S[1]:.0f} s at a pack"
    text = f"{CLIENTS} clients on loopback for {SECONDS:.0f} s, {waits}."
    return Table(
        text, ("asked for", "answers", f"under {GOAL_MS:.0f} ms", "median", "95 %", "99 %", "failed"), tuple(rows)
    )


OPENING = """key => new Promise(done => {
  const begin = performance.now();
  document.addEventListener("htmx:afterSettle", async () => {
    const shown = [...document.querySelectorAll(".first image, .second image.upper")];
    const there = href => { const one = new Image(); one.src = href; return one.decode(); };
    await Promise.all(shown.map(one => there(one.getAttribute("href"))));
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begin)));
  }, { once: true });
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
})"""


def openings(link: str, key: str) -> list[float]:
    """Milliseconds from a key to the next pack with its pictures on the screen, in a real browser; none without."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = driver.chromium.launch(executable_path=chromium, args=words)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(link)
        page.goto(link.split("/enter")[0] + "/review")
        page.wait_for_load_state("networkidle")
        times = []
        for _ in range(OPENINGS):
            page.wait_for_timeout(600)  # what a person takes at the least; the next pictures are fetched meanwhile
            times.append(float(page.evaluate(OPENING, key)))
        browser.close()
    return times


def openings_table(found: dict[str, list[float]]) -> Table:
    rows = [
        (name, str(len(times)), *(f"{quantile(times, share):.0f} ms" for share in (0.5, 0.95)), f"{max(times):.0f} ms")
        for name, times in found.items()
        if times
    ]
    text = "From the key to the next pack with both pictures on the screen, in Chromium, nobody else at the server."
    return Table(text, ("after", "times", "median", "95 %", "longest"), tuple(rows))


def measure(folder: Path) -> Result:
    os.environ["XDG_CONFIG_HOME"] = str(folder / "settings")
    case = make_case(folder)
    with served(case) as (link, pid, ready_s):
        before = memory_mb(pid)
        now = memory_mb(pid, "VmRSS")
        found = {"a decision": openings(link, "d"), "going on": openings(link, "j")}
        answers = asyncio.run(crowd(link))
        most = memory_mb(pid)
    decided = sum(one.kind == "a decision" and one.good for one in answers) + len(found["a decision"])
    proof = wiring.verify(case)
    size_mb = (case / "findings.json").stat().st_size / 1e6
    return Result(
        name="serve",
        title="The review page",
        question=f"Is the review page quick on a case of {ITEMS} packs, and how much memory does it take?",
        tables=(answers_table(answers), openings_table(found)),
        notes=(
            f"The server was there after {ready_s:.0f} s, most of it for replaying the log and indexing the findings "
            f"({size_mb:.0f} MB). It took {before:.0f} MB at the most until then, {now:.0f} MB once it was there, and "
            f"{most:.0f} MB at the most with everybody at it.",
            f"{decided} decisions were taken, and {proof.counts.get('decisions', 0)} are in the case, which verify "
            f"calls `{proof.state}`. The packs are a few real ones, repeated under ids of their own; clients, browser "
            "and server share the machine.",
        ),
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as place:
        print(store(measure(Path(place))))
