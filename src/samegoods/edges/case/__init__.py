"""The case folder: what was examined, its evidence, the results as files, and the log of it all."""

from samegoods.edges.case.inspecting import inspect
from samegoods.edges.case.logged import Change
from samegoods.edges.case.placing import pictures_of
from samegoods.edges.case.store import CaseStore, require_case

__all__ = ["CaseStore", "Change", "inspect", "pictures_of", "require_case"]
