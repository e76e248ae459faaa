"""``samegoods report``: the briefing of a case, made anew."""

from __future__ import annotations

from pathlib import Path

import click

from samegoods.cli import options
from samegoods.cli.voice import progress_shown, voiced


@click.command("report", short_help="Make the report of a case anew, or set two cases side by side.")
@click.argument("case", type=options.CASE)
@click.option("--against", "other", metavar="CASE", type=options.CASE, help="Another case to set this one against.")
@click.option(
    "-o",
    "--output",
    "page",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="With --against: the page to write; the PDF stands beside it.  [default: against.html]",
)
@options.signing_key
@voiced
def command(case: str, other: str | None, page: Path | None, signing_key: Path | None) -> None:
    """Make report.html, report.pdf and the tables of CASE anew; what reviewers decided since is counted first.

    With --against, set CASE beside another and change neither: shares of each product at each site, by how much they
    differ and whether that is more than chance explains, and what keeps the two from being compared.

    \b
    samegoods report july/case
    samegoods report july/case --against june/case -o july-june.html
    """
    from samegoods import wiring

    if other is not None:
        for file in wiring.against(case, other, page or Path("against.html")):
            click.echo(file)
    elif page is not None:
        raise click.UsageError("-o names the page of --against CASE; the report lies in the case itself")
    else:
        with progress_shown() as progress:
            made = wiring.report(case, signing_key=signing_key, progress=progress)
        click.echo(made)
