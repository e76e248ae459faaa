"""The demo's market on film: one file of footage at a time, with its truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import av

from samegoods.render.film import Take, film, take_photo
from samegoods.render.programme import CLIPS, IN_FORCE, PLACES, TIMEZONE, Clip
from samegoods.render.stalls import build_scene
from samegoods.render.truth import FrameTruth, ItemTruth, SourceTruth


@dataclass(frozen=True, slots=True)
class Job:
    """One file of footage to be made: a clip, and for a photo series which photo."""

    clip: int
    folder: str
    seed: int
    photo: int | None = None


def jobs(folder: Path, *, seed: int) -> tuple[Job, ...]:
    """All files of the market's footage, the longest work first."""
    made: list[Job] = []
    for k, clip in enumerate(CLIPS):
        photos: Iterable[int | None] = range(len(clip.times)) if clip.times else (None,)
        made.extend(Job(k, str(folder), seed, photo) for photo in photos)
    return tuple(sorted(made, key=lambda job: -CLIPS[job.clip].walk.seconds * (job.photo is None)))


def render_file(job: Job) -> SourceTruth:
    """Film one file of footage into the market's folder, and tell what it shows."""
    clip = CLIPS[job.clip]
    place = PLACES[clip.place]
    scene, items = build_scene(clip, place, seed=job.seed + job.clip, named=_name(clip, job.photo))
    take = Take(scene, clip.walk, clip.passers, clip.lens)
    path = Path(job.folder) / _name(clip, job.photo)
    path.parent.mkdir(parents=True, exist_ok=True)
    when = datetime.fromisoformat(clip.captured_at).astimezone(ZoneInfo(TIMEZONE))
    if job.photo is None:
        frames = film(take, path, created=when if clip.told_by == "container" else None)
        frames = _damaged(path, clip, frames)
    else:
        taken = when if clip.told_by == "exif" else None
        frames = (take_photo(take, path, time_s=clip.times[job.photo], taken=taken),)
    return _truth(clip, job, items, frames)


def _name(clip: Clip, photo: int | None) -> str:
    return clip.path if photo is None else clip.path.format(k=photo + 1)


def _truth(clip: Clip, job: Job, items: tuple[ItemTruth, ...], frames: tuple[FrameTruth, ...]) -> SourceTruth:
    return SourceTruth(
        path=_name(clip, job.photo),
        site=clip.place,
        captured_at=clip.captured_at,
        in_force=datetime.fromisoformat(clip.captured_at).date() >= date.fromisoformat(IN_FORCE),
        kind="video" if job.photo is None else "photo",
        status="failed" if clip.garbled else "partial" if clip.keep < 1 else "ok",
        items=items,
        frames=frames,
    )


def _damaged(path: Path, clip: Clip, frames: tuple[FrameTruth, ...]) -> tuple[FrameTruth, ...]:
    """Cut the file as planned; the truth keeps only the frames that can still be decoded."""
    if clip.keep >= 1:
        return frames
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * clip.keep)])
    return () if clip.garbled else frames[: decodable(path)]


def decodable(path: Path) -> int:
    """How many frames of a video can be decoded before it breaks off."""
    count = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        try:
            for _ in container.decode(stream):
                count += 1
        except av.error.FFmpegError:
            return count  # what came before the break is what a careful reader gets
    return count
