"""Items as lines of a list, and which of them are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items: of a product, a site, with a call, decided or open; None for any."""

    product: str | None = None
    site: str | None = None
    call: str | None = None
    decided: bool | None = None

    def clause(self) -> tuple[str, list[Any]]:
        told = {"product": self.product, "site": self.site, "call": self.call}
        parts = [f"{name} = ?" for name, value in told.items() if value is not None]
        values: list[Any] = [value for value in told.values() if value is not None]
        if self.decided is not None:
            parts.append("reviewers > 0" if self.decided else "reviewers = 0")
        return " AND ".join(parts) or "1", values


@dataclass(frozen=True, slots=True)
class Line:
    """An item as a line of a list. Its number ``seq`` is drawn by lot and tells nothing; ``decision`` is the last that
    stands, of ``reviewers`` people."""

    seq: int
    source: str
    id: str
    site: str
    product: str
    call: str
    packaging: str
    quality: str
    version: str | None
    sure: float
    views: int
    in_scope: bool
    reviewers: int
    decision: str | None
