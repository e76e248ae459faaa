"""The case folder: what was examined, its evidence, the results as files, and the log of it all."""

from samegoods.edges.case.inspecting import inspect
from samegoods.edges.case.logged import Change
from samegoods.edges.case.publishing import Publication
from samegoods.edges.case.store import CaseStore, require_case

__all__ = ["CaseStore", "Change", "Publication", "inspect", "require_case"]
