"""Recognise: which references are in a frame, where, which version of a product, and how surely.

What is new in a video's picture gets a fine look, the rest a coarse one now and then; what was recognised is followed
from frame to frame. Photos get a fine look each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

import cv2
import numpy as np

from samegoods.geometry import coverage, inside
from samegoods.records import Frame, Image, Look, Mask, Matrix, Quad, Reference, Sighting
from samegoods.vision.recognition import follow
from samegoods.vision.recognition.answers import LIKELY, SAME_PLACE, Answer, see
from samegoods.vision.recognition.catalogue import Catalogue
from samegoods.vision.recognition.features import Features, describe, join, none
from samegoods.vision.recognition.watch import Box, Step, Watch, boxes_of, widened

LEAST_PX, MOST_PX = 720, 1920
"""Pictures are described at a long side between these: small ones are enlarged, by ``MAX_ENLARGE`` at most."""
MAX_ENLARGE = 2.0
FEATURES = 3_000
FINE = 0.75
"""Scale of the fine look at a video, unless its long side falls below :data:`LEAST_PX`: half the cost; of 120 packs
from 60 to 420 px it finds 101 where the whole size finds 104."""
COARSE, COARSE_FEATURES = 0.5, 1_000
"""Scale of the coarse look. It costs a fifth of the fine one, and finds 82 of the 86 packs of 110 px and more in 720p
that the fine one finds, and 7 of 18 below; with 1,000 spots as many as with 3,000."""
PATIENCE_S = 1.0
"""What is new waits no longer for its fine look."""
LARGE = 0.3
"""Nor does it wait when it takes this share of the picture."""
EARLY_S = 0.05
"""Frames lie unevenly in their windows; one that is so little early is not passed over for the next."""
REFRESH_S = 2.0
"""A coarse look at all of a picture is taken so long after the last: between them what is known is followed."""
MARGIN_PX = 16
"""How far around what is new the fine look reaches, px of ``luma``: the smallest packs are 15 px tall there."""
WHOLE = 0.8
"""A fine look at so much of the picture, with a coarse one, costs as much as one at all of it."""
SURE_LOOKS = 3
"""What was recognised so often is followed and no longer looked at: its spots are left out of a look."""
TELL_S = 1.0
"""Faces are told of no more often than this: a view costs the wall's whole search, and the next one shows the same."""
FIRST_VIEWS = 1
"""So many times a face is told of at once: it may be gone soon."""
SURE = 0.9
"""What is recognised less surely is told of once it is found again: a stranger that agrees in one picture by chance
does not in the next."""
ENOUGH_VIEWS, SELDOM_S = 12, 2.0
"""What was told of so often is told of no more often than this: a dozen views of a face are fused."""
REMEMBERED_S = 4.0
"""Packs are forgotten three seconds after they were last seen; how the camera moves without any is not asked."""
FAINT = 0.5
"""A look that finds less than this share of the spots that a face had was too coarse for it."""


def recognise(frames: Iterable[Frame], catalogue: Catalogue, *, after: int = 0) -> Iterator[Look]:
    """Look at frames one after the other; of the frame before, only its small grey picture and quads are held.

    Whatever is new in a video, in the sense of :func:`samegoods.stages.sample.sample`, and stays in view for
    :data:`PATIENCE_S` after the first frame that shows it, is in at least one fine look. Sightings are numbered from
    ``after`` + 1 on.
    """
    eye, number = _Eye(catalogue), after
    for frame in frames:
        answers, motion = eye.look(frame)
        sightings = []
        for answer in answers:
            number += 1
            sightings.append(_sighting(answer, catalogue, frame, f"{frame.source}-s{number}"))
        yield Look(frame, tuple(sightings), motion)


def describe_frame(pixels: Image, fine: float = 1.0) -> Features:
    """Describe a picture (H, W, 3) at the size at which packs are searched, or less; points in its own pixels."""
    grey = _grey(pixels)
    return describe(grey, enlarge=_scale(grey, fine), limit=FEATURES)


def describe_parts(pixels: Image, boxes: Sequence[Box], wanted: Mask, *, sweep: bool = True) -> Features:
    """Describe a picture (H, W, 3) finely in boxes (x0, y0, x1, y1) of it, and with ``sweep`` all of it coarsely.

    Of the boxes, only what is ``wanted`` (h, w), at whatever size: matching a spot costs as much as finding it.
    """
    grey = _grey(pixels)
    fine = _scale(grey, FINE)
    coarse = COARSE * _scale(grey, 1.0)
    everywhere = describe(grey, enlarge=coarse, limit=COARSE_FEATURES) if sweep else none()
    parts: list[Features] = []
    for x0, y0, x1, y1 in boxes:
        share = (x1 - x0) * (y1 - y0) / grey.size
        here = _part_of(wanted, (x0, y0, x1, y1), grey.shape)
        limit = max(1, round(FEATURES * share))
        part = describe(np.ascontiguousarray(grey[y0:y1, x0:x1]), mask=here, enlarge=fine, limit=limit)
        parts.append(replace(part, points=part.points + np.array([x0, y0], np.float32)))
    every = [everywhere, *parts]  # each spot once: where boxes overlap, from the last
    return join([_outside(one, boxes[place:]) for place, one in enumerate(every)])


