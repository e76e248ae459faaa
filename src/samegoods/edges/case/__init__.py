"""The case folder: what was examined, its evidence, and the results as files."""

from samegoods.edges.case.store import CaseStore

__all__ = ["CaseStore"]
