"""Results kept as JSON, one file a benchmark, and the page that is made of them all."""

from __future__ import annotations

import csv
import json
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"
SCALE = ROOT / "docs" / "scale.md"
"""It tells the tables of some results, too, between a line that names the result and ``<!-- end -->``."""
PICTURES = ROOT / "docs" / "pictures"

ORDER = (
    "recognition",
    "twins",
    "negatives",
    "comparison",
    "confidence",
    "wording",
    "views",
    "sizes",
    "reading",
    "demo",
    "people",
    "blurring",
    "kills",
    "speed",
    "frame_loop",
    "engines",
    "country",
    "hostile",
    "growth",
    "coverage",
    "serve",
    "footage",
    "live",
)
HEAD = """# Benchmarks

Made by `python3 tasks.py bench` from `benchmarks/results/`; `python3 tasks.py bench NAME` measures one of them anew.
Shares stand with Wilson's 95 % interval. The real pictures and clips are not part of this repository
([where they are looked for](../CONTRIBUTING.md)). Times depend on the machine, ratios hardly.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text: ``head`` and every row have the same number of cells."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.head)]
        if wrong:
            raise ValueError(f"{self.caption}: expected {len(self.head)} cells, found {len(wrong[0])}: {wrong[0]}")


@dataclass(frozen=True, slots=True)
class Result:
    """What one benchmark found. ``notes`` are paragraphs, ``pictures`` (file name, what it shows); ``details``
    are the rows behind the tables, kept as CSV beside the JSON and not read back."""

    name: str
    title: str
    question: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()
    details: tuple[dict[str, Any], ...] = ()
    machine: str = ""


def machine() -> str:
    """What a time was taken on, as far as it matters to its reader."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"


def store(result: Result, folder: Path = RESULTS) -> Path:
    """Keep a result as JSON: sorted keys, no date, the same bytes for the same result."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.json"
    document = asdict(result) | {"machine": result.machine or machine()}
    details = document.pop("details")
    if details:
        with path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(details[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(details)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return path


def load(path: Path) -> Result:
    """A kept result."""
    document = json.loads(path.read_text(encoding="utf-8"))
    tables = tuple(
        Table(t["caption"], tuple(t["head"]), tuple(tuple(row) for row in t["rows"])) for t in document.pop("tables")
    )
    notes, pictures = tuple(document.pop("notes")), tuple(tuple(p) for p in document.pop("pictures"))
    return Result(**document, tables=tables, notes=notes, pictures=pictures)


def page(results: Sequence[Result]) -> str:
    """The page of all results, in the order given; benchmarks without one are named."""
    missing = [f"`{name}`" for name in ORDER if name not in {result.name for result in results}]
    note = [f"Not measured yet: {', '.join(missing)}.\n"] if missing else []
    return "\n".join([HEAD, *note, *(section(result) for result in results)])


def section(result: Result) -> str:
    parts = [f"## {result.title}", result.question]
    parts += [f"{table.caption}\n\n{markdown(table)}" for table in result.tables]
    parts += [f"![{shows}](pictures/{file})" for file, shows in result.pictures]
    parts += [*result.notes, f"Measured by `benchmarks/{result.name}.py` on {result.machine}."]
    return "\n\n".join(parts) + "\n"


def markdown(table: Table) -> str:
    """A table as Markdown; a pipe in a cell is escaped."""
    lines = [table.head, tuple("---" for _ in table.head), *table.rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)


def write_page() -> Path:
    """Make the page anew from all kept results."""
    kept = [RESULTS / f"{name}.json" for name in ORDER]
    results = [load(path) for path in kept if path.exists()]
    PAGE.write_text(page(results), encoding="utf-8")
    SCALE.write_text(told_in(SCALE.read_text(encoding="utf-8"), results), encoding="utf-8")
    return PAGE


def told_in(text: str, results: Sequence[Result]) -> str:
    """A text with the tables of the results that it names, as they are now."""
    for result in results:
        tables = "\n\n".join(f"{table.caption}\n\n{markdown(table)}" for table in result.tables)
        place = re.compile(rf"(?<=<!-- {result.name} -->\n).*?(?=<!-- end -->)", re.DOTALL)
        text = place.sub(lambda _, tables=tables: f"\n{tables}\n\n", text, count=1)  # type: ignore[misc]
    return text
