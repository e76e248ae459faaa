"""``samegoods watch``: streams and folders, looked at as footage comes."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from samegoods.cli import options
from samegoods.cli.voice import note, structured, voiced
from samegoods.strangers import shown

if TYPE_CHECKING:
    from samegoods.records import Examined
    from samegoods.wiring.keeping import Hearers
    from samegoods.wiring.turning import Turned

_F = TypeVar("_F", bound=Callable[..., Any])
_SECONDS = click.FloatRange(min=1)


def _paced(command: _F) -> _F:
    """The options that say how often something is done, and for how long."""
    for option in (
        click.option("--for", "for_s", metavar="SECONDS", type=_SECONDS, help="End after so long; else with Ctrl-C."),
        click.option(
            "--refresh",
            "refresh_s",
            metavar="SECONDS",
            type=click.FloatRange(min=0),
            default=300.0,
            show_default=True,
            help="Publish results this often at most.",
        ),
        click.option(
            "--every",
            "every_s",
            metavar="SECONDS",
            type=_SECONDS,
            default=10.0,
            show_default=True,
            help="Look into the folders this often.",
        ),
        click.option(
            "--length",
            "length_s",
            metavar="SECONDS",
            type=click.FloatRange(min=1, max=3600),
            default=300.0,
            show_default=True,
            help="Cut streams into sources of this length.",
        ),
    ):
        command = option(command)
    return command


@click.command("watch", short_help="Look at streams and folders as footage comes.")
@click.argument("campaign", type=click.Path(path_type=Path))
@click.argument("sources", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    "case",
    metavar="CASE",
    required=True,
    type=options.CASE,
    help="The case folder, or postgresql://…",
)
@click.option("--site", metavar="ID", help="Where the sources are; may be left out with one site only.")
@_paced
@options.workers
@click.option("--metrics", metavar="PORT", type=click.IntRange(0, 65535), help="Serve figures for Prometheus here.")
@click.option("--log", type=click.Choice(["json"]), help="Write a log of JSON lines to the standard error.")
@click.option("--webhook", metavar="URL", help="Send a message here when a finding turns.")
@click.option(
    "--webhook-secret-file",
    "secret_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The secret that signs these messages.",
)
@click.option(
    "--anonymous-sources", "anonymous", is_flag=True, help="Keep ids in place of addresses, files and folders."
)
@options.signing_key
@options.stamp
@options.references_from
@options.results
@options.evidence
@voiced
def command(
    campaign: Path,
    sources: tuple[str, ...],
    case: str,
    site: str | None,
    length_s: float,
    every_s: float,
    refresh_s: float,
    for_s: float | None,
    workers: int | None,
    metrics: int | None,
    log: str | None,
    webhook: str | None,
    secret_file: Path | None,
    anonymous: bool,
    signing_key: Path | None,
    stamp: str | None,
    references_from: tuple[Path, ...],
    results: Path | None,
    evidence: str | None,
) -> None:
    """Look for the goods of CAMPAIGN in SOURCES as footage comes, until Ctrl-C; the same again goes on.

    SOURCES are addresses of streams (rtsp, http), folders into which cameras or phones put files, or a CSV with the
    columns path, site. Nothing of a stream is recorded. The report in CASE is made anew as results come.

    \b
    samegoods watch july/campaign.yaml rtsp://10.0.0.7/stall uploads/ --site songsin -o july/live
    samegoods watch july/campaign.yaml cameras.csv -o july/live --metrics 9117 --log json
    """
    from samegoods.wiring.watching import Pace, watch

    if (webhook is None) != (secret_file is None):
        raise click.UsageError(
            "--webhook and --webhook-secret-file go together: a message that is not signed is no alert"
        )
    pace = Pace(length_s=length_s, every_s=every_s, refresh_s=refresh_s, for_s=math.inf if for_s is None else for_s)
    with contextlib.ExitStack() as open_now:
        if log is not None:
            open_now.enter_context(structured())
        hearers = _hearers(open_now, metrics, webhook, secret_file)
        note("watching; Ctrl-C ends it")
        page = watch(
            campaign,
            sources,
            case,
            site=site,
            pace=pace,
            workers=workers,
            anonymous_sources=anonymous,
            references_from=references_from,
            results=results,
            evidence=evidence,
            signing_key=signing_key,
            stamp=stamp,
            hearers=hearers,
        )
    click.echo(f"report: {page}")


def _hearers(
    open_now: contextlib.ExitStack, port: int | None, webhook: str | None, secret_file: Path | None
) -> Hearers:
    from samegoods.edges.alerts import Alerts
    from samegoods.edges.metrics import Metrics
    from samegoods.wiring.keeping import Hearers

    metrics = alerts = None
    if port is not None:
        metrics = Metrics()
        note(f"metrics: http://127.0.0.1:{open_now.enter_context(metrics.served(port))}/metrics")
    if webhook is not None and secret_file is not None:
        alerts = open_now.enter_context(Alerts(webhook, secret_file))
    return Hearers(source=_say_source, turned=_say_turned, alerts=alerts, metrics=metrics)


def _say_source(examined: Examined) -> None:
    source, outcome = examined.source, examined.outcome
    at = "" if source.captured_at is None else f" {source.captured_at:%Y-%m-%dT%H:%M:%SZ}"
    reason = f": {outcome.reason}" if outcome.reason else ""
    click.echo(shown(f"{source.site}{at} {source.path}: {outcome.status}{reason}: {len(examined.items)} packs"))


def _say_turned(one: Turned) -> None:
    finding = one.finding
    click.echo(f"{finding.product} at {finding.site}: {one.before or 'not seen'}, and now {one.now.replace('_', ' ')}")
