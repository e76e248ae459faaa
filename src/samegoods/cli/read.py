"""``samegoods read``: the codes, prices and text of pictures."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from samegoods.cli.voice import SOME_FAILED, progress_shown, voiced
from samegoods.strangers import shown

if TYPE_CHECKING:
    from samegoods.edges.readers import Reader
    from samegoods.records import Price, Reading


@click.command("read", short_help="Read codes, prices and text of pictures.")
@click.argument("photos", metavar="PHOTO...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each picture.")
@voiced
def command(photos: tuple[Path, ...], as_json: bool) -> None:
    """Read codes, prices and lines of text off each PHOTO.

    A code is told when its check digit is right and enough attempts agree on it; where they do not, none is.
    A picture that cannot be read is named, and the rest is read all the same (exit code 4).

    \b
    samegoods read shelf.jpg label.png
    samegoods read photos/*.jpg --json > read.jsonl
    """
    from samegoods.wiring.reading import all_readers, read_each

    readers = all_readers()
    _name_missing(readers)
    failed = False
    out = sys.stdout  # before a bar takes it over
    # On a terminal what is read is progress enough, and a bar would run into it.
    bar = nullcontext() if out.isatty() else progress_shown()
    with bar as progress, closing(read_each(photos, readers=readers, progress=progress)) as readings:
        for reading in readings:
            failed |= reading.problem is not None
            _print(reading, as_json, out)
    if failed:
        sys.exit(SOME_FAILED)


def _name_missing(readers: Sequence[Reader]) -> None:
    """A reader that is not there is said even to those who want it quiet: it changes the result."""
    for state in (reader.state() for reader in readers):
        if not state.available:
            click.echo(f"not read with {state.name}: {state.detail}", err=True)


def _print(reading: Reading, as_json: bool, out: TextIO) -> None:
    if reading.problem is not None:
        click.echo(shown(f"{_status(reading)}: {reading.path}: {reading.problem}"), err=True)
    if as_json:
        from samegoods.results import reading_document

        click.echo(json.dumps(reading_document(reading), ensure_ascii=False), file=out)
        return
    for line in _lines(reading):
        click.echo(shown(line), file=out)


def _status(reading: Reading) -> str:
    return "partial" if reading.codes or reading.prices or reading.text else "failed"


def _lines(reading: Reading) -> Iterator[str]:
    yield reading.path
    for code in reading.codes:
        yield f"  code   {code.format} {code.text}"
    for price in reading.prices:
        yield f"  price  {_price(price)}"
    for line in reading.text:
        if line.text:
            yield f"  text   {line.text}"


def _price(price: Price) -> str:
    parts = [price.amount, price.currency or "(currency unknown)"]
    if price.tax is not None:
        parts.append(f"tax {price.tax}")
    if price.unit_price is not None:
        parts.append(f"({price.unit_price} for {price.unit})")
    return " ".join(parts)
