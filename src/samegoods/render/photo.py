"""One pack in one photo, with every condition under control and the truth about where it lies."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.geometry import inside
from samegoods.records import Floats, Image, Mask, Quad
from samegoods.render.raster import centres_quad, draw_quad, texture
from samegoods.render.sensor import add_noise, blur, jpeg, shaded, smear
from samegoods.render.surfaces import clutter, smooth_noise


@dataclass(frozen=True, slots=True)
class Pose:
    """How the pack is held.

    ``height_px`` is its height in the photo before tilting; then come the tilt out of the photo's plane and
    the direction of its axis, the turn in the plane (clockwise), and its centre as shares of the photo.
    """

    height_px: float = 240.0
    tilt_deg: float = 0.0
    tilt_towards_deg: float = 0.0
    turn_deg: float = 0.0
    centre: tuple[float, float] = (0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Light:
    """``gain`` and ``cast`` (R, G, B) multiply the light; ``gradient`` is its fall across the photo, 0..1;
    ``glare`` the strength of a shiny patch on the pack, 0..1."""

    gain: float = 1.0
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gradient: float = 0.0
    glare: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A rendered photo.

    ``quad`` is where the reference's corners lie, ``shown`` where the pack's pixels can be seen, neither
    covered nor lost in glare.
    """

    pixels: Image
    quad: Quad
    shown: Mask


def quad_of(size: tuple[int, int], pose: Pose, frame: tuple[int, int]) -> Quad:
    """Where the edges of a face of this width and height lie in a photo of ``frame`` width and height."""
    width, height = size
    focal = 1.1 * max(frame)
    half = np.array([[-width, -height, 0], [width, -height, 0], [width, height, 0], [-width, height, 0]]) / 2
    half = half / height * pose.height_px
    a, b, c = np.deg2rad([pose.tilt_deg, pose.tilt_towards_deg, pose.turn_deg])
    axis = np.array([np.cos(b), np.sin(b), 0.0])
    tilt, _ = cv2.Rodrigues(axis * a)
    turn, _ = cv2.Rodrigues(np.array([0.0, 0.0, c]))
    local = half @ (tilt @ turn).T
    scale = focal / (focal + local[:, 2:])
    centre = np.array(pose.centre) * frame
    return np.asarray(local[:, :2] * scale + centre, np.float32)


def photograph(
    picture: Image,
    *,
    pose: Pose,
    seed: int,
    light: Light = Light(),
    blur_px: float = 0.7,
    motion_px: tuple[float, float] = (0.0, 0.0),
    noise: float = 2.0,
    jpeg_quality: int | None = 92,
    covered: float = 0.0,
    background: Image | None = None,
    size: tuple[int, int] = (1280, 720),
) -> Photo:
    """A photo of one face.

    Args:
        picture: (H, W, 3) uint8 RGB, the face.
        blur_px: standard deviation of the point spread, in photo pixels; ``motion_px`` smears besides.
        noise: standard deviation in grey levels.
        covered: the share of the face that a plain cover (a hand, a sticker) hides.
        background: (h, w, 3) of the photo's size; None: clutter from the seed.
        size: width and height of the photo.
    """
    rng = np.random.default_rng([seed, 82])
    edges = quad_of((picture.shape[1], picture.shape[0]), pose, size)
    base = clutter(*size, seed % 12) if background is None else background
    canvas = _supersampled(base.copy(), picture, edges)
    quad = centres_quad((picture.shape[1], picture.shape[0]), edges)
    shown = inside(quad, *size)
    canvas, shown = _cover(canvas, shown, quad, covered, rng)
    canvas = shaded(canvas, _field(light, rng))
    canvas, shown = _glare(canvas, shown, quad, light.glare, rng)
    canvas = add_noise(smear(blur(canvas, blur_px), *motion_px), noise, rng)
    return Photo(canvas if jpeg_quality is None else jpeg(canvas, jpeg_quality), quad, shown)


def _supersampled(canvas: Image, picture: Image, edges: Quad) -> Image:
    """The face drawn at twice the photo's size and brought down by area: no aliasing under steep tilt."""
    height, width = canvas.shape[:2]
    x0, y0 = np.maximum(np.floor(edges.min(axis=0)).astype(int) - 2, 0)
    x1, y1 = np.minimum(np.ceil(edges.max(axis=0)).astype(int) + 3, (width, height))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return canvas
    part = canvas[y0:y1, x0:x1]
    fine = cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    draw_quad(np.asarray(fine, np.uint8), texture(picture), ((edges - (x0, y0)) * 2 + 0.5).astype(np.float32))
    canvas[y0:y1, x0:x1] = cv2.resize(fine, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    return canvas


def _field(light: Light, rng: np.random.Generator) -> Floats:
    """The light over the photo, (18, 32, 3)."""
    turn = rng.uniform(0, 2 * np.pi)
    v, u = np.mgrid[-1:1:18j, -1:1:32j]
    slope = 1 + light.gradient * (u * np.cos(turn) + v * np.sin(turn)) * 0.7
    slope = slope + light.gradient * 0.1 * smooth_noise((18, 32), (6, 8), rng)
    cast = np.array(light.cast) * light.gain
    return np.asarray(slope[..., None] * cast, np.float32)


def _cover(canvas: Image, shown: Mask, quad: Quad, share: float, rng: np.random.Generator) -> tuple[Image, Mask]:
    """Hide a share of the face from one of its sides."""
    if share <= 0:
        return canvas, shown
    start = int(rng.integers(4))
    a, b, c, d = np.roll(quad, -start, axis=0)
    patch = np.array([a + (a - d) * 0.1, b + (b - c) * 0.1, b + (c - b) * share, a + (d - a) * share])
    mask = np.zeros(shown.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(patch * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    tone = np.array((198, 150, 122), np.float32) * rng.uniform(0.5, 1.05)
    alpha = mask[..., None].astype(np.float32) / 255
    out = canvas * (1 - alpha) + tone * alpha
    return out.astype(np.uint8), shown & (mask == 0)


def _glare(canvas: Image, shown: Mask, quad: Quad, strength: float, rng: np.random.Generator) -> tuple[Image, Mask]:
    """A soft white reflection somewhere on the face."""
    if strength <= 0:
        return canvas, shown
    u, v = rng.uniform(0.25, 0.75, 2)
    centre = (quad[0] * (1 - u) + quad[1] * u) * (1 - v) + (quad[3] * (1 - u) + quad[2] * u) * v
    reach = float(np.linalg.norm(quad[3] - quad[0])) * 0.16
    ys, xs = np.mgrid[0 : canvas.shape[0], 0 : canvas.shape[1]].astype(np.float32)
    spot = np.exp(-(((xs - centre[0]) / reach) ** 2 + ((ys - centre[1]) / (1.6 * reach)) ** 2))
    spot = np.where(shown, spot * strength, 0)[..., None]
    return (canvas + (255 - canvas) * spot).astype(np.uint8), shown & (spot[..., 0] < 0.35)
