"""How much of a stranger's file is taken: one place for all limits of footage, and of the lists of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """What a source may ask for. More than that costs this source, with a reason that states the limit.

    They are well above what cameras make: photos of 108 megapixels, videos of 8K, half a day in one file.
    """

    photo_pixels: int = 120_000_000
    photo_bytes: int = 500_000_000
    frame_pixels: int = 48_000_000
    frames: int = 2_600_000
    """Of one video: twelve hours at sixty a second."""
    seconds: int = 12 * 3600
    """By the clock of the video, of one video."""
    patience_s: float = 120.0
    """By the wall clock: without a frame, or another sign of life, a source is stuck."""
    list_bytes: int = 16_000_000
    list_rows: int = 100_000
    name_length: int = 4096
    """Characters of a path."""


LIMITS = MediaLimits()
"""Those that hold."""
