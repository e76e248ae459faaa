"""From the findings, entry by entry, to the rows of the tables: no more than one entry is held."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from samegoods.records import AxisName

Row = Mapping[str, Any]
_AXES: tuple[AxisName, ...] = ("packaging", "quality")


def entries(lines: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The fields of the findings from their lines, in their order; of a list each entry by itself, as they are
    written one to a line.

    Raises:
        ValueError: a line is not as it is written.
    """
    of = None
    for line in lines:
        text = line.rstrip("\n").removesuffix(",")
        if line.startswith("  "):
            yield str(of), json.loads(text)
        elif line.startswith('"'):
            name, _, value = text.partition(": ")
            of = json.loads(name)
            if value != "[":
                yield of, json.loads(value)


def rows(parts: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Row]]:
    """The rows of all tables, (table, row), from the findings entry by entry; no more than one entry is held, beside
    the names of products, sites and sources.

    Raises:
        KeyError, TypeError: the findings are not in the form in which they are written.
    """
    products: dict[str, str] = {}
    sites: dict[str, str] = {}
    taken: dict[str, Row] = {}
    for name, value in parts:
        if name == "campaign":
            products = {one["id"]: one["name"] for one in value["products"]}
            sites = {one["id"]: one["name"] for one in value["sites"]}
        elif name == "sources" and value:
            taken[value["id"]] = {"path": value["path"], "captured_at": value["captured_at"]}
            yield "sources", value | {"site_name": sites.get(value["site"])}
        elif name == "items" and value:
            place = {"product_name": products[value["product"]], "site_name": sites.get(value["site"])}
            yield from _of_item(value, place | dict(taken[value["source"]]))
        elif name == "findings" and value:
            yield from _of_finding(
                value | {"product_name": products[value["product"]], "site_name": sites.get(value["site"])}
            )
        elif name == "statistics" and value is not None:
            yield from (("shares", one | _tally(one["tally"])) for one in value["shares"])


def _of_item(item: Row, more: Row) -> Iterator[tuple[str, Row]]:
    offer, review = item.get("offer") or {}, item.get("review") or {}
    told = {f"offer_{name}": offer.get(name) for name in ("amount", "currency", "unit_price", "unit")}
    told |= {f"review_{name}": review.get(name) for name in ("decision", "by")}
    for axis in _AXES:
        verdict = item[axis]
        told |= {f"{axis}_call": verdict["call"], f"{axis}_reason": verdict["reason"]}
        told[f"{axis}_differences"] = len(verdict["differences"])
    yield "items", {**item, **more, **told}
    where = {"source": item["source"], "item": item["id"], "product": item["product"], "site": item["site"]}
    found = [(axis, one) for axis in _AXES for one in item[axis]["differences"]]
    for number, (axis, one) in enumerate(found, 1):
        others = one.get("others") or {}
        beside = {f"others_{name}": others.get(name) for name in ("showing", "without")}
        yield "differences", {**one, **where, **beside, "axis": axis, "number": number}
    yield from (("reviews", {**one, **where}) for one in item["reviews"])


def _of_finding(finding: Row) -> Iterator[tuple[str, Row]]:
    yield "findings", {**finding, **_tally(finding), "counted": "order"}
    for axis in _AXES:
        yield "findings", {**finding, **_tally(finding["axes"][axis]), "counted": axis}
    yield from (("prices", {**finding, **one}) for one in finding["prices"])


def _tally(tally: Row) -> dict[str, Any]:
    """The fields of a tally, those of its parts by the names of both."""
    flat = dict(tally)
    for part, names in (("bounds", ("low", "high")), ("corrected", ("share", "low", "high", "method", "reviewed"))):
        flat |= {f"{part}_{name}": (tally[part] or {}).get(name) for name in names}
    return flat
