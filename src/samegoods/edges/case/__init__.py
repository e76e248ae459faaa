"""A case: what was examined, its evidence, the results as files, and the log of it all."""

from samegoods.edges.case.address import CaseAddress, InFolder, InPostgres, address_of
from samegoods.edges.case.inspecting import inspect
from samegoods.edges.case.kept import cache_of, made_cache
from samegoods.edges.case.logged import Change
from samegoods.edges.case.opening import folder_of, require_case
from samegoods.edges.case.placing import pictures_of
from samegoods.edges.case.publishing import Publication
from samegoods.edges.case.store import CaseStore

__all__ = [
    "CaseAddress",
    "CaseStore",
    "Change",
    "InFolder",
    "InPostgres",
    "Publication",
    "address_of",
    "cache_of",
    "folder_of",
    "inspect",
    "made_cache",
    "pictures_of",
    "require_case",
]
