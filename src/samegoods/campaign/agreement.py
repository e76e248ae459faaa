"""Whether the parts of a campaign fit together: asked of the plain content, so all problems come at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samegoods.campaign.values import nearest

Loc = tuple[str | int, ...]

EXPORT = "export"
RESERVED = frozenset({"unlisted"})
"""Ids that the results use for something else."""


def disagreements(raw: object) -> Iterator[tuple[Loc, str]]:
    """Where parts that may each be right do not fit together, as (place, message).

    Takes the plain content, right or wrong, so that these are told together with all other problems.
    """
    content = _mapping(raw)
    for what in ("sites", "products"):
        yield from _repeated_ids(content, what)
    yield from _strange_sites(content)
    order = _mapping(content.get("order"))
    yield from _repeated_exemptions(order)
    for i, product in enumerate(_sequence(content.get("products"))):
        yield from _version_problems(_mapping(product).get("versions"), ("products", i, "versions"))
        yield from _category_problems(_mapping(product).get("category"), order, ("products", i, "category"))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _repeated_ids(content: dict[str, Any], what: str) -> Iterator[tuple[Loc, str]]:
    seen: set[str] = set()
    for i, entry in enumerate(_sequence(content.get(what))):
        name = _mapping(entry).get("id")
        if isinstance(name, str) and name in seen:
            yield (what, i, "id"), f"the id {name!r} is taken by an earlier one of the {what}"
        elif isinstance(name, str):
            seen.add(name)


def _strange_sites(content: dict[str, Any]) -> Iterator[tuple[Loc, str]]:
    """Names for sites that the campaign does not have."""
    known = [name for entry in _sequence(content.get("sites")) if isinstance(name := _mapping(entry).get("id"), str)]
    languages = _mapping(_mapping(content.get("public_notice")).get("languages"))
    for language, words in languages.items():
        for site in _mapping(_mapping(words).get("sites")):
            if site not in known:
                loc = ("public_notice", "languages", language, "sites", site)
                yield loc, f"the campaign has no site {site!r}; it lists {', '.join(known)}"


def _repeated_exemptions(order: dict[str, Any]) -> Iterator[tuple[Loc, str]]:
    seen: set[str] = set()
    for i, entry in enumerate(_sequence(order.get("exempt"))):
        category = _mapping(entry).get("category")
        if isinstance(category, str) and category in seen:
            yield ("order", "exempt", i, "category"), f"{category!r} is exempt already"
        elif isinstance(category, str):
            seen.add(category)


def _version_problems(versions: object, loc: Loc) -> Iterator[tuple[Loc, str]]:
    if not isinstance(versions, dict):
        return
    if EXPORT not in versions:
        yield loc, "a version 'export' is missing: every other version is compared with it"
    for name in RESERVED & versions.keys():
        yield (*loc, name), f"{name!r} is reserved: the results use it for what fits no listed version"
    listed = [_mapping(version).get("references", ()) for version in versions.values()]
    if not any(listed):
        yield loc, "no version has a reference: this product could never be recognised"


def _category_problems(category: object, order: dict[str, Any], loc: Loc) -> Iterator[tuple[Loc, str]]:
    """A category that the order does not name is out of scope; one that is nearly a named one is a slip."""
    named = [name for name in _sequence(order.get("categories")) if isinstance(name, str)]
    exempt = [_mapping(entry).get("category") for entry in _sequence(order.get("exempt"))]
    named_or_exempt = named + [name for name in exempt if isinstance(name, str)]
    if not isinstance(category, str) or category in named_or_exempt:
        return
    like = nearest(category, named_or_exempt, cutoff=0.8)
    if like:
        yield loc, f"the order does not list {category!r}; did you mean {like!r}?"