def _part_of(mask: Mask, box: Box, shape: tuple[int, ...]) -> Mask:
    """What a mask (h, w) of a picture of another ``shape`` says of a box in it, at the mask's own steps."""
    fy, fx = mask.shape[0] / shape[0], mask.shape[1] / shape[1]
    x0, y0, x1, y1 = box
    top, left = int(y0 * fy), int(x0 * fx)
    return mask[top : max(ceil(y1 * fy), top + 1), left : max(ceil(x1 * fx), left + 1)]


def _outside(features: Features, boxes: Sequence[Box]) -> Features:
    x, y = features.points.T
    within = [(x >= x0) & (x < x1) & (y >= y0) & (y < y1) for x0, y0, x1, y1 in boxes]
    return features.take(np.flatnonzero(~np.any(within, axis=0))) if within else features


def _grey(pixels: Image) -> Image:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _scale(grey: Image, fine: float) -> float:
    longest = max(grey.shape)
    return float(min(MAX_ENLARGE, max(fine, LEAST_PX / longest)) * min(1.0, MOST_PX / longest))


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """A face that is being followed: the answer with its quad of now, how alike it was to its reference when it was
    recognised, whether it was found again since, how often it was recognised and told of, and when told last."""

    answer: Answer
    likeness: float
    found: bool = False
    looks: int = 1
    told: int = 0
    told_s: float = -np.inf

    @property
    def quad(self) -> Quad:
        return self.answer.hypothesis.quad

    def at(self, quad: Quad) -> _Chain:
        return replace(self, answer=replace(self.answer, hypothesis=replace(self.answer.hypothesis, quad=quad)))

    @property
    def is_sure(self) -> bool:
        return self.answer.score >= SURE or self.found or self.looks > 1

    def is_due(self, now_s: float) -> bool:
        if not self.is_sure:
            return False
        return self.told < ENOUGH_VIEWS or now_s - self.told_s >= SELDOM_S - EARLY_S

    def telling(self, now_s: float) -> _Chain:
        return replace(self, told=self.told + 1, told_s=now_s)


