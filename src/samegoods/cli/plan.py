"""``samegoods plan``: how much to film, and what to review."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samegoods.cli import options
from samegoods.cli.voice import note, voiced

if TYPE_CHECKING:
    from samegoods.wiring.designing import Plan


@click.command("plan", short_help="Say how much to film for a wanted margin, and what to review next.")
@click.argument("campaign", type=click.Path(path_type=Path))
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.1,
    show_default=True,
    help="How far a share may be off, to each side: 0.1 is ten points.",
)
@click.option(
    "--share",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="The share of packs that may differ; 0.5 asks for the most visits.",
)
@click.option(
    "--untold",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="The share of packs that will not be told.",
)
@click.option("--case", metavar="CASE", type=options.CASE, help="What there is already.")
@click.option(
    "--reviews", type=click.IntRange(min=0), default=10, show_default=True, help="How many packs to name for review."
)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@voiced
def command(
    campaign: Path, margin: float, share: float, untold: float, case: str | None, reviews: int, as_json: bool
) -> None:
    """Say how many visits and packs the shares of CAMPAIGN take for a wanted margin (95 %).

    A visit is a site on a day. Packs of one visit are alike: more visits help, more packs of one visit soon do not.
    With a case it says how far each product at each site is, and which packs a person should review next. Review
    them in this order, and leave none out: chance chose them, and only so can they correct the program's errors.

    \b
    samegoods plan july/campaign.yaml --margin 0.1
    samegoods plan july/campaign.yaml --case july/case --reviews 20
    """
    from samegoods.cli.tables import need_lines, progress_lines, review_lines
    from samegoods.wiring.designing import design

    found = design(campaign, wanted=margin, share=share, untold=untold, case=case, reviews=reviews)
    if as_json:
        click.echo(json.dumps({"schema": "samegoods/plan/1", **asdict(found)}, ensure_ascii=False, indent=1))
        return
    note(_asked(found))
    for line in need_lines(found.needs):
        click.echo(line)
    if case is None:
        return
    click.echo()
    for line in progress_lines(found.progress):
        click.echo(line)
    click.echo()
    for line in review_lines(found.reviews, waiting=found.waiting):
        click.echo(line)


def _asked(found: Plan) -> str:
    return (
        f"each share within {found.margin:.0%} to both sides, for each of {found.products} products at each of "
        f"{found.sites} sites, if {found.share:.0%} differ and {found.untold:.0%} are not told:"
    )
