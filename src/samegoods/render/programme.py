"""What is filmed at the demo's market: sites, their light, and which packs stand on which board in each clip.

A pack is written as its short name and its form, ``d`` for domestic or ``e`` for export; ``x`` is a
stranger, a good that the campaign does not know. A mark behind it: ``*`` damaged after printing, ``~`` lying
on its side.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from samegoods.render.camera import Lens, Walk
from samegoods.render.people import Passer
from samegoods.render.scene import Lamp, Lighting, Look

IN_FORCE = "2026-07-01"
"""The date from which the demo's order holds."""

TIMEZONE = "Europe/Riga"


@dataclass(frozen=True, slots=True)
class Place:
    """A site of the demo: its name, what it looks like, its light."""

    id: str
    name: str
    look: Look
    lighting: Lighting


@dataclass(frozen=True, slots=True)
class Clip:
    """One file of footage.

    ``rows`` are the shelf and the table, left to right; ``times`` are the moments of a photo series (empty:
    a video). ``told_by`` says where the capture time stands: csv, container or exif. ``keep`` is the share
    of the file's bytes that is left; ``garbled``: what is left cannot be read.
    """

    path: str
    place: str
    captured_at: str
    rows: tuple[str, str]
    walk: Walk
    passers: tuple[Passer, ...] = ()
    times: tuple[float, ...] = ()
    told_by: str = "csv"
    keep: float = 1.0
    garbled: bool = False
    lens: Lens = field(default_factory=Lens)


_WARM, _COOL, _DAY = (1.0, 0.86, 0.66), (0.9, 1.0, 0.98), (1.0, 0.97, 0.94)

PLACES: dict[str, Place] = {
    place.id: place
    for place in (
        Place(
            "harbour",
            "Harbour market hall",
            Look("bricks", (150, 84, 66), (150, 112, 74), (52, 92, 120)),
            Lighting(
                (0.5, 0.47, 0.42),
                (
                    Lamp((0.3, -1.35, -0.35), _WARM, 1.0),
                    Lamp((1.6, -1.4, -0.3), _WARM, 0.8),
                    Lamp((2.7, -1.3, -0.2), _WARM, 1.0),
                ),
            ),
        ),
        Place(
            "station",
            "Station arcade",
            Look("plaster", (188, 192, 176), (124, 128, 132), (150, 46, 52)),
            Lighting(
                (0.58, 0.62, 0.62),
                (Lamp((0.8, -1.5, -0.5), _COOL, 0.8), Lamp((2.2, -1.5, -0.4), _COOL, 0.9)),
            ),
        ),
        Place(
            "hillside",
            "Hillside fair",
            Look("cloth", (84, 112, 88), (172, 140, 96), (196, 160, 70)),
            Lighting((0.66, 0.65, 0.66), (Lamp((-0.4, -1.6, -1.2), _DAY, 1.1), Lamp((2.8, -1.2, 0.1), _WARM, 0.4))),
        ),
    )
}
"""Every site, by id."""

CLIPS: tuple[Clip, ...] = (
    Clip(
        "footage/harbour-0620.mp4",
        "harbour",
        "2026-06-20T10:12:00+03:00",
        (
            "veltro:d x cantaro:d x olmo:d",
            "karavel:d x selune:d merlune:e x ondaluna:d",
        ),
        Walk(0.35, 1.35, 5.0),
        (Passer(1, 3.1, 1.0, -1.2),),
    ),
    Clip(
        "footage/harbour-0711.mp4",
        "harbour",
        "2026-07-11T09:30:00+03:00",
        (
            "x passaro:d veltro:d cantaro:e x olmo:d x",
            "karavel:d karavel:d karavel:e x ondaluna:d merlune:d merlune:d x selune:d aurivit:d",
        ),
        Walk(0.4, 1.75, 8.0),
        (Passer(2, 2.6, 0.8, 1.15), Passer(3, 6.0, 1.5, -1.25, top_m=-0.62)),
        told_by="container",
    ),
    Clip(
        "footage/station-0704.mp4",
        "station",
        "2026-07-04T17:05:00+03:00",
        (
            "cantaro:e cantaro:e* x veltro:e x passaro:d",
            "selune:d selune:d x aurivit:d x ondaluna:e ondaluna:d merlune:d x",
        ),
        Walk(0.4, 1.6, 8.0, sway=1.3),
        (Passer(4, 4.2, 1.1, 1.3, top_m=-0.66),),
    ),
    Clip(
        "footage/station-0718-{k}.jpg",
        "station",
        "2026-07-18T11:40:00+03:00",
        (
            "x veltro:d veltro:d x olmo:d x",
            "karavel:d merlune:d~ x passaro:e x aurivit:d",
        ),
        Walk(0.45, 1.3, 6.0),
        times=(0.3, 3.0, 5.7),
        told_by="exif",
        lens=Lens(1600, 1200, 1650.0),
    ),
    Clip(
        "footage/hillside-0705.mp4",
        "hillside",
        "2026-07-05T12:20:00+03:00",
        (
            "olmo:d olmo:d x passaro:d x cantaro:d",
            "aurivit:e x karavel:e karavel:d x merlune:e selune:e x",
        ),
        Walk(1.55, 0.4, 7.0),
        (Passer(5, 2.4, 1.0, -1.1), Passer(6, 5.0, 0.7, 1.3, top_m=-0.6)),
    ),
    Clip(
        "footage/hillside-0719.mkv",
        "hillside",
        "2026-07-19T16:45:00+03:00",
        (
            "x passaro:d veltro:d x",
            "ondaluna:d ondaluna:d x selune:d x",
        ),
        Walk(0.3, 0.85, 6.0),
        keep=0.8,
    ),
    Clip(
        "footage/hillside-0719-broken.mp4",
        "hillside",
        "2026-07-19T17:02:00+03:00",
        ("x x", "merlune:d x"),
        Walk(0.3, 0.6, 1.0),
        keep=0.6,
        garbled=True,
    ),
)
"""Every file of footage."""
