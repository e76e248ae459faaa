"""A small study on disk: a campaign of one product, and photos of packs of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml
from PIL import Image as Pictures

from samegoods import campaign as campaigns
from samegoods.records import Image
from samegoods.render.photo import Pose, photograph


def make_study(folder: Path, reference: Image, packs: Sequence[Image], *, photos: int) -> Path:
    """Write a campaign with this reference, and photos of the packs in turn; the campaign file."""
    document = yaml.safe_load(campaigns.skeleton())
    (product,) = document["products"]
    document["sites"][0]["notice"] = "at both gates"
    (listed,) = product["versions"]["export"]["references"]
    for place in ("references", "photos"):
        (folder / place).mkdir(parents=True)
    Pictures.fromarray(reference).save(folder / listed["image"])
    for number in range(photos):
        pose = Pose(height_px=300, tilt_deg=4.0 * number, turn_deg=6.0 * number)
        photo = photograph(packs[number % len(packs)], pose=pose, seed=number)
        Pictures.fromarray(photo.pixels).save(folder / "photos" / f"{number}.png")
    file = folder / "campaign.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file
