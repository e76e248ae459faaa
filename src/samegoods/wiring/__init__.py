"""The one place that knows every edge: it wires media, catalogue, pipeline, engine, case and report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samegoods.loading import loaded_from

if TYPE_CHECKING:
    from samegoods.wiring.auditing import audit as audit
    from samegoods.wiring.beginning import init as init
    from samegoods.wiring.beginning import schema as schema
    from samegoods.wiring.checking import CheckResult as CheckResult
    from samegoods.wiring.checking import check as check
    from samegoods.wiring.custody import export as export
    from samegoods.wiring.custody import verify as verify
    from samegoods.wiring.notices import notices as notices
    from samegoods.wiring.pictures import compare as compare
    from samegoods.wiring.planning import Planned as Planned
    from samegoods.wiring.planning import plan as plan
    from samegoods.wiring.reading import read as read
    from samegoods.wiring.reporting import against as against
    from samegoods.wiring.reporting import report as report
    from samegoods.wiring.running import Progress as Progress

_HOMES = {
    "CheckResult": "samegoods.wiring.checking",
    "Planned": "samegoods.wiring.planning",
    "Progress": "samegoods.wiring.running",
    "against": "samegoods.wiring.reporting",
    "audit": "samegoods.wiring.auditing",
    "check": "samegoods.wiring.checking",
    "compare": "samegoods.wiring.pictures",
    "export": "samegoods.wiring.custody",
    "init": "samegoods.wiring.beginning",
    "notices": "samegoods.wiring.notices",
    "plan": "samegoods.wiring.planning",
    "read": "samegoods.wiring.reading",
    "report": "samegoods.wiring.reporting",
    "schema": "samegoods.wiring.beginning",
    "verify": "samegoods.wiring.custody",
}

__all__ = sorted(_HOMES)

__getattr__ = loaded_from(__name__, _HOMES)
