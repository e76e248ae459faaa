"""Read a case folder for its report: the findings and, by their names, the pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from samegoods.edges.report.packs import Packs
from samegoods.errors import CaseError
from samegoods.fetching import InFolder, Pictures, Remembered, ahead
from samegoods.results import FindingsPart
from samegoods.results.base import Part
from samegoods.results.ground import GroundGroupPart
from samegoods.results.parts import FindingPart, ItemPart, ProductPart, ReferencePart, SitePart, SourcePart
from samegoods.results.rows import entries

T = TypeVar("T")
R = TypeVar("R")


class Case:
    """A case as its files tell it; its pictures are in its folder unless others are given, each read once if there is
    room."""

    def __init__(
        self, folder: Path, document: FindingsPart, sha256: str, packs: Packs, pictures: Pictures | None = None
    ) -> None:
        self.folder = folder
        self.pictures: Pictures = Remembered(pictures or InFolder(folder))
        self.document = document
        """Without its sightings, and without its items unless these were asked for: ``packs`` is what is told of
        them."""
        self.sha256 = sha256
        """Of ``findings.json``."""
        self.packs = packs

    @cached_property
    def products(self) -> dict[str, ProductPart]:
        return {product.id: product for product in self.document.campaign.products}

    @cached_property
    def sites(self) -> dict[str, SitePart]:
        return {site.id: site for site in self.document.campaign.sites}

    @cached_property
    def sources(self) -> dict[str, SourcePart]:
        return {source.id: source for source in self.document.sources}

    @cached_property
    def references(self) -> dict[str, ReferencePart]:
        return {reference.id: reference for reference in self.document.references}

    @cached_property
    def filmed(self) -> list[str]:
        """The sites with footage that could be read, in the campaign's order."""
        read = {source.site for source in self.document.sources if source.status != "failed"}
        return [site for site in self.sites if site in read]

    def findings(self, product: str) -> list[FindingPart]:
        return [finding for finding in self.document.findings if finding.product == product]

    def each(self, make: Callable[[T], R], wanted: Iterable[T]) -> tuple[R, ...]:
        """What is made of each, in their order; several at a time where that many pictures are worth asking for."""
        return tuple(ahead(make, wanted, self.pictures.at_once))

    def place(self, finding: FindingPart) -> str:
        """``Camellia butter biscuits at Songsin Market``."""
        return f"{self.products[finding.product].name} at {self.sites[finding.site].name}"


_LISTS: dict[str, type[Part]] = {
    "sources": SourcePart,
    "references": ReferencePart,
    "items": ItemPart,
    "findings": FindingPart,
    "ground": GroundGroupPart,
}


def read_case(folder: Path, pictures: Pictures | None = None, *, with_items: bool = False) -> Case:
    """The case in a folder; without its sightings, which no report shows, and which are most of a case of footage.

    Args:
        pictures: those of the case; None where they lie in the folder.
        with_items: hold the items as well; else they go by one at a time.

    Raises:
        CaseError: there is none, it is damaged, or a later release has written it.
    """
    file = folder / "findings.json"
    try:
        with file.open("rb") as raw:
            sha256 = hashlib.file_digest(raw, "sha256").hexdigest()
        with file.open(encoding="utf-8") as lines:
            document, packs = _read(entries(lines), with_items=with_items)
            return Case(folder, document, sha256, packs, pictures)
    except OSError as error:
        raise CaseError(f"{file}: cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "(file)"
        raise CaseError(f"{file}: not the findings of a case: {place}: {first['msg']}") from error
    except (ValueError, KeyError) as error:
        raise CaseError(f"{file}: not the findings of a case: {error}") from error


def _read(parts: Iterable[tuple[str, Any]], *, with_items: bool) -> tuple[FindingsPart, Packs]:
    """The document and what is told of its items, from its entries, each taken as it comes: all of it as plain values
    would be held beside it."""
    lists: dict[str, list[Part]] = {name: [] for name in _LISTS}
    rest: dict[str, Any] = {"sightings": ()}
    packs = None
    for name, value in parts:
        if name in _LISTS and value != []:
            part = _LISTS[name].model_validate(value)
            if isinstance(part, ItemPart):
                packs = packs or Packs(rest["campaign"]["requires"])
                packs.take(part)
            if with_items or not isinstance(part, ItemPart):
                lists[name].append(part)
        elif name not in _LISTS and name != "sightings":
            rest[name] = value
    document = FindingsPart.model_validate(rest | lists)
    return document, packs or Packs(document.campaign.requires)
