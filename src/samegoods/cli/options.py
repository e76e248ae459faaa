"""Options that several commands have, each said once."""

from __future__ import annotations

from pathlib import Path

import click

CASE = click.Path(path_type=str)
"""A case: its folder, or its address in PostgreSQL, which no path could hold."""

results = click.option(
    "--results",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder of results and evidence, for a case that begins in PostgreSQL.",
)
signing_key = click.option(
    "--signing-key",
    metavar="PEM",
    type=click.Path(path_type=Path),
    envvar="SAMEGOODS_SIGNING_KEY",  # for every command that signs, as from Python
    help="The key that signs, if not your own.",
)
stamp = click.option(
    "--stamp",
    metavar="URL",
    envvar="SAMEGOODS_TIMESTAMP_URL",
    help="Have the log stamped by this authority (RFC 3161).",
)
evidence = click.option(
    "--evidence",
    metavar="s3://BUCKET/PREFIX",
    help="Where the pictures of a case that begins are to lie, if not in its folder.",
)
references_from = click.option(
    "--references-from",
    metavar="DIR",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A folder that reference pictures may lie in, too, beside the campaign's own.",
)


def _loading(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """Workers of this machine load what they need beside what the command loads."""
    from samegoods.edges.engines import load_ahead

    if value == "local":
        load_ahead()
    return value


engine = click.option(
    "--engine",
    callback=_loading,
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where to run: processes of this machine, or a Ray cluster.",
)
ray_address = click.option(
    "--ray-address",
    metavar="ADDRESS",
    envvar="RAY_ADDRESS",
    help="The Ray cluster, as auto or HOST:PORT; if absent, one is started here.",
)
workers = click.option("--workers", type=click.IntRange(min=1), help="Processes at a time; if absent, one a core.")
accounts_file = click.option(
    "--accounts-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    envvar="SAMEGOODS_ACCOUNTS",
    help="The accounts, if not your own.",
)
