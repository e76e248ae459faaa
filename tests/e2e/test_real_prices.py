"""Real shelves: packs cut out of a photo as references, and the prices on the tags below them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest

from observations import DATA
from samegoods import wiring
from samegoods.edges.readers import RapidocrReader

SHELF = DATA / "shelves_jp" / "20240913_161312_1107_1.jpg"
PACKS = {
    "dinosaurs": ((569, 660, 789, 794), "299"),
    "racers": ((809, 634, 1097, 794), "299"),
    "corn": ((1086, 303, 1377, 523), "569"),
    "mixed": ((614, 329, 829, 523), "259"),
}
"""Left, top, right, bottom of a pack, px, and the price on the tag below it, as a person reads it."""

pytestmark = [
    pytest.mark.skipif(not SHELF.exists(), reason="the real pictures are not here: see CONTRIBUTING.md"),
    pytest.mark.skipif(not RapidocrReader().state().available, reason="RapidOCR is not installed: samegoods[read]"),
]


def campaign(folder: Path) -> Path:
    """A campaign whose references are cut out of the shelf itself: only the prices are asked for here."""
    picture = cv2.imread(str(SHELF))
    products = []
    for name, ((x0, y0, x1, y1), _) in PACKS.items():
        cv2.imwrite(str(folder / f"{name}.png"), picture[y0:y1, x0:x1])
        export = {"references": [{"image": f"{name}.png", "face": "front"}]}
        products.append({"id": name, "name": name, "category": "confectionery", "versions": {"export": export}})
    file = folder / "campaign.yaml"
    order = {"title": "Same goods", "in_force": "2024-01-01", "requires": ["packaging"]}
    site = {"id": "shop", "name": "Shop", "timezone": "Asia/Tokyo", "notice": "at the door"}
    study = {"samegoods": 1, "campaign": "shelf", "order": order, "sites": [site], "products": products}
    file.write_text(json.dumps(study), encoding="utf-8")  # JSON is YAML
    return file


def test_each_pack_gets_the_price_of_its_own_tag(tmp_path: Path):
    result = wiring.check(campaign(tmp_path), [SHELF], engine="inline")
    told = {item.product: None if item.offer is None else item.offer.price.amount for item in result.items}
    assert told == {name: price for name, (_, price) in PACKS.items()}
