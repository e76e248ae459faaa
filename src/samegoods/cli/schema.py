"""``samegoods schema``: the JSON Schemas."""

from __future__ import annotations

import json

import click

from samegoods.cli.voice import voiced


@click.command("schema", short_help="Print a JSON Schema.")
@click.argument("name", type=click.Choice(["campaign", "findings", "comparison", "read"]), default="campaign")
@voiced
def command(name: str) -> None:
    """Print the JSON Schema of the campaign file, of findings.json, of compare --json or of a line of read --json.

    \b
    samegoods schema > campaign.schema.json
    samegoods schema findings
    """
    from samegoods import wiring

    click.echo(json.dumps(wiring.schema(name), ensure_ascii=False, indent=2))
