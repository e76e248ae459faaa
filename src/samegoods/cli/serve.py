"""``samegoods serve``: the page on which people review a case."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from samegoods.cli import options
from samegoods.cli.voice import note, progress_shown, voiced


@click.command("serve", short_help="Review a case in the browser, alone or as a team.")
@click.argument("case", type=options.CASE)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", help="An address of this machine.", show_default=True)
@click.option("--port", metavar="N", type=click.IntRange(1, 65535), default=8717, help="The port.", show_default=True)
@click.option("--reviewer", metavar="NAME", help="Who decides, if not the user of this machine.")
@click.option("--accounts", is_flag=True, help="Let those sign in that samegoods account list names.")
@options.accounts_file
@click.option("--name", "names", metavar="NAME", multiple=True, help="A name by which browsers reach it.")
@click.option("--certificate", metavar="PEM", type=click.Path(path_type=Path), help="The certificate, for TLS.")
@click.option("--private-key", metavar="PEM", type=click.Path(path_type=Path), help="The certificate's key.")
@click.option("--behind-proxy", metavar="ADDRESS", help="The address of a proxy that ends TLS, and is believed.")
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
    case: str,
    host: str,
    port: int,
    reviewer: str | None,
    accounts: bool,
    accounts_file: Path | None,
    names: tuple[str, ...],
    certificate: Path | None,
    private_key: Path | None,
    behind_proxy: str | None,
    blind: bool,
    second: float,
    reports: bool,
    reports_host: str,
    reports_port: int,
    signing_key: Path | None,
) -> None:
    """Review CASE in the browser: every pack beside its reference, and your decision beside the machine's.

    Prints a link that opens the page, for this machine alone. With --accounts those who have one sign in, and another
    address may be given. Ctrl-C ends it; findings.json then tells what was decided. With --reports whoever reaches the
    form's address may send what they saw on sale: put a proxy with TLS before it where that is the public; it leads to
    nothing but the form.

    \b
    samegoods serve july/case
    samegoods serve july/case --reviewer Ana --blind --second 0.1
    samegoods serve july/case --accounts
    samegoods serve july/case --reports --reports-port 8718
    """
    from samegoods.wiring.accounts import accounts as opened
    from samegoods.wiring.beside import beside
    from samegoods.wiring.reach import Reach, run
    from samegoods.wiring.serving import serving

    reach = Reach(host, port, names, certificate, private_key, behind_proxy)
    with contextlib.ExitStack() as stack:
        book = stack.enter_context(opened(accounts_file)) if accounts else None
        with progress_shown() as progress:
            served = stack.enter_context(
                serving(
                    case,
                    reach=reach,
                    accounts=book,
                    reviewer=reviewer,
                    blind=blind,
                    second=second,
                    signing_key=signing_key,
                    reports=reports,
                    progress=progress,
                )
            )
        if reports:
            stack.enter_context(beside(served.form, host=reports_host, port=reports_port))
            note(f"reports are taken on http://{reports_host}:{reports_port}/")
        run(served.app, reach, ready=lambda: _said(served.link, team=accounts))


def _said(link: str, *, team: bool) -> None:
    click.echo(link)
    note("sign in there; Ctrl-C ends it" if team else "open this link in the browser of this machine; Ctrl-C ends it")
