"""``samegoods demo``: the main job on a small market of its own."""

from __future__ import annotations

from pathlib import Path

import click

from samegoods.cli import options
from samegoods.cli.voice import progress_shown, voiced


@click.command("demo", short_help="See it work on a small rendered market.")
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default="samegoods-demo",
    show_default=True,
    help="Where the market's campaign, its footage and the case go.",
)
@options.evidence
@voiced
def command(folder: Path, evidence: str | None) -> None:
    """Render a small market with planted differences, film it, and see which of them are found.

    \b
    samegoods demo -o demo
    """
    from samegoods import demo

    with progress_shown() as progress:
        lines = demo.run(folder, evidence=evidence, progress=progress)
    for line in lines:
        click.echo(line)
