"""The demo's campaign on paper: its file, the pictures of its references, the list of its footage."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from PIL import Image as Pictures

from samegoods.render.packs import GOODS, Good, face
from samegoods.render.programme import CLIPS, IN_FORCE, PLACES, TIMEZONE
from samegoods.render.stock import DESIGNS
from samegoods.render.truth import SourceTruth

EXEMPT = "handmade-farm"
_WITH_HOME_REFERENCE = frozenset({"karavel-tobacco", "ondaluna-biscuits", "selune-cream", "aurivit-capsules"})
_LISTED_ONLY = frozenset({"veltro-tracksuit", "cantaro-violin"})
_HEADER = "# A rendered market: every brand, place and person in it is invented.\n"


def write_campaign(folder: Path) -> Path:
    """Write ``campaign.yaml`` and ``references/``; the home form of some goods has a reference, of some it is
    listed without one, of some nobody has listed it."""
    (folder / "references").mkdir(parents=True, exist_ok=True)
    document = {
        "samegoods": 1,
        "campaign": "demo-market",
        "order": {
            "title": "Goods sold at home must not differ from those exported",
            "in_force": IN_FORCE,
            "requires": ["packaging", "quality"],
            "categories": sorted({good.category for good in GOODS.values()} - {EXEMPT}),
            "exempt": [{"category": EXEMPT, "reason": "sold by the grower"}],
        },
        "sites": [
            {
                "id": place.id,
                "name": place.name,
                "timezone": TIMEZONE,
                "notice": "nobody is filmed: it is rendered",
            }
            for place in PLACES.values()
        ],
        "products": [_product(good, folder) for good in GOODS.values()],
    }
    path = folder / "campaign.yaml"
    path.write_text(_HEADER + yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def _product(good: Good, folder: Path) -> dict[str, Any]:
    gtin = DESIGNS[good.designs["front"]].gtin
    versions: dict[str, Any] = {"export": {"gtin": [gtin], "references": _references(good, "export", folder)}}
    if good.id in _WITH_HOME_REFERENCE:
        versions["domestic"] = {"references": _references(good, "domestic", folder)}
    elif good.id in _LISTED_ONLY:
        versions["domestic"] = {"references": []}
    return {"id": good.id, "name": good.name, "category": good.category, "versions": versions}


def _references(good: Good, version: str, folder: Path) -> list[dict[str, Any]]:
    made = []
    for name in good.designs:
        image = f"references/{good.id}-{version}-{name}.png"
        Pictures.fromarray(face(good.id, version, name).pixels).save(folder / image, compress_level=4)
        width = good.size_mm[0] if name == "front" else good.size_mm[2]
        made.append({"image": image, "face": name, "width_mm": width})
    return made


def write_listing(folder: Path, sources: Sequence[SourceTruth]) -> Path:
    """Write ``footage.csv``; the time is left to the file itself where the programme says so."""
    told = {clip.path.split("{")[0]: clip.told_by for clip in CLIPS}
    path = folder / "footage.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "site", "captured_at"])
        for source in sources:
            by = next(by for start, by in told.items() if source.path.startswith(start))
            writer.writerow([source.path, source.site, source.captured_at if by == "csv" else ""])
    return path
