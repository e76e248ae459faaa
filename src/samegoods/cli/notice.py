"""``samegoods notice``: what the public is told."""

from __future__ import annotations

from pathlib import Path

import click

from samegoods.cli import options
from samegoods.cli.voice import voiced
from samegoods.strangers import shown


@click.command("notice", short_help="Print the public notices of a campaign.")
@click.argument("campaign", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default="notices",
    show_default=True,
    help="Where the notices go.",
)
@click.option("--language", "languages", multiple=True, metavar="CODE", help="en, ko; if absent, all.")
@click.option("--site", "sites", multiple=True, metavar="ID", help="A site of the campaign; if absent, all.")
@options.references_from
@voiced
def command(
    campaign: Path, folder: Path, languages: tuple[str, ...], sites: tuple[str, ...], references_from: tuple[Path, ...]
) -> None:
    """Make the notices that tell the public of the filming: who films, why, what is kept, how long, whom to ask.

    A PDF of one page to hang up and a page of HTML, for each site and language.

    \b
    samegoods notice july/campaign.yaml -o july/notices
    samegoods notice july/campaign.yaml --language ko --site songsin
    """
    from samegoods import wiring

    made = wiring.notices(campaign, folder, languages=languages, sites=sites, references_from=references_from)
    for path in made:
        click.echo(shown(str(path)))
