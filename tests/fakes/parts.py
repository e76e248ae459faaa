"""Parts that work, that lack something, and that fail in every way that a library may."""

from __future__ import annotations

import os

from samegoods.errors import MissingPart
from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, missing, works


def fine(asked: Asked) -> Found:
    return works(f"fine in {asked.cases}")


def lacking(_: Asked) -> Found:
    return missing("not installed")


def lame(_: Asked) -> Found:
    return broken("it limps", "shoe it")


def raising(_: Asked) -> Found:
    raise ZeroDivisionError("a bug in a library")


def refusing(_: Asked) -> Found:
    raise MissingPart("its weights are damaged")


def dying(_: Asked) -> Found:
    os._exit(1)


def part(test, *, needed: bool = True) -> Part:
    return Part(test.__name__, "nothing is weighed", "buy a new one", test, needed)
