"""A pinhole camera in a hand: where it stands, how it sways, and where it sees points of the world.

The world is in metres: x to the right along the stall, y down, z away from the camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samegoods.records import Quad

World = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lens:
    """Picture size and focal length in pixels."""

    width: int = 1280
    height: int = 720
    focal_px: float = 1350.0


@dataclass(frozen=True, slots=True)
class Stance:
    """Where the camera is (metres) and how it is turned (radians): to the right, downwards, clockwise."""

    x: float
    y: float
    z: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0

    def rotation(self) -> World:
        """World to camera, (3, 3)."""
        cy, sy = np.cos(self.yaw), np.sin(self.yaw)
        cp, sp = np.cos(self.pitch), np.sin(self.pitch)
        cr, sr = np.cos(self.roll), np.sin(self.roll)
        yaw = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
        pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        roll = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
        return np.asarray(roll @ pitch @ yaw, np.float64)


def see(points: World, stance: Stance, lens: Lens) -> tuple[Quad, World]:
    """Points (..., 3) in pixels (..., 2), and their depths in metres (...)."""
    local = (points - np.array([stance.x, stance.y, stance.z])) @ stance.rotation().T  # (..., 3)
    depth = local[..., 2]
    centre = np.array([(lens.width - 1) / 2, (lens.height - 1) / 2])
    pixels = local[..., :2] / np.maximum(depth, 1e-6)[..., None] * lens.focal_px + centre
    return pixels.astype(np.float32), depth


@dataclass(frozen=True, slots=True)
class Walk:
    """A way along a stall: from ``start`` to ``end`` (metres) in ``seconds``, with a rest at both ends.

    ``sway`` scales the hand's tremor; 1 is a careful person with a phone.
    """

    start: float
    end: float
    seconds: float
    height: float = -0.3
    distance: float = 1.06
    pitch: float = 0.075
    rest_s: float = 0.5
    sway: float = 1.0


def _tremor(time_s: float, rng: np.random.Generator) -> float:
    """A smooth wander of about unit size: slow sway, breath, steps and shake."""
    total = 0.0
    for hertz, size in ((0.25, 0.8), (0.7, 0.5), (1.9, 0.35), (5.5, 0.06)):
        f = hertz * rng.uniform(0.8, 1.25)
        total += size * float(np.sin(2 * np.pi * (f * time_s + rng.uniform())))
    return total


def stance_at(walk: Walk, time_s: float, *, seed: int) -> Stance:
    """Where the camera is at a time; a smooth function of time, the same for the same seed."""
    rng = np.random.default_rng([seed, 74])
    moving = max(1e-3, walk.seconds - 2 * walk.rest_s)
    t = float(np.clip((time_s - walk.rest_s) / moving, 0, 1))
    eased = t + 0.12 * np.sin(2 * np.pi * t) / (2 * np.pi) * -1  # starts and stops gently
    sway = [_tremor(time_s, rng) * walk.sway for _ in range(6)]
    return Stance(
        x=walk.start + (walk.end - walk.start) * eased + 0.012 * sway[0],
        y=walk.height + 0.010 * sway[1],
        z=-walk.distance + 0.016 * sway[2],
        yaw=0.012 * sway[3],
        pitch=walk.pitch + 0.008 * sway[4],
        roll=0.012 * sway[5],
    )
