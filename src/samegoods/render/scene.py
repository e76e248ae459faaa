"""A market stall in three dimensions: a table, shelves, a wall, boxes, price labels, under its own light.

Metres; x right along the stall, y down with the table's top at 0, z away from the customer with the table's
front edge at 0. Light and contact shadows do not move with the camera, so they are painted onto the surfaces
once.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.records import Floats, Image
from samegoods.render.camera import World
from samegoods.render.paint import Rgb
from samegoods.render.raster import Texture, texture
from samegoods.render.sensor import shaded
from samegoods.render.surfaces import bricks, cloth, plaster, price_label, wood

_PER_METRE = 420  # pixels a metre of walls and boards: about what the camera resolves there


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp at a place (metres) of a colour; ``power`` is its light at one metre."""

    place: tuple[float, float, float]
    colour: tuple[float, float, float]
    power: float


@dataclass(frozen=True, slots=True)
class Lighting:
    """The light of a site: what comes from everywhere, and its lamps."""

    ambient: tuple[float, float, float]
    lamps: tuple[Lamp, ...]

    def on(self, points: World, normal: World) -> Floats:
        """The light (n, 3) on points (n, 3) of a surface that faces ``normal``; about 1 is well exposed."""
        total = np.tile(np.array(self.ambient), (len(points), 1))
        for lamp in self.lamps:
            way = np.array(lamp.place) - points
            far = np.linalg.norm(way, axis=1)
            slant = np.clip(way @ normal / far, 0.12, 1)
            total += (lamp.power * slant / (0.35 + far**2))[:, None] * np.array(lamp.colour)
        return total.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Label:
    """What the ground truth says of a face: which pack, which product and version, which side of it."""

    item: str
    product: str
    version: str
    face: str


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A picture standing in the scene: its edges (4, 3) in metres, drawn in the order of ``layer``.

    ``label`` is None for whatever is no good of the campaign.
    """

    picture: Texture
    corners: World
    layer: int
    label: Label | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """All that stands still; ``seed`` also moves the hand that films it."""

    panels: tuple[Panel, ...]
    seed: int

    def corners(self) -> World:
        """The edges of all panels, (n, 4, 3) metres."""
        return np.stack([one.corners for one in self.panels])


def lit(picture: Image, corners: World, lighting: Lighting, *, cells: int = 12) -> Image:
    """A picture under the light where it stands."""
    v, u = np.meshgrid(np.linspace(0, 1, cells), np.linspace(0, 1, cells), indexing="ij")
    u, v = u.ravel()[:, None], v.ravel()[:, None]
    top = corners[0] * (1 - u) + corners[1] * u
    low = corners[3] * (1 - u) + corners[2] * u
    normal = np.cross(corners[3] - corners[0], corners[1] - corners[0])
    normal = normal / np.linalg.norm(normal)
    light = lighting.on(top * (1 - v) + low * v, normal)
    return shaded(picture, light.reshape(cells, cells, 3))


def panel(
    picture: Image,
    corners: World,
    lighting: Lighting,
    *,
    layer: int,
    label: Label | None = None,
    backdrop: bool = False,
) -> Panel:
    """A picture hung in the scene, lit where it hangs."""
    return Panel(texture(lit(picture, corners, lighting), backdrop=backdrop), corners, layer, label)


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A box to be put somewhere: its pictures, its size in metres (width, height, depth).

    ``labels`` go with the faces that the truth tells of. ``board`` is the colour of what is not printed.
    """

    front: Image
    size: tuple[float, float, float]
    board: Rgb
    side: Image | None = None
    labels: tuple[Label | None, Label | None] = (None, None)


