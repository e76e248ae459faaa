"""A long video on its way through an engine: looked through in stretches, joined in their order, compared."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Protocol, overload

from samegoods.campaign import Campaign
from samegoods.edges.engines import Failed
from samegoods.edges.media import LIMITS, Media, StretchRead, outcome_of, seconds_of, spans
from samegoods.pipeline import LEAD_S, NOTHING, Part, conclude
from samegoods.records import Comparison, Crop, Examined, Item, Outcome, Source, Span, Verdict
from samegoods.stages.join import Join
from samegoods.stages.track import BEST
from samegoods.wiring.steps import Came, Look, Looked, Packs, Prove, Proven, Step, Weigh, Weighed

_FETCHED = 3
"""Results that are held in memory while their pictures are saved: those of neighbours are asked for in turn."""


class Shelf(Protocol):
    """Where finished work on a source lies until it is done: it outlasts this process, and need not fit into
    memory."""

    def put(self, name: str, content: bytes) -> None: ...

    def get(self, name: str) -> bytes | None:
        """What was put there by this run or an earlier one; None where nothing is, or it is not ours."""
        ...

    def clear(self) -> None: ...


class Course:
    """A long source: what is done, and what is to be done next.

    Stretches come back in any order and are joined in theirs, so what comes out does not depend on who did what when.
    Pictures that wait for the source to be done lie on the shelf; in memory are those of packs at borders alone.
    """

    def __init__(
        self, media: Media, campaign: Campaign, sizes: Mapping[str, tuple[int, int]], shelf: Shelf, *, longest_s: float
    ) -> None:
        """
        Args:
            longest_s: how much of a video is read; a header may say any length.
        """
        self.media = media
        self._campaign, self._shelf = campaign, shelf
        self._spans = spans(min(seconds_of(media) or 0.0, longest_s), lead_s=LEAD_S)
        self._join = Join(sizes, lead_s=LEAD_S, best=BEST)
        self._came: dict[int, Looked | None] = {}
        self._parts: list[Part] = []
        self._reads: list[StretchRead] = []
        self._lost: list[str] = []
        self._packs: list[tuple[Item, Comparison]] = []
        self._weighing: set[str] = set()
        self._fetched: dict[str, list[Sequence[Crop]]] = {}
        self._state: tuple[int, int] | None = None
        self._failed: str | None = None

    def begin(self) -> Iterator[Step]:
        """The work that an earlier run has not done."""
        for span in self._spans:
            there = self._shelved(f"look-{span.number}")
            if isinstance(there, Looked):
                yield from self._looked(span.number, there)
            else:
                yield Look(self.media, span)

    def take(self, came: Came | Failed[Step]) -> Iterator[Step]:
        """Take in a result; what is to be done because of it."""
        match came:
            case Failed(Look(_, span), reason):
                self._lost.append(f"{_clock(span.start_s)} to {_clock(span.end_s)}: {reason}")
                yield from self._looked(span.number, None)
            case Failed(Weigh() as step, reason):
                self._lost.append(f"packs that could not be compared: {len(step.items)}: {reason}")
                unread = (replace(item, crops=()) for item in step.items)  # text on them was not yet withheld
                self._weighed(step.name, [(item, _untold(reason)) for item in unread])
            case Failed(_, reason):
                self._failed = reason
            case Looked():
                self._put(f"look-{came.number}", came)
                yield from self._looked(came.number, came)
            case Weighed():
                self._put(came.name, came)
                self._weighed(came.name, self._light(came.name, came.packs))
            case Proven():
                self._state = came.state

    @property
    def is_over(self) -> bool:
        proven = self._state is not None or self._failed is not None
        return proven and not self._weighing

    def examined(self) -> Examined:
        """All that came of the source, once it is over. Its crops lie on the shelf until :meth:`clear`."""
        outcome = Outcome("failed", self._failed)
        if self._state is not None:
            outcome = outcome_of(self._reads, sorted(self._lost), self._state)
        if outcome.status == "failed":
            return Examined(self.media.source, outcome)
        packs = sorted(self._packs, key=lambda pack: int(pack[0].id.rpartition("-i")[2]))
        return conclude(self.media.source, outcome, self._parts, packs, self._campaign)

    def clear(self) -> None:
        """The source is saved: nothing of it needs to lie on the shelf any more."""
        self._shelf.clear()

    def _looked(self, number: int, came: Looked | None) -> Iterator[Step]:
        """Join whatever stretches are there in an unbroken row."""
        self._came[number] = came
        while len(self._parts) < len(self._spans) and (following := len(self._parts)) in self._came:
            there = self._came.pop(following)
            yield from self._joined(self._spans[following], there)

    def _joined(self, span: Span, came: Looked | None) -> Iterator[Step]:
        part = NOTHING if came is None else came.part
        if came is not None:
            self._reads.append(came.read)
            self._packs += self._light(f"look-{span.number}", part.compared)
        ended = self._join.stretch(span, part.crossing)
        self._parts.append(replace(part, compared=(), crossing=()))
        if ended:
            yield from self._weigh(_name_of(ended), ended)
        if len(self._parts) == len(self._spans):
            yield Prove(self.media)

    def _weigh(self, name: str, items: Sequence[Item]) -> Iterator[Step]:
        self._weighing.add(name)
        there = self._shelved(name)
        if isinstance(there, Weighed):
            self._weighed(name, self._light(name, there.packs))
        else:
            yield Weigh(self.media, name, tuple(items))

    def _weighed(self, name: str, packs: Sequence[tuple[Item, Comparison]]) -> None:
        self._weighing.discard(name)
        self._packs += packs

    def _put(self, name: str, came: Came) -> None:
        self._shelf.put(name, pickle.dumps(came))

    def _shelved(self, name: str) -> object:
        content = self._shelf.get(name)
        return None if content is None else pickle.loads(content)  # the shelf gives back what we put there alone

    def _light(self, name: str, packs: Packs) -> list[tuple[Item, Comparison]]:
        """The same packs, whose pictures lie on the shelf and are fetched when they are asked for."""
        return [
            (replace(item, crops=_Shelved(partial(self._crops, name, at), len(item.crops))), comparison)
            for at, (item, comparison) in enumerate(packs)
        ]

    def _crops(self, name: str, at: int) -> Sequence[Crop]:
        if name not in self._fetched:
            there = self._shelved(name)
            packs = there.part.compared if isinstance(there, Looked) else ()
            packs = there.packs if isinstance(there, Weighed) else packs
            while len(self._fetched) >= _FETCHED:
                self._fetched.pop(next(iter(self._fetched)))
            self._fetched[name] = [item.crops for item, _ in packs]
        return self._fetched[name][at]


class _Shelved(Sequence[Crop]):
    """Crops that are fetched when they are asked for."""

    def __init__(self, fetch: Callable[[], Sequence[Crop]], length: int) -> None:
        self._fetch, self._length = fetch, length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> Crop: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Crop]: ...

    def __getitem__(self, at: int | slice) -> Crop | Sequence[Crop]:
        return self._fetch()[at]


def _name_of(items: Sequence[Item]) -> str:
    """A name that says which packs, and which sightings of each: a stretch that was lost before may be there now."""
    seen = [[item.id, *(one.id for one in item.sightings)] for item in items]
    return f"weigh-{sha256(json.dumps(seen).encode()).hexdigest()[:24]}"


def begun(
    media: Media, *, study: Campaign, sizes: Mapping[str, tuple[int, int]], shelf: Callable[[Source], Shelf]
) -> Course:
    """The course of a long source, from where an earlier run left it.

    Args:
        sizes: width and height of each reference, px.
        shelf: gives the shelf of a source.
    """
    return Course(media, study, sizes, shelf(media.source), longest_s=LIMITS.seconds)


def _untold(reason: str) -> Comparison:
    verdict = Verdict("cannot_tell", f"it could not be compared: {reason}")
    return Comparison(None, verdict, verdict)


def _clock(seconds: int | None) -> str:
    return "the end" if seconds is None else str(timedelta(seconds=seconds))
