"""Engines: where the work runs. One interface, one file per engine."""

from __future__ import annotations

from samegoods.edges.engines.ahead import load_ahead
from samegoods.edges.engines.base import LATER, Engine, Failed, Later, at_work, tell
from samegoods.edges.engines.inline import InlineEngine
from samegoods.edges.engines.local import LocalEngine, usable_cores
from samegoods.edges.engines.ray import RayEngine

__all__ = [
    "LATER",
    "Engine",
    "Failed",
    "InlineEngine",
    "Later",
    "LocalEngine",
    "at_work",
    "engine",
    "load_ahead",
    "tell",
    "usable_cores",
]


def engine(name: str, *, workers: int | None = None, address: str | None = None) -> Engine:
    """The engine of this name; ``address`` is that of a Ray cluster, None to start one here.

    Raises:
        ValueError: there is no engine of this name, or it has no address.
    """
    if address is not None and name != "ray":
        raise ValueError(f"the engine {name!r} has no address: it runs on this machine")
    if name == "local":
        return LocalEngine(workers=workers)
    if name == "inline":
        return InlineEngine()
    if name == "ray":
        return RayEngine(workers=workers, address=address)
    raise ValueError(f"no engine is called {name!r}: local, inline or ray")
