"""``samegoods serve``: the page on which people review a case."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from samegoods.cli import options
from samegoods.cli.voice import note, voiced


@click.command("serve", short_help="Review a case in the browser of this machine.")
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", help="An address of this machine alone.")
@click.option("--port", metavar="N", type=click.IntRange(1, 65535), default=8717, help="The port.", show_default=True)
@click.option("--reviewer", metavar="NAME", help="Who decides, if not the user of this machine.")
@click.option("--blind", is_flag=True, help="Show what the machine says only to who has decided.")
@click.option(
    "--second",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="The share of packs that two reviewers decide on, such as 0.1.",
)
@click.option("--reports", is_flag=True, help="Take reports from the ground on a public form as well.")
@click.option("--reports-host", metavar="ADDRESS", default="127.0.0.1", help="The form's address.", show_default=True)
@click.option(
    "--reports-port",
    metavar="N",
    type=click.IntRange(1, 65535),
    default=8718,
    help="The form's port.",
    show_default=True,
)
@options.signing_key
@voiced
def command(
    case: Path,
    host: str,
    port: int,
    reviewer: str | None,
    blind: bool,
    second: float,
    reports: bool,
    reports_host: str,
    reports_port: int,
    signing_key: Path | None,
) -> None:
    """Review CASE in the browser: every pack beside its reference, and your decision beside the machine's.

    Prints a link that opens the page, for this machine alone. Ctrl-C ends it; findings.json then tells what was
    decided. With --reports whoever reaches the form's address may send what they saw on sale: put a proxy with TLS
    before it where that is the public; it leads to nothing but the form.

    \b
    samegoods serve july/case
    samegoods serve july/case --reviewer Ana --blind --second 0.1
    samegoods serve july/case --reports --reports-port 8718
    """
    from samegoods.wiring.beside import beside
    from samegoods.wiring.serving import run, serving

    with ExitStack() as stack:
        served = stack.enter_context(
            serving(
                case,
                host=host,
                port=port,
                reviewer=reviewer,
                blind=blind,
                second=second,
                signing_key=signing_key,
                reports=reports,
            )
        )
        if reports:
            stack.enter_context(beside(served.form, host=reports_host, port=reports_port))
            note(f"reports are taken on http://{reports_host}:{reports_port}/")
        run(served, host=host, port=port, ready=lambda: _said(served.link))


def _said(link: str) -> None:
    click.echo(link)
    note("open this link in the browser of this machine; Ctrl-C ends it")
