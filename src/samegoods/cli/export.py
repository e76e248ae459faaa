"""``samegoods export``: a case as one file to hand on."""

from __future__ import annotations

from pathlib import Path

import click

from samegoods.cli import options
from samegoods.cli.voice import voiced


@click.command("export", short_help="Write a case into one file to hand on.")
@click.argument("case", type=options.CASE)
@click.option("-o", "--output", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The zip.")
@options.signing_key
@options.stamp
@click.option("--credentials", is_flag=True, help="Put content credentials (C2PA) beside the pictures.")
@voiced
def command(case: str, output: Path, signing_key: Path | None, stamp: str | None, credentials: bool) -> None:
    """Write the results of CASE, the evidence that they need and the signed log into one zip.

    A case that does not hold is refused. samegoods verify takes the zip as well.

    \b
    samegoods export july/case -o july.zip
    """
    from samegoods import wiring

    click.echo(wiring.export(case, output, signing_key=signing_key, stamp=stamp, credentials=credentials))
