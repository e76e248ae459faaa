"""``samegoods check``: the main job."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samegoods.cli import options
from samegoods.cli.voice import SOME_FAILED, note, progress_shown, voiced
from samegoods.strangers import shown

if TYPE_CHECKING:
    from samegoods.wiring import CheckResult, Planned


def _time(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    try:
        return None if value is None else datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no ISO 8601 time, such as 2026-07-14T09:30") from None


@click.command("check", short_help="Check footage against a campaign.")
@click.argument("campaign", type=click.Path(path_type=Path))
@click.argument("footage", nargs=-1, required=True)
@click.option("-o", "--output", "case", metavar="CASE", type=options.CASE, help="The case folder, or postgresql://…")
@click.option("--site", metavar="ID", help="Where the footage was taken; may be left out with one site only.")
@click.option("--captured-at", callback=_time, metavar="ISO", help="When; without offset in the site's time.")
@options.engine
@options.ray_address
@options.workers
@click.option(
    "--anonymous-sources", "anonymous", is_flag=True, help="Keep ids in place of the footage's names and folders."
)
@options.signing_key
@options.stamp
@options.references_from
@options.results
@options.evidence
@click.option("--json", "as_json", is_flag=True, help="Print findings.json instead of a summary.")
@click.option("--dry-run", is_flag=True, help="Say what would be looked at; look at nothing, write nothing.")
@voiced
def command(
    campaign: Path,
    footage: tuple[str, ...],
    case: str | None,
    site: str | None,
    captured_at: datetime | None,
    engine: str,
    ray_address: str | None,
    workers: int | None,
    anonymous: bool,
    signing_key: Path | None,
    stamp: str | None,
    references_from: tuple[Path, ...],
    results: Path | None,
    evidence: str | None,
    as_json: bool,
    dry_run: bool,
) -> None:
    """Look for the goods of CAMPAIGN in FOOTAGE and say what differs from the export version.

    FOOTAGE is files, folders, globs, or a CSV with the columns path, site, captured_at. A rerun with the same
    case folder goes on where the last one stopped.

    \b
    samegoods check july/campaign.yaml clips/ --site songsin -o july/case
    samegoods check july/campaign.yaml footage.csv -o july/case --workers 4 --json
    samegoods check july/campaign.yaml footage.csv -o july/case --engine ray --ray-address auto
    samegoods check july/campaign.yaml footage.csv -o 'postgresql://me@db/markets?schema=july' --results july/case
    samegoods check july/campaign.yaml footage.csv -o july/case --evidence s3://market-evidence
    """
    from samegoods import wiring

    if dry_run:
        planned = wiring.plan(campaign, footage, site=site, captured_at=captured_at, references_from=references_from)
        _print_plan(planned)
        return
    if case is None:
        raise click.UsageError("give the case folder with -o CASE, or look without writing with --dry-run")
    with progress_shown() as progress:
        result = wiring.check(
            campaign,
            footage,
            case,
            site=site,
            captured_at=captured_at,
            engine=engine,
            workers=workers,
            ray_address=ray_address if engine == "ray" else None,
            anonymous_sources=anonymous,
            references_from=references_from,
            results=results,
            evidence=evidence,
            progress=progress,
            signing_key=signing_key,
            stamp=stamp,
        )
    if as_json and result.case is not None:
        click.echo((result.case / "findings.json").read_text(encoding="utf-8"), nl=False)
    else:
        _print_result(result)
    _print_notes(result)
    _name_failures(result)


def _print_plan(planned: tuple[Planned, ...]) -> None:
    from samegoods.cli.tables import plan_lines

    for line in plan_lines(planned):
        click.echo(line)


def _print_result(result: CheckResult) -> None:
    from samegoods.cli.tables import finding_lines

    for line in finding_lines(result.findings):
        click.echo(line)
    click.echo(f"report: {result.report}")
    if result.skipped:
        note(f"{result.skipped} of {len(result.sources)} were done by an earlier run")


def _print_notes(result: CheckResult) -> None:
    from samegoods.wiring.auditing import told

    for line in () if result.audit is None else told(result.audit):
        note(line)
    for state in result.lacking:
        note(f"labels were read without {state.name}: {state.detail}")


def _name_failures(result: CheckResult) -> None:
    """Name what could not be read, or not to its end, whatever else is printed."""
    for source, outcome in result.unread:
        click.echo(shown(f"{outcome.status}: {source.path}: {outcome.reason}"), err=True)
    if result.unread:
        sys.exit(SOME_FAILED)
