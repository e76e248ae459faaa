"""``samegoods purge``: delete what a case has held for too long."""

from __future__ import annotations

import click

from samegoods.cli import options
from samegoods.cli.voice import note, voiced


@click.command("purge", short_help="Delete what a case has held for too long.")
@click.argument("case", type=options.CASE)
@click.option("--older-than", metavar="DAYS", type=click.IntRange(min=0), help="Instead of the campaign's own days.")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted; delete nothing.")
@voiced
def command(case: str, older_than: int | None, dry_run: bool) -> None:
    """Delete from CASE what is older than the campaign's retention_days: footage's pictures and rows, and reports from
    the ground.

    The results are made anew from what is left, and the log tells what was deleted. Bundles that were exported
    before, and copies of the case, are yours to delete.

    \b
    samegoods purge july/case --dry-run
    samegoods purge july/case
    """
    from samegoods.wiring.purging import purge

    result = purge(case, older_than_days=older_than, dry_run=dry_run)
    for source in result.sources:
        click.echo(f"{source.id} {source.path}")
    for report in result.reports:
        click.echo(f"report {report} from the ground")
    what = f"{len(result.sources)} sources" + (f" and {len(result.reports)} reports" if result.reports else "")
    said = f"{what} from before {result.before:%Y-%m-%d %H:%M} UTC"
    note(f"{said}: deleted, with {result.pictures} pictures" if result.done else f"{said} would be deleted")
