"""``samegoods schema``: the JSON Schemas."""

from __future__ import annotations

import json
from typing import Any

import click

from samegoods.cli import settings
from samegoods.cli.voice import voiced


@click.command("schema", short_help="Print a JSON Schema.")
@click.argument(
    "name", type=click.Choice(["campaign", "findings", "comparison", "read", "settings"]), default="campaign"
)
@voiced
def command(name: str) -> None:
    """Print the JSON Schema of the campaign file, of findings.json, of compare --json, of a line of read --json, or of
    samegoods.toml with the settings of all commands.

    \b
    samegoods schema > campaign.schema.json
    samegoods schema findings
    """
    click.echo(json.dumps(_schema(name), ensure_ascii=False, indent=2))


def _schema(name: str) -> dict[str, Any]:
    if name == "settings":
        return settings.schema()
    from samegoods import wiring

    return wiring.schema(name)
