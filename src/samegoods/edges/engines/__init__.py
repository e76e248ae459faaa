"""Engines: where the work runs. One interface, one file per engine."""

from __future__ import annotations

from samegoods.edges.engines.base import LATER, Engine, Failed, Later, at_work, tell
from samegoods.edges.engines.inline import InlineEngine
from samegoods.edges.engines.local import LocalEngine, usable_cores
from samegoods.errors import MissingPart

__all__ = [
    "LATER",
    "Engine",
    "Failed",
    "InlineEngine",
    "Later",
    "LocalEngine",
    "at_work",
    "engine",
    "tell",
    "usable_cores",
]


def engine(name: str, *, workers: int | None = None) -> Engine:
    """The engine of this name.

    Raises:
        MissingPart: the engine is not part of this installation.
        ValueError: there is no engine of this name.
    """
    if name == "local":
        return LocalEngine(workers=workers)
    if name == "inline":
        return InlineEngine()
    if name == "ray":
        raise MissingPart("this version has no ray engine: it runs on one machine; use --engine local")
    raise ValueError(f"no engine is called {name!r}: local, inline or ray")