class _Eye:
    """Looks at the frames of one source in turn."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._blink()

    def _blink(self) -> None:
        self._watch = Watch()
        self._chains: list[_Chain] = []
        self._now_s = self._swept_s = self._told_s = -np.inf

    def look(self, frame: Frame) -> tuple[list[Answer], Matrix | None]:
        """What is to be told of a frame, and how the camera moved since the one before."""
        now_s = frame.time_s
        if now_s is None or now_s < self._now_s:
            self._blink()
        if now_s is None:
            return see(frame.pixels, describe_frame(frame.pixels), self._catalogue, firm=True), None
        elapsed_s = 0.0 if self._now_s == -np.inf else now_s - self._now_s
        step, self._now_s = self._watch.step(frame.luma, elapsed_s, frame.drift), now_s
        lost = self._follow(frame, step)
        if not lost and self._is_due():  # where something was lost, what is there is looked at, known or not
            self._watch.recall()
        if lost or self._is_due():
            self._look_again(frame)
        told = [chain for chain in self._chains if chain.is_due(now_s)] if self._is_time_to_tell() else []
        self._chains = [chain.telling(now_s) if chain in told else chain for chain in self._chains]
        self._told_s = now_s if told else self._told_s
        if now_s - self._told_s > REMEMBERED_S:
            return [], None
        return [chain.answer for chain in told], step.motion((frame.pixels.shape[1], frame.pixels.shape[0]))

    def _is_due(self) -> bool:
        watch = self._watch
        return self._is_time_to_sweep() or watch.longest_owed_s >= PATIENCE_S or float(watch.owed.mean()) >= LARGE

    def _is_time_to_sweep(self) -> bool:
        return self._now_s - self._swept_s >= REFRESH_S

    def _is_time_to_tell(self) -> bool:
        new = any(chain.is_sure and chain.told < FIRST_VIEWS for chain in self._chains)
        return new or self._now_s - self._told_s >= TELL_S - EARLY_S

    def _follow(self, frame: Frame, step: Step) -> bool:
        """Find again what was there before; whether something was lost that had been found again."""
        is_time = self._is_time_to_tell() or self._is_due()
        chains, self._chains, lost = self._chains, [], False
        if step.flow is None:
            return False
        height, width = step.new.shape
        for chain in chains:
            scale = frame.pixels.shape[1] / width, frame.pixels.shape[0] / height
            begin = follow.predicted(chain.quad, step.flow, step.new, scale)
            if chain.is_sure and not is_time:
                self._chains.append(chain.at(begin))
                continue
            quad = follow.aligned(frame.pixels, begin, self._reference(chain.answer))
            if quad is not None and self._is_like(frame.pixels, quad, chain):
                self._chains.append(replace(chain.at(quad), found=True))
            elif chain.found:
                lost = True
                self._watch.owe(inside(follow.shrunk(begin, scale), width, height))
        return lost

    def _is_like(self, pixels: Image, quad: Quad, chain: _Chain) -> bool:
        least = max(follow.LEAST_LIKENESS, follow.LIKE_BEFORE * chain.likeness)
        return follow.likeness(pixels, quad, self._reference(chain.answer)) >= least

    def _look_again(self, frame: Frame) -> None:
        """Look at what is owed, and now and then coarsely at the rest; what is found goes on as what was followed
        there."""
        # A photo is asked once, so it tells what is unlikely as well; a clip shows the same goods again.
        answers = see(frame.pixels, self._described(frame), self._catalogue, min_score=LIKELY, firm=True)
        left = []
        for chain in self._chains:
            here = next((a for a in answers if coverage(a.hypothesis.quad, chain.quad) > SAME_PLACE), None)
            if here is None:
                left.append(chain)
                continue
            answers.remove(here)
            faint = here.hypothesis.inliers < FAINT * chain.answer.hypothesis.inliers
            if not faint:
                begun = self._begun(frame.pixels, here)
                chain = replace(begun, looks=chain.looks + 1, told=chain.told, told_s=chain.told_s)
            left.append(chain)
        self._chains = [*left, *(self._begun(frame.pixels, answer) for answer in answers)]
        self._watch.looked(self._followed(frame))

    def _followed(self, frame: Frame) -> Mask:
        """Where packs are followed, in the small grey picture (h, w)."""
        height, width = frame.luma.shape
        scale = frame.pixels.shape[1] / width, frame.pixels.shape[0] / height
        quads = [inside(follow.shrunk(chain.quad, scale), width, height) for chain in self._chains]
        return np.any(quads, axis=0) if quads else np.zeros((height, width), np.bool_)

    def _described(self, frame: Frame) -> Features:
        features = self._described_whole(frame)
        sure = [chain.quad for chain in self._chains if chain.looks >= SURE_LOOKS]
        if not sure:
            return features
        known = np.any([inside(quad, *frame.pixels.shape[1::-1]) for quad in sure], axis=0)
        x, y = np.rint(features.points).astype(np.intp).T
        return features.take(np.flatnonzero(~known[y.clip(0, known.shape[0] - 1), x.clip(0, known.shape[1] - 1)]))

    def _described_whole(self, frame: Frame) -> Features:
        pixels, owed = frame.pixels, self._watch.owed
        boxes = boxes_of(owed, MARGIN_PX)
        if sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes) > WHOLE * owed.size:
            self._swept_s = self._now_s
            return describe_frame(pixels, FINE)
        sweep = self._is_time_to_sweep()
        self._swept_s = self._now_s if sweep else self._swept_s
        fx, fy = pixels.shape[1] / owed.shape[1], pixels.shape[0] / owed.shape[0]
        there = [(int(x0 * fx), int(y0 * fy), int(x1 * fx), int(y1 * fy)) for x0, y0, x1, y1 in boxes]
        return describe_parts(pixels, there, widened(owed, MARGIN_PX), sweep=sweep)

    def _begun(self, pixels: Image, answer: Answer) -> _Chain:
        return _Chain(answer, follow.likeness(pixels, answer.hypothesis.quad, self._reference(answer)))

    def _reference(self, answer: Answer) -> Reference:
        return self._catalogue.references[answer.hypothesis.owner]


def _sighting(answer: Answer, catalogue: Catalogue, frame: Frame, name: str) -> Sighting:
    reference = catalogue.references[answer.hypothesis.owner]
    return Sighting(
        id=name,
        source=frame.source,
        moment=frame.moment,
        reference=reference.id,
        product=reference.product,
        version=answer.version,
        face=reference.face,
        score=answer.score,
        margin=answer.margin,
        quad=answer.hypothesis.quad,
        candidates=answer.candidates,
        inliers=answer.hypothesis.inliers,
    )
