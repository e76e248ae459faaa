"""Codes, prices and text of real pictures, against zxing-cpp alone in the same run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from code_truth import AS_PRINTED, Pictured, is_right, pictures
from observations import DATA
from pages import Result, Table, store
from samegoods.edges.media.picture import read_picture
from samegoods.edges.readers import all_readers, ready
from samegoods.records import Image, Price, ReaderName
from samegoods.stages.read import read
from samegoods.vision.reading.check_digits import is_valid, one_spelling
from samegoods.vision.reading.codes import read_codes
from samegoods.vision.reading.seen import Read, Readers
from scorers import Share, share
from shelf_tags import TAGS

REACH_PX = 45
"""How far from a tag's digits the centre of a price may lie and still be that tag's."""

Codes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """One picture with codes or surely without: what was told by either, and how long it took."""

    picture: Pictured
    alone: Codes
    ours: Codes
    alone_s: float
    ours_s: float

    def right(self, told: Codes) -> bool:
        return any(is_right(format, text, self.picture.content) for format, text in told)  # type: ignore[arg-type]

    def wrong(self, told: Codes) -> list[str]:
        return [text for format, text in told if not is_right(format, text, self.picture.content)]  # type: ignore[arg-type]


def zxing_alone(grey: Image, readers: Mapping[ReaderName, Read]) -> Codes:
    """One call on the picture as it is, with right check digits: what one would do without this project."""
    told = [one_spelling(seen.format, seen.text) for seen in readers["zxing"](grey) if seen.format]
    return tuple((format, text) for format, text in told if is_valid(format, text))


def ours(grey: Image, readers: Mapping[ReaderName, Read]) -> Codes:
    codes = {name: readers[name] for name in ("zxing", "opencv")}
    return tuple((code.format, code.text) for code in read_codes(grey, codes))  # type: ignore[arg-type]


def tried(picture: Pictured, readers: Mapping[ReaderName, Read]) -> Tried:
    grey = np.asarray(cv2.cvtColor(read_picture(picture.path).pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    start = time.process_time()
    alone = zxing_alone(grey, readers)
    between = time.process_time()
    told = ours(grey, readers)
    return Tried(picture, alone, told, between - start, time.process_time() - between)


def code_row(name: str, rows: Sequence[Tried]) -> tuple[str, ...]:
    def read_by(told: Iterable[bool]) -> str:
        return str(share(told)) if any(row.picture.content is not None for row in rows) else "none there"

    return (
        name,
        str(len(rows)),
        read_by(row.right(row.alone) for row in rows),
        read_by(row.right(row.ours) for row in rows),
        str(sum(bool(row.wrong(row.alone)) for row in rows)),
        str(sum(bool(row.wrong(row.ours)) for row in rows)),
    )


def code_tables(rows: Sequence[Tried]) -> tuple[Table, Table]:
    head = (
        "pictures",
        "number",
        "zxing-cpp alone reads",
        "samegoods reads",
        "wrong: zxing-cpp alone",
        "wrong: samegoods",
    )
    with_code = [row for row in rows if row.picture.content is not None]
    sets = {row.picture.set: None for row in rows}
    by_set = [code_row(name, [row for row in rows if row.picture.set == name]) for name in sets]
    sums = [
        ("odd (the limits were chosen on them)", [row for row in with_code if row.picture.half == "odd"]),
        ("even (looked at afterwards)", [row for row in with_code if row.picture.half == "even"]),
        ("all with a code", with_code),
        ("surely without one", [row for row in rows if row.picture.content is None]),
    ]
    return (
        Table("Codes; a picture counts as read when its code is told.", head, tuple(code_row(*one) for one in sums)),
        Table("The same by set.", head, tuple(by_set)),
    )


@dataclass(frozen=True, slots=True)
class Shelf:
    """One picture of a shelf: tags that can be read, and what was made of them."""

    name: str
    right: int
    legible: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]
    elsewhere: tuple[str, ...]
    seconds: float


def shelf(path: Path, readers: Readers) -> Shelf:
    pixels = read_picture(path).pixels
    start = time.process_time()
    prices = read(pixels, readers).prices
    spent = time.process_time() - start
    near = {(x, y): [p.amount for p in prices if _apart(p, x, y) < REACH_PX] for x, y, _ in TAGS[path.name]}
    told = [(near[x, y], amount) for x, y, amount in TAGS[path.name] if amount is not None]
    elsewhere = [p.amount for p in prices if all(_apart(p, x, y) >= REACH_PX for x, y, _ in TAGS[path.name])]
    return Shelf(
        path.name,
        sum(amount in seen for seen, amount in told),
        len(told),
        tuple(f"{amount} as {', '.join(seen)}" for seen, amount in told if seen and amount not in seen),
        tuple(amount for seen, amount in told if not seen),
        tuple(elsewhere),
        spent,
    )


def _apart(price: Price, x: float, y: float) -> float:
    return float(np.linalg.norm(price.quad.mean(axis=0) - (x, y)))


def shelf_table(shelves: Sequence[Shelf]) -> Table:
    rows = [
        (
            one.name,
            str(Share(one.right, one.legible)),
            ", ".join(one.wrong) or "none",
            ", ".join(one.missed) or "none",
            ", ".join(one.elsewhere) or "none",
        )
        for one in shelves
    ]
    total = Share(sum(one.right for one in shelves), sum(one.legible for one in shelves))
    counts = [
        str(sum(map(len, column))) for column in zip(*((s.wrong, s.missed, s.elsewhere) for s in shelves), strict=True)
    ]
    rows.append(("all", str(total), *counts))
    head = ("shelf", "tags read rightly", "wrongly", "not told", "told where no tag is")
    return Table("Prices on six shelves in Japan, tags that a person can read.", head, tuple(rows))


def pack_table(paths: Sequence[Path], readers: Readers) -> Table:
    """What is told on pictures of packs and tags, whose truth is not written down: to be looked at."""
    rows = []
    for path in paths:
        found = read(read_picture(path).pixels, readers)
        if found.codes or found.prices:
            codes = ", ".join(f"{code.format} {code.text.strip()}" for code in found.codes)
            prices = ", ".join(
                " ".join(filter(None, (p.amount, p.currency, p.unit and f"for {p.unit}"))) for p in found.prices
            )
            rows.append((path.name, codes or "none", prices or "none"))
    text = f"Codes and prices told on {len(paths)} pictures of packs, labels and tags; on the rest none is told."
    return Table(text, ("picture", "codes", "prices"), tuple(rows))


def _words(price: Price) -> str:
    return " ".join(filter(None, (price.amount, price.currency, price.unit and f"for {price.unit}")))


def _named(rows: Iterable[Tried]) -> str:
    return ", ".join(f"`{row.picture.set}/{row.picture.path.name}`" for row in rows) or "none"


def notes(rows: Sequence[Tried], shelves: Sequence[Shelf], states: Iterable[str]) -> tuple[str, ...]:
    unread = [row for row in rows if row.picture.content is not None and not row.right(row.ours)]
    mistaken = [f"{_named([row])} as {', '.join(row.wrong(row.alone))}" for row in rows if row.wrong(row.alone)]
    alone_ms = 1000 * np.mean([row.alone_s for row in rows])
    ours_s, shelf_s = np.mean([row.ours_s for row in rows]), np.mean([one.seconds for one in shelves])
    printed = ", ".join(f"`{name}`" for name in AS_PRINTED)
    return (
        f"Readers: {'; '.join(states)}. Processor time on average: the codes of a picture {alone_ms:.0f} ms by "
        f"zxing-cpp alone and {ours_s:.1f} s here; a shelf with its text {shelf_s:.1f} s.",
        "The limits of agreement were chosen on the odd half; false attempts on both halves were looked at before. "
        "Supplements of two and five digits are not read.",
        f"Wrong by zxing-cpp alone: {', '.join(mistaken) or 'none'}.",
        "Not told, though zxing-cpp alone reads them, since attempts disagree or too few agree: "
        f"{_named(row for row in unread if row.right(row.alone))}.",
        f"Not read: {_named(unread)}.",
        f"In {len(AS_PRINTED)} pictures the set tells another number than the printed digits, which count: {printed}.",
    )


def measure() -> Result:
    cv2.setNumThreads(1)
    known = all_readers()
    states = [reader.state() for reader in known]
    readers = ready(known)
    rows = [tried(picture, readers.read) for picture in pictures(DATA / "barcodes")]
    shelves = [shelf(DATA / "shelves_jp" / name, readers) for name in TAGS]
    packs = sorted(path for path in (DATA / "off_packaging").rglob("*") if path.suffix in (".jpg", ".webp"))
    return Result(
        name="reading",
        title="Reading codes and prices",
        question="More codes than zxing-cpp alone, and none of them wrong? Which prices of a shelf?",
        tables=(*code_tables(rows), shelf_table(shelves), pack_table(packs, readers)),
        notes=notes(rows, shelves, [f"{s.name}: {s.detail if s.available else 'not there'}" for s in states]),
        details=tuple(
            {
                "set": row.picture.set,
                "picture": row.picture.path.name,
                "half": row.picture.half,
                "content": row.picture.content or "",
                "zxing_alone": " ".join(text for _, text in row.alone),
                "samegoods": " ".join(text for _, text in row.ours),
            }
            for row in rows
        ),
    )


if __name__ == "__main__":
    print(store(measure()))
