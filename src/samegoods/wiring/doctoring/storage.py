"""Where evidence may lie, if not in the folder of its case."""

from __future__ import annotations

import hashlib
import secrets
from importlib.util import find_spec

from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, missing, works


def _objects(asked: Asked) -> Found:
    """Ask the service for all that a case asks of it; what is written there is gone afterwards."""
    if find_spec("obstore") is None:
        return missing("obstore is not installed")
    if asked.evidence is None:
        return works("installed; no service was asked: doctor --evidence s3://BUCKET/PREFIX tries one")
    from samegoods.edges.case.bucket import Bucket
    from samegoods.edges.case.placing import checked_address

    place = Bucket(f"{checked_address(asked.evidence)}/doctor-{secrets.token_hex(8)}", patience_s=10)
    content = place.address.encode()
    name = hashlib.sha256(content).hexdigest()
    path = f"evidence/{name[:2]}/{name}.png"
    place.put_once(path, content)
    try:
        place.put_once(path, b"something else")
        if place.read(path) != content:
            return broken("what is there can be written over", "take a service that knows If-None-Match")
        if list(place.names([])) != [path]:
            return broken("what is there is not listed", "take a service that lists what it holds")
    finally:
        place.delete([path])
    return works(f"{asked.evidence}: writes once, reads, lists and deletes")


PARTS = (
    Part(
        "object storage",
        "check --evidence is refused; pictures lie in the folder of their case",
        "pip install 'samegoods[stores]'",
        _objects,
        needed=False,
    ),
)
