"""``samegoods copy``: a case at another address."""

from __future__ import annotations

from pathlib import Path

import click

from samegoods.cli import options
from samegoods.cli.voice import note, progress_shown, voiced
from samegoods.strangers import in_bytes


@click.command("copy", short_help="Copy a case to another folder, or to PostgreSQL, with its custody.")
@click.argument("case", type=options.CASE)
@click.argument("target", type=options.CASE)
@options.results
@click.option("--dry-run", is_flag=True, help="Say what would be copied; copy nothing.")
@voiced
def command(case: str, target: str, results: Path | None, dry_run: bool) -> None:
    """Copy CASE to TARGET, where nothing is yet: a folder, or a schema of PostgreSQL.

    Rows, log, results and pictures stay as they are, so it is the same case under the same signatures; the copy is
    proven before it is said to be one. CASE is left as it is, and is yours to delete.

    \b
    samegoods copy july/case /mnt/archive/july
    samegoods copy july/case 'postgresql://me@db/markets?schema=july' --results /srv/cases/july
    """
    from samegoods.wiring.copying import copy

    with progress_shown() as progress:
        made = copy(case, target, results=results, dry_run=dry_run, progress=progress)
    held = ", ".join(f"{number} {what}" for what, number in made.proof.counts.items())
    said = f"{made.proof.entries} entries, {held}, {made.files} files of {in_bytes(made.size)}"
    if made.pictures is not None:
        note(f"the pictures stay in {made.pictures}, for both: purge neither case while the other is needed")
    if made.done:
        click.echo(f"holds: {said}")
    else:
        note(f"would be copied: {said}")
