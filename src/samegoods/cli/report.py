"""``samegoods report``: the briefing of a case, made anew."""

from __future__ import annotations

from pathlib import Path

import click

from samegoods.cli import options
from samegoods.cli.voice import voiced


@click.command("report", short_help="Make the report of a case anew.")
@click.argument("case", type=click.Path(path_type=Path))
@options.signing_key
@voiced
def command(case: Path, signing_key: Path | None) -> None:
    """Make report.html, report.pdf and the tables of CASE anew; what reviewers decided since is counted first.

    \b
    samegoods report july/case
    """
    from samegoods import wiring

    click.echo(wiring.report(case, signing_key=signing_key))
