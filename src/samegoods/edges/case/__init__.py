"""A case: what was examined, its evidence, the results as files, and the log of it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samegoods.loading import loaded_from

if TYPE_CHECKING:
    from samegoods.edges.case.address import CaseAddress as CaseAddress
    from samegoods.edges.case.address import InFolder as InFolder
    from samegoods.edges.case.address import InPostgres as InPostgres
    from samegoods.edges.case.address import address_of as address_of
    from samegoods.edges.case.evidence import ReadyReference as ReadyReference
    from samegoods.edges.case.evidence import ready as ready
    from samegoods.edges.case.inspecting import inspect as inspect
    from samegoods.edges.case.kept import cache_of as cache_of
    from samegoods.edges.case.kept import made_cache as made_cache
    from samegoods.edges.case.logged import Change as Change
    from samegoods.edges.case.opening import folder_of as folder_of
    from samegoods.edges.case.opening import require_case as require_case
    from samegoods.edges.case.placing import pictures_of as pictures_of
    from samegoods.edges.case.publishing import Publication as Publication
    from samegoods.edges.case.store import CaseStore as CaseStore

_HOMES = {
    "CaseAddress": "samegoods.edges.case.address",
    "CaseStore": "samegoods.edges.case.store",
    "Change": "samegoods.edges.case.logged",
    "InFolder": "samegoods.edges.case.address",
    "InPostgres": "samegoods.edges.case.address",
    "Publication": "samegoods.edges.case.publishing",
    "ReadyReference": "samegoods.edges.case.evidence",
    "address_of": "samegoods.edges.case.address",
    "cache_of": "samegoods.edges.case.kept",
    "folder_of": "samegoods.edges.case.opening",
    "inspect": "samegoods.edges.case.inspecting",
    "made_cache": "samegoods.edges.case.kept",
    "pictures_of": "samegoods.edges.case.placing",
    "ready": "samegoods.edges.case.evidence",
    "require_case": "samegoods.edges.case.opening",
}

__all__ = sorted(_HOMES)

__getattr__ = loaded_from(__name__, _HOMES)
