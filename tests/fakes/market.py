"""A tiny campaign with its footage on disk: two drawn products, a clip, two photos, a broken file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fakes import drawn
from fakes.footage import write_photo, write_video
from samegoods.render.edits import plant
from samegoods.render.photo import Photo, Pose
from samegoods.render.surfaces import clutter

CAMPAIGN = """\
samegoods: 1
campaign: tiny
order:
  title: Goods sold at home must not differ from those exported
  in_force: 2026-07-01
  requires: [packaging]
sites:
  - {id: corner, name: The corner shop, timezone: Asia/Seoul, notice: on the door}
products:
  - id: tea
    name: Tea
    category: confectionery
    versions:
      export: {references: [{image: references/tea.png, face: front}]}
  - id: soap
    name: Soap
    category: cosmetics
    versions:
      export: {references: [{image: references/soap.png, face: front}]}
"""
PACKS = {"tea": 1, "soap": 2}
SIZE = (640, 360)
BADGE = (240.0, 300.0, 120.0, 120.0)
"""Where the badge of :func:`other_tea` lies on the reference: left, top, width, height, px."""
STEP_S = 0.2
STEPS = 10


def seen(pixels: np.ndarray, *, at: float = 0.5, seed: int = 1) -> Photo:
    """A pack before a backdrop, its centre ``at`` this share of the width."""
    pose = Pose(270, tilt_deg=8, turn_deg=3, centre=(at, 0.5))
    return drawn.photo_of(pixels, pose, seed=seed, size=SIZE, background=clutter(*SIZE, 4))


def tea() -> Photo:
    """Tea as it is exported: ``same.jpg``."""
    return seen(drawn.pack(PACKS["tea"]))


def other_tea() -> Photo:
    """Tea with a badge that its export version does not have: ``other.jpg``."""
    return seen(plant(drawn.pack(PACKS["tea"]), "badge", seed=3, box=BADGE)[0])


def soap(step: int) -> Photo:
    """A frame of ``clip.mp4``: soap, as it is exported, moving to the right."""
    return seen(drawn.pack(PACKS["soap"]), at=0.4 + 0.02 * step, seed=step)


def stranger() -> Photo:
    """A pack that is of no campaign."""
    return seen(drawn.pack(drawn.STRANGERS))


def write_campaign(folder: Path) -> Path:
    (folder / "references").mkdir(parents=True)
    for name, seed in PACKS.items():
        write_photo(folder / "references" / f"{name}.png", drawn.pack(seed))
    file = folder / "campaign.yaml"
    file.write_text(CAMPAIGN, encoding="utf-8")
    return file


def write_footage(folder: Path) -> Path:
    """A clip of two seconds, two photos and a file that is none."""
    folder.mkdir(parents=True)
    frames = [soap(step).pixels for step in range(STEPS)]
    stamps = [round(1000 * STEP_S * step) for step in range(STEPS)]
    write_video(folder / "clip.mp4", frames, stamps_ms=stamps, options={"crf": "18"})
    write_photo(folder / "same.jpg", tea().pixels, quality=92)
    write_photo(folder / "other.jpg", other_tea().pixels, quality=92)
    (folder / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42 and then nothing that is a film")
    return folder