def box_panels(
    pack: Pack,
    place: tuple[float, float, float],
    yaw: float,
    lighting: Lighting,
    *,
    layer: int,
    upended: bool = False,
) -> list[Panel]:
    """The faces of a box whose bottom centre stands at ``place``, turned by ``yaw`` radians.

    ``upended``: it lies on its side, so the front is turned by a right angle.
    """
    w, h, d = pack.size
    across, tall = (h, w) if upended else (w, h)
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])

    def at(*points: tuple[float, float, float]) -> World:
        shape = np.array(points) * (across / 2, tall, d / 2)
        return np.asarray(shape @ turn.T + np.array(place))

    front = at((-1, -1, -1), (1, -1, -1), (1, 0, -1), (-1, 0, -1))
    if upended:
        front = np.roll(front, -1, axis=0)  # the picture's top left corner lies at the top right
    right = at((1, -1, -1), (1, -1, 1), (1, 0, 1), (1, 0, -1))
    left = at((-1, -1, 1), (-1, -1, -1), (-1, 0, -1), (-1, 0, 1))
    lid = at((-1, -1, 1), (1, -1, 1), (1, -1, -1), (-1, -1, -1))
    plain = _board(pack.board)
    side = plain if pack.side is None or upended else pack.side
    side_label = None if side is plain else pack.labels[1]
    return [
        panel(plain, lid, lighting, layer=layer),
        panel(plain, left, lighting, layer=layer),
        panel(side, right, lighting, layer=layer, label=side_label),
        panel(pack.front, front, lighting, layer=layer, label=pack.labels[0]),
    ]


def _board(tone: Rgb) -> Image:
    board = np.empty((120, 120, 3), np.uint8)
    board[:] = tone
    cv2.rectangle(board, (8, 8), (111, 111), tuple(int(v * 0.8) for v in tone), 2)
    cv2.line(board, (0, 60), (119, 60), tuple(min(255, int(v * 1.15)) for v in tone), 3)
    return board


@dataclass(frozen=True, slots=True)
class Look:
    """What a site looks like: its wall, its boards, its cloth."""

    wall: str
    wall_tone: Rgb
    board_tone: Rgb
    cloth_tone: Rgb


_WALLS = {"bricks": bricks, "plaster": plaster, "cloth": cloth, "wood": wood}


def stall(
    look: Look, lighting: Lighting, *, length: float, rows: tuple[tuple[float, float], ...], seed: int
) -> list[Panel]:
    """The stall itself: the wall, boards at ``rows`` (y, z of their front edges), the cloth in front."""
    x0, x1 = -0.9, length + 0.9
    wide = round((x1 - x0) * _PER_METRE)
    make = _WALLS[look.wall]
    far = max(z for _, z in rows) + 0.45
    wall = np.array([[x0, -1.5, far], [x1, -1.5, far], [x1, 0.4, far], [x0, 0.4, far]])
    panels = [panel(make(wide, round(1.9 * _PER_METRE), look.wall_tone, seed), wall, lighting, layer=0, backdrop=True)]
    for k, (y, z) in enumerate(sorted(rows, key=lambda row: -row[1])):
        deep = 0.32
        grain = wood(wide, round(deep * _PER_METRE), look.board_tone, seed + k)
        top = np.array([[x0, y, z + deep], [x1, y, z + deep], [x1, y, z], [x0, y, z]])
        panels.append(panel(_contact(grain), top, lighting, layer=10 * k + 1, backdrop=True))
        low = y + (0.045 if k + 1 < len(rows) else 0.7)
        edge = np.array([[x0, y, z], [x1, y, z], [x1, low, z], [x0, low, z]])
        is_table = k + 1 == len(rows)
        face = cloth(wide, 300, look.cloth_tone, seed) if is_table else wood(wide, 24, look.board_tone, seed + 9)
        panels.append(panel(face, edge, lighting, layer=10 * k + 3, backdrop=True))
    return panels


def _contact(grain: Image) -> Image:
    """The shade that a row of boxes throws on its board."""
    height = grain.shape[0]
    t = np.linspace(0, 1, height)
    shade = 1 - 0.5 * np.exp(-(((t - 0.5) / 0.28) ** 2))
    return np.asarray(grain * shade[:, None, None], np.uint8)


def price_panel(words: str, x: float, y: float, z: float, lighting: Lighting, *, layer: int, seed: int) -> Panel:
    """A price card hanging from a board's front edge."""
    corners = np.array([[x - 0.04, y, z], [x + 0.04, y, z], [x + 0.04, y + 0.045, z], [x - 0.04, y + 0.045, z]])
    return panel(price_label(words, seed), corners, lighting, layer=layer)
