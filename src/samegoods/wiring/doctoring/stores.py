"""Where else than in folders of this machine cases may lie."""

from __future__ import annotations

import importlib.metadata
from importlib.util import find_spec

from samegoods.errors import CaseError
from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, missing, works


def _postgres(asked: Asked) -> Found:
    if find_spec("psycopg") is None:
        return missing("psycopg is not installed")
    driver = f"psycopg {importlib.metadata.version('psycopg')}"
    if asked.postgres is None:
        return works(f"{driver}; no server was asked: --postgres ADDRESS names one")
    from samegoods.edges.case.address import InPostgres, address_of
    from samegoods.edges.case.postgres import looked_at

    try:
        address = address_of(asked.postgres)
        if not isinstance(address, InPostgres):
            return broken(f"{address} is no address of PostgreSQL", "give postgresql://USER@HOST/DATABASE?schema=NAME")
        seen = looked_at(address)
    except CaseError as error:
        return broken(str(error))
    told = f"{driver}, PostgreSQL {seen.version}, {seen.way}"
    if seen.hindrance is not None:
        return broken(f"{told}: {seen.hindrance}")
    return works(f"{told}: {seen.state}")


PARTS = (
    Part(
        "PostgreSQL",
        "cases lie in folders alone, and one run at a time writes to each",
        "pip install 'samegoods[stores]'; then see that the server runs, and that its user may make schemas there",
        _postgres,
        needed=False,
    ),
)
