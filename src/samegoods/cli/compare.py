"""``samegoods compare``: two pictures."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samegoods.cli.voice import voiced
from samegoods.strangers import shown

if TYPE_CHECKING:
    from samegoods.records import CallName, Comparison, Difference, Verdict

EXIT_CODES: dict[CallName, int] = {"same": 0, "different": 1, "cannot_tell": 3}


@click.command("compare", short_help="Are the packs of two pictures the same?")
@click.argument("reference", type=click.Path(path_type=Path))
@click.argument("photo", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path), help="Write pictures of it here.")
@voiced
def command(reference: Path, photo: Path, as_json: bool, output: Path | None) -> None:
    """Say whether the pack in PHOTO is the same as the one in REFERENCE, and where it differs.

    Ends with 0 for the same, 1 for different, 3 where the photo cannot tell.

    \b
    samegoods compare export-front.png stall.jpg
    samegoods compare export-front.png stall.jpg --json -o seen/
    """
    from samegoods.edges.engines import load_ahead

    load_ahead()  # beside what is loaded here
    from samegoods import wiring

    comparison = wiring.compare(reference, photo, pictures=output)
    if as_json:
        from samegoods.results import comparison_document

        click.echo(json.dumps(comparison_document(comparison), ensure_ascii=False, indent=1))
    else:
        _print(comparison)
    sys.exit(EXIT_CODES[comparison.call])


def _print(comparison: Comparison) -> None:
    click.echo(comparison.call.replace("_", " "))
    _print_verdict("packaging", comparison.packaging)
    _print_verdict("quality", comparison.quality)


def _print_verdict(axis: str, verdict: Verdict) -> None:
    from samegoods.results.words import sufficing

    click.echo(shown(f"{axis}: {verdict.call.replace('_', ' ')}: {verdict.reason}"))
    for one in verdict.differences:
        click.echo(f"  {shown(_line(one))}")
    if verdict.needed is not None:
        click.echo(f"  would have sufficed: {sufficing(verdict.needed)}")


def _line(one: Difference) -> str:
    """``colour, front, upper right, at (20, 15): 2.1% of the face, ...: redder than expected``."""
    from samegoods.results.words import about_letters

    x, y = one.region.mean(axis=0)
    where = ", ".join(filter(None, (one.kind, one.face, one.place, f"at ({x:.0f}, {y:.0f})")))
    size = [f"{one.size:.1%} of the face"]
    if one.letters is not None:
        size.append(about_letters(one.letters))
    size.append(f"colour distance {one.delta_e:.1f}")
    return f"{where}: {', '.join(size)}, confidence {one.confidence:.2f}: {one.detail}"
