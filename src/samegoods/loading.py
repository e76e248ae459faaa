"""Names of a package that are loaded when they are first asked for (PEP 562): a command that needs one of them waits
for no other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def loaded_from(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package.

    Args:
        homes: the module that each public name is defined in.
    """

    def found(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        there = getattr(import_module(homes[name]), name)
        setattr(sys.modules[package], name, there)
        return there

    return found
