"""``samegoods verify``: the proof of a case or a bundle."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samegoods.cli import options
from samegoods.cli.voice import note, progress_shown, voiced

if TYPE_CHECKING:
    from samegoods.custody import Proof

DOES_NOT_HOLD = 5


@click.command("verify", short_help="Prove that a case or a bundle is as it was logged.")
@click.argument("place", metavar="CASE|BUNDLE", type=options.CASE)
@click.option("--key", metavar="PEM", type=click.Path(path_type=Path), help="The public key that is to have signed.")
@click.option("--footage", metavar="DIR", type=click.Path(path_type=Path), help="Check the footage here as well.")
@click.option(
    "--authority", metavar="PEM", type=click.Path(path_type=Path), help="Certificates of time stampers to trust."
)
@click.option("--json", "as_json", is_flag=True, help="Print all that was found, as JSON.")
@voiced
def command(place: str, key: Path | None, footage: Path | None, authority: Path | None, as_json: bool) -> None:
    """Prove that a case folder, or a bundle of samegoods export, is what its signed log tells.

    Reads only; needs no private key, and no network but for pictures in object storage. Names the first thing that is
    wrong, and ends with 5 where something is.

    \b
    samegoods verify july/case
    samegoods verify july.zip --key their-key.pem --footage clips/ --json
    """
    from samegoods import wiring

    with progress_shown() as progress:
        proof = wiring.verify(place, key=key, footage=footage, authority=authority, progress=progress)
    if as_json:
        click.echo(json.dumps(_document(proof, given=key is not None), ensure_ascii=False, indent=1))
    else:
        _print(proof, given=key is not None)
    if proof.state != "holds":
        sys.exit(DOES_NOT_HOLD)


def _document(proof: Proof, *, given: bool) -> dict[str, object]:
    return {
        "schema": "samegoods/proof/1",
        "state": proof.state,
        "key": proof.key,
        "key_from": "given" if given else "case",
        "entries": proof.entries,
        **proof.counts,
        "problems": [{"where": p.where, "what": p.what, "unfinished": p.unfinished} for p in proof.problems],
        "notes": list(proof.notes),
    }


def _print(proof: Proof, *, given: bool) -> None:
    if proof.state == "holds":
        held = ", ".join(f"{number} {what}" for what, number in proof.counts.items())
        click.echo(f"holds: {proof.entries} entries, {held}, signed by the key {proof.key}")
    else:
        click.echo(f"unfinished: {proof.problems[0]}" if proof.state == "unfinished" else str(proof.problems[0]))
    if len(proof.problems) > 1:
        note(f"and {len(proof.problems) - 1} more: --json tells them all")
    for one in proof.notes:
        note(one)
    if not given and proof.key is not None:
        note(
            f"the key {proof.key} lies in the case itself, where a forger could have put another: "
            "get it from whoever made the case, and give it with --key"
        )
