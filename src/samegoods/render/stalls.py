"""The stalls of the demo's market, set with goods as the programme says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from samegoods.records import Image
from samegoods.render.design import Design, draw
from samegoods.render.edits import Edit, plant
from samegoods.render.packs import GOODS, face
from samegoods.render.paint import Rgb, mix
from samegoods.render.programme import Clip, Place
from samegoods.render.random_pack import random_design
from samegoods.render.scene import Label, Pack, Panel, Scene, box_panels, price_panel, stall
from samegoods.render.stock import DESIGNS
from samegoods.render.truth import ItemTruth

_ROWS = ((-0.345, 0.40), (0.0, 0.0))  # y and z of the front edges of the shelf's and the table's boards
_GAP_M = 0.055
_SET_BACK_M = 0.05
_STRANGERS = 500  # seeds of strangers start here
_OWN_MOTIFS = frozenset(design.motif for design in DESIGNS.values())
_FORMS = {"d": "domestic", "e": "export"}


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """A pack as it stands on a board; ``truth`` is None for a stranger."""

    pack: Pack
    upended: bool
    truth: ItemTruth | None

    @property
    def wide(self) -> float:
        return self.pack.size[1 if self.upended else 0]


def build_scene(clip: Clip, place: Place, *, seed: int, named: str) -> tuple[Scene, tuple[ItemTruth, ...]]:
    """The stall of a clip with everything on it, and the packs that the truth tells of.

    ``named`` begins the ids of the items: the file that shows them.
    """
    rng = np.random.default_rng([seed, 86])
    strangers = _strangers(_STRANGERS + 40 * (seed % 1000))
    panels: list[Panel] = []
    items: list[ItemTruth] = []
    longest = 0.0
    for k, (row, (y, z)) in enumerate(zip(clip.rows, _ROWS, strict=True)):
        x = 0.0
        for number, entry in enumerate(row.split()):
            placed = _placed(entry, f"{named}#{k + 1}.{number + 1}", strangers, seed)
            items += [placed.truth] if placed.truth else []
            panels += _stand(placed, (x + placed.wide / 2, y, z), place, 10 * k, rng)
            x += placed.wide + _GAP_M * float(rng.uniform(0.7, 1.5))
        longest = max(longest, x)
    panels += stall(place.look, place.lighting, length=longest, rows=_ROWS, seed=seed)
    return Scene(tuple(panels), seed), tuple(items)


def _strangers(start: int) -> Iterator[Design]:
    """Goods that the campaign does not know. None bears an illustration of its goods: the renderer draws those
    so much alike that a stranger would truly show the same picture."""
    designs = (random_design(seed) for seed in count(start))
    return (design for design in designs if design.motif not in _OWN_MOTIFS)


def _placed(entry: str, name: str, strangers: Iterator[Design], seed: int) -> _Placed:
    if entry == "x":
        return _Placed(_stranger(next(strangers)), False, None)
    short, _, form = entry.partition(":")
    version = _FORMS[form[0]]
    good = next(good for good in GOODS.values() if good.id.startswith(f"{short}-"))
    product = good.id
    front = face(product, version, "front")
    picture, edits = front.pixels, front.edits
    if "*" in form:
        tall, wide = picture.shape[:2]
        spot = (0.28 * wide, 0.32 * tall, 0.44 * wide, 0.28 * tall)
        picture, damage = plant(picture, "stain", seed=seed, box=spot, strength=1.2)
        edits = (*edits, damage)
    side = face(product, version, "side") if "side" in good.designs else None
    width, height, depth = (v / 1000 for v in good.size_mm)
    labels = (Label(name, product, version, "front"), Label(name, product, version, "side") if side else None)
    all_edits: tuple[Edit, ...] = edits if side is None else (*edits, *side.edits)
    pack = Pack(picture, (width, height, depth), _board_of(picture), side.pixels if side else None, labels)
    return _Placed(pack, "~" in form, ItemTruth(name, product, version, all_edits))


def _stranger(design: Design) -> Pack:
    rng = np.random.default_rng([design.seed, 87])
    picture = draw(design)
    height = float(rng.uniform(0.16, 0.23)) * (1.0 if picture.shape[0] > picture.shape[1] else 0.8)
    width = height * picture.shape[1] / picture.shape[0]
    return Pack(picture, (width, height, float(rng.uniform(0.05, 0.11))), _board_of(picture))


def _board_of(picture: Image) -> Rgb:
    """The colour of a box's unprinted sides: its front's edges, a little darker."""
    rim = np.concatenate([picture[:, :3].reshape(-1, 3), picture[:, -3:].reshape(-1, 3)])
    r, g, b = (int(v) for v in np.median(rim, axis=0))
    return mix((r, g, b), (0, 0, 0), 0.15)


def _stand(
    placed: _Placed, spot: tuple[float, float, float], place: Place, layer: int, rng: np.random.Generator
) -> list[Panel]:
    """A pack put down roughly straight, its price hanging from the board's edge before it."""
    x, y, z = spot
    yaw = float(rng.normal(0, 0.12))
    if placed.pack.side is not None:
        yaw = float(rng.uniform(0.35, 0.5))  # turned so that its side shows
    back = z + _SET_BACK_M + placed.pack.size[2] / 2 + float(rng.uniform(0, 0.04))
    panels = box_panels(placed.pack, (x, y, back), yaw, place.lighting, layer=layer + 2, upended=placed.upended)
    words = f"{rng.integers(1, 40)}.{rng.integers(0, 10)}0"
    seed = int(rng.integers(1 << 30))
    panels.append(price_panel(words, x, y + 0.002, z - 0.004, place.lighting, layer=layer + 4, seed=seed))
    return panels
