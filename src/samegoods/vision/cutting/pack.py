"""One physical pack while it is followed: where its faces lie, how it moves, what was seen of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from samegoods.geometry import project
from samegoods.records import Crop, Item, Matrix, Quad, Reference, Sighting
from samegoods.vision.cutting.layout import offsets
from samegoods.vision.cutting.rank import item_of, thin, worth

STILL, OWN, PLAIN = 0, 1, 2
"""Three ways to say where a pack is next: it stays with the scene; it goes on moving; its picture stays."""
PRIOR = (0.15, 0.30, 0.45)
"""Errors that the three are taken to have before anything is known, in sides of the pack."""
COAST_S = 0.6
"""A hand changes its mind: own motion is carried on no longer than this."""
MOVES = 0.25
"""Erring by this much, in sides of the pack, the scene's motion is not the pack's."""


@dataclass(slots=True)
class Place:
    """Where a face was last seen, in the picture of now: moved with the scene, or left as it was."""

    quad: Quad
    plain: Quad
    velocity: Quad
    time_s: float

    def predictions(self, now_s: float) -> tuple[Quad, Quad, Quad]:
        own = self.quad + self.velocity * min(now_s - self.time_s, COAST_S)
        return self.quad, own.astype(np.float32), self.plain


@dataclass(slots=True)
class Pack:
    """A pack that is being followed. ``met`` are packs of the same product that were in view with it;
    ``moved`` says that it was once seen to move against the scene.
    """

    number: int
    product: str
    first_s: float
    last_s: float
    scene: int
    places: dict[str, Place] = field(default_factory=dict)
    errors: NDArray[np.float64] = field(default_factory=lambda: np.array(PRIOR))
    sightings: list[Sighting] = field(default_factory=list)
    crops: dict[str, list[tuple[float, Crop]]] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    moved: bool = False

    @property
    def moves(self) -> bool:
        """Whether the pack moves against the scene just now, as in a hand."""
        return bool(self.errors[STILL] > MOVES)

    def predicted(self, face: str, now_s: float, *, steady: bool) -> Quad:
        """Where the face should be; ``steady`` says that the scene's motion up to now is known."""
        trust = self.errors if steady else self.errors + np.array([0.0, 0.0, -PRIOR[PLAIN]])
        return self.places[face].predictions(now_s)[int(np.argmin(trust))]

    def gate(self, now_s: float) -> float:
        """How far from the prediction the pack may be found, in its own sides; a neighbour is 1 away."""
        if not self.moves:
            return 0.5
        return float(min(1.2, 0.5 + self.errors.min() + 0.3 * (now_s - self.last_s)))

    def carry(self, motion: Matrix) -> None:
        """Move with the scene: ``motion`` (3, 3) takes points of the look before to this one."""
        for place in self.places.values():
            moved = project(motion, place.quad)
            place.velocity = project(motion, place.quad + place.velocity) - moved
            place.quad = moved

    def see(self, crop: Crop, now_s: float, *, reference: Reference, best: int) -> None:
        """Take in one more crop of the pack; at most ``best`` of each face are kept."""
        face, quad = crop.sighting.face, crop.sighting.quad
        place = self.places.get(face)
        velocity = np.zeros((4, 2), np.float32)
        if place is not None and now_s > place.time_s:
            off = offsets(place.predictions(now_s), [quad])[:, 0]
            self.errors = 0.6 * self.errors + 0.4 * np.minimum(off, 1.5)
            self.moved |= self.moves
            velocity = ((quad - place.quad) / (now_s - place.time_s)).astype(np.float32)
        if place is not None:
            self._drag(quad.mean(axis=0) - place.quad.mean(axis=0), but=face)
        self.places[face] = Place(quad, quad, velocity, now_s)
        self.last_s = max(self.last_s, now_s)
        self.sightings.append(crop.sighting)
        kept = self.crops.setdefault(face, [])
        kept.append((worth(crop, reference.size), crop))
        thin(kept, best)

    def _drag(self, shift: NDArray[np.float32], *, but: str) -> None:
        """The faces that are turned away go where the seen one goes."""
        for face, place in self.places.items():
            if face != but and place.time_s < self.last_s:
                place.quad = place.quad + shift

    def absorb(self, other: Pack, *, best: int) -> None:
        """Take over a pack that turned out to be this one."""
        self.met = (self.met | other.met) - {self.number, other.number}
        self.number = min(self.number, other.number)
        self.first_s, self.last_s = min(self.first_s, other.first_s), max(self.last_s, other.last_s)
        self.moved |= other.moved
        self.sightings.extend(other.sightings)
        for face, place in other.places.items():
            if face not in self.places or self.places[face].time_s < place.time_s:
                self.places[face] = place
        for face, crops in other.crops.items():
            kept = self.crops.setdefault(face, [])
            kept.extend(crops)
            thin(kept, best)

    def item(self, source: str) -> Item:
        """The pack as it leaves: sightings in the order of time, crops best first."""
        kept = (entry for crops in self.crops.values() for entry in crops)
        return item_of(f"{source}-i{self.number}", source, self.product, self.sightings, kept)
