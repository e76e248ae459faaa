"""``samegoods audit``: is a person in what a case holds?"""

from __future__ import annotations

import click

from samegoods.cli import options
from samegoods.cli.voice import voiced


@click.command("audit", short_help="Search a case for people.")
@click.argument("case", type=options.CASE)
@click.option("--json", "as_json", is_flag=True, help="Print audit.json instead of a summary.")
@voiced
def command(case: str, as_json: bool) -> None:
    """Search every picture that CASE holds for faces and bodies, with finders that the privacy wall does not use.

    What a reference prints at the same place is no person. Everything else that is found is listed for a person to
    look at, and so is what could not be searched.

    \b
    samegoods audit july/case
    """
    from samegoods.wiring.auditing import audit, told

    result = audit(case)
    if as_json:
        click.echo(result.model_dump_json(by_alias=True, indent=1))
        return
    for line in told(result):
        click.echo(line)
