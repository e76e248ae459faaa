"""Which found item is which planted pack: by where and when its sightings lie."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath, PureWindowsPath

import numpy as np

from samegoods.geometry import iou
from samegoods.render.truth import FrameTruth, SourceTruth
from samegoods.results.parts import FindingsPart, SightingPart

_LEAST_OVERLAP = 0.5
_SAME_TIME_S = 0.021  # half a frame at 25 per second


def source_ids(truth: Sequence[SourceTruth], found: FindingsPart) -> dict[str, str]:
    """For the path of each rendered file that the findings name, the id of its source."""
    by_name = {_name(source.path): source.id for source in found.sources}
    return {source.path: by_name[_name(source.path)] for source in truth if _name(source.path) in by_name}


def _name(path: str) -> str:
    return (PureWindowsPath(path) if "\\" in path else PurePosixPath(path)).name


def match_items(source: SourceTruth, sightings: Sequence[SightingPart]) -> Mapping[str, str | None]:
    """For each found item of one source, the planted pack that most of its sightings lie on.

    None where they lie on none: an item that is not there. The product is not asked for, so a pack taken for
    another one is still matched, and can be told as that.
    """
    votes: dict[str, Counter[str | None]] = defaultdict(Counter)
    times = [frame.time_s or 0.0 for frame in source.frames]
    for sighting in sightings:
        if sighting.item is not None:
            frame = _frame_at(source.frames, times, sighting.time_s)
            votes[sighting.item][None if frame is None else _pack_at(frame, sighting)] += 1
    return {item: max(count, key=lambda name: (count[name], name or "")) for item, count in votes.items()}


def _frame_at(frames: Sequence[FrameTruth], times: Sequence[float], time_s: float | None) -> FrameTruth | None:
    if time_s is None:
        return frames[0] if frames else None
    k = bisect_left(times, time_s - _SAME_TIME_S)
    return frames[k] if k < len(frames) and abs(times[k] - time_s) <= _SAME_TIME_S else None


def _pack_at(frame: FrameTruth, sighting: SightingPart) -> str | None:
    quad = np.array(sighting.quad, np.float32)
    overlaps = [(iou(face.corners, quad), face.item) for face in frame.faces]
    best = max(overlaps, default=(0.0, ""))
    return best[1] if best[0] >= _LEAST_OVERLAP else None
