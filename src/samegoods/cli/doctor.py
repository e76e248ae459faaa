"""``samegoods doctor``: is all there that samegoods works with, and does it work?"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samegoods.cli import options
from samegoods.cli.settings import unread
from samegoods.cli.voice import note, voiced
from samegoods.strangers import shown

if TYPE_CHECKING:
    from samegoods.wiring.doctoring import Examined

_NOT_FIT = 2
_COLOURS = {"works": "green", "missing": "yellow", "broken": "red"}
_WIDTH = 24


@click.command("doctor", short_help="Say what is installed, what is missing and what that costs; test each part.")
@click.option(
    "--cases",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Where cases are to lie: whether they can, and how much room there is.",
)
@click.option("--postgres", metavar="ADDRESS", help="Where cases in PostgreSQL are to lie: whether they can.")
@options.signing_key
@click.option("--evidence", metavar="s3://BUCKET/PREFIX", help="Try this place for pictures: its service is asked.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@voiced
def command(cases: Path, postgres: str | None, signing_key: Path | None, evidence: str | None, as_json: bool) -> None:
    """Test every part of this installation: decode a drawn clip, read a drawn label, see a drawn person, and so on.

    What is missing is named with what it costs and the command that installs it. Ends with 0 where all that a check
    needs works, else with 2. Nothing is kept, no key is made, no network is used but for --evidence and --postgres.

    \b
    samegoods doctor
    samegoods doctor --cases /srv/cases --json
    samegoods doctor --postgres 'postgresql://me@db/markets?schema=july'
    samegoods doctor --evidence s3://market-evidence
    """
    from samegoods.wiring.doctoring import Asked, examine, is_fit

    examined = []
    with closing(examine(Asked(cases, signing_key, evidence, postgres))) as results:
        for one in results:
            examined.append(one)
            if not as_json:
                for line in _lines(one):
                    click.echo(line)
    strange = unread(os.environ)
    fit = is_fit(examined)
    if as_json:
        parts = [asdict(one) for one in examined]
        document = {"schema": "samegoods/doctor/1", "fit": fit, "parts": parts, "unread_variables": strange}
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    for name in strange:
        note(shown(f"{name}: no command reads this variable: samegoods schema settings lists those that one does"))
    if not as_json:
        click.echo(_summary(examined, fit=fit))
    if not fit:
        sys.exit(_NOT_FIT)


def _lines(one: Examined) -> Iterator[str]:
    """The part, and below it what it costs that it does not work; the state first, so that one column tells."""
    state = click.style(one.state.ljust(7), fg=_COLOURS[one.state])
    yield f"{state}  {one.name.ljust(_WIDTH)}  {one.took_s:4.1f} s  {shown(one.detail)}"
    if one.state != "works":
        wanted = "a check needs it: " if one.needed else ""
        yield f"{'':9}{wanted}{one.costs}"
        yield f"{'':9}remedy: {shown(one.remedy)}"


def _summary(examined: list[Examined], *, fit: bool) -> str:
    lacking = sum(one.state != "works" for one in examined)
    took = sum(one.took_s for one in examined)
    told = "all that a check needs works" if fit else "a check cannot be made"
    return f"{told}; {len(examined) - lacking} of {len(examined)} parts work, tested in {took:.1f} s"
