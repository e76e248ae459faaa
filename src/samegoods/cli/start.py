"""``samegoods init``: a new campaign."""

from __future__ import annotations

from pathlib import Path

import click

from samegoods.cli.voice import note, voiced


@click.command("init", short_help="Begin a new campaign.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@voiced
def command(folder: Path) -> None:
    """Begin a campaign in DIR: a campaign.yaml to fill in, and a folder for its reference pictures.

    \b
    samegoods init july
    """
    from samegoods import wiring

    file = wiring.init(folder)
    click.echo(file)
    note(f"fill it in and put the pictures into {folder / 'references'}")
    note(f"then: samegoods check {file} FOOTAGE -o {folder / 'case'}")
