"""The eyes that keep people out of a case: those of the privacy wall, and those of the audit behind it."""

from __future__ import annotations

from dataclasses import dataclass

from samegoods.edges.finders import Finder, audit_finders, wall_finders
from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, missing, works

_WALL = "nothing may be kept: samegoods check does not begin"
_AUDIT = "every audit ends with `needs review`, for part of what is kept cannot be searched again"


@dataclass(frozen=True, slots=True)
class _Sees:
    """A finder has to see a drawn person; one that runs and sees nobody is worse than none.

    It is made anew for each test: one that has loaded its network cannot be sent to another process.
    """

    kind: type[Finder]

    def __call__(self, _: Asked) -> Found:
        from samegoods.wiring.doctoring.drawings import person

        finder = self.kind()
        state = finder.state()
        if not state.available:
            return missing("not installed", state.detail)
        seen = finder.find(person())
        if not any(one.kind == finder.kind for one in seen):
            return broken(f"{state.detail} does not see a drawn person", state.detail)
        return works(f"{state.detail}: sees a drawn person")


def _parts(finders: tuple[Finder, ...], name: str, costs: str, *, needed: bool) -> tuple[Part, ...]:
    remedy = "pip install --no-deps --ignore-requires-python -r requirements-finders.lock"
    kinds = {"face": "faces", "body": "bodies"}
    return tuple(Part(f"{name}, {kinds[one.kind]}", costs, remedy, _Sees(type(one)), needed) for one in finders)


PARTS = (
    *_parts(wall_finders(), "privacy wall", _WALL, needed=True),
    *_parts(audit_finders(), "audit", _AUDIT, needed=False),
)
