"""Long videos, stretch by stretch: each is read on its own, anywhere, and together they are the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from samegoods.edges.media.decoding import Tally, open_video, stated_durations, usual_step, video_track
from samegoods.edges.media.reading import Media
from samegoods.edges.media.unchanged import Changed
from samegoods.edges.media.video import VideoMedia
from samegoods.errors import MediaError
from samegoods.records import Frame, Outcome, Source, Span

STRETCH_S = 30
"""Long videos are read in stretches of about half a minute, always: so results do not depend on who reads them.
A clip of a minute keeps two cores busy; shorter stretches would look at more of their leads."""


@dataclass(slots=True)
class StretchRead:
    """How the reading of a stretch ended.

    ``state`` is the size and the time of the last change (ns) of the file that was read, None where it was not read;
    ``changed`` says so where it is not what was opened.
    """

    tally: Tally = field(default_factory=Tally)
    stated: tuple[Fraction | None, Fraction | None] = (None, None)
    step: Fraction = Fraction(0)
    state: tuple[int, int] | None = None
    changed: str | None = None


class VideoStretch:
    """The frames of a span of a video, and those of its lead before them.

    That the file is what was hashed is not looked at here, for each stretch of a long file would read all of it: see
    :func:`proven`.
    """

    def __init__(self, media: VideoMedia, span: Span) -> None:
        self._media = media
        self.span = span
        self._read: StretchRead | None = None

    @property
    def source(self) -> Source:
        return self._media.source

    @property
    def read(self) -> StretchRead:
        """How the reading ended.

        Raises:
            RuntimeError: ``frames()`` was not read to its end.
        """
        if self._read is None:
            raise RuntimeError(f"{self.source.path}: how a stretch was read is known once all its frames were read")
        return self._read

    def frames(self) -> Iterator[Frame]:
        self._read, read = None, StretchRead()
        try:
            with self._media.open() as file, open_video(file.stream) as container:
                track = video_track(container)
                read.stated, read.step = stated_durations(container, track), usual_step(track)
                yield from self._media.decode(container, read.tally, self.span)
                read.state = file.check_state()
        except MediaError as error:
            read.tally.stopped = str(error)
        except Changed as error:
            read.changed = str(error)
        self._read = read


def seconds_of(media: Media) -> float | None:
    """How long a video is that can be read by stretches; None for what is read from its beginning."""
    return media.declared_s if isinstance(media, VideoMedia) and media.indexed else None


def is_long(media: Media) -> bool:
    """Whether a source is read in stretches: it can be, and there is more than one."""
    seconds = seconds_of(media)
    return seconds is not None and len(spans(seconds, lead_s=0)) > 1


def spans(seconds: float, *, lead_s: int) -> tuple[Span, ...]:
    """The stretches of a video of this length, by its own clock: alike long, so that all workers are done at once.

    The first has no lead, which the others look at besides: it is longer by as much.
    """
    count = max(1, round(seconds / STRETCH_S))
    starts = [0, *(round(lead_s + (seconds - lead_s) * n / count) for n in range(1, count))]
    ends = [*starts[1:], None]
    return tuple(Span(n, max(0, at - lead_s), at, end) for n, (at, end) in enumerate(zip(starts, ends, strict=True)))


def stretch_of(media: Media, span: Span) -> VideoStretch:
    """A stretch of a video.

    Raises:
        ValueError: it cannot be read by stretches.
    """
    if not isinstance(media, VideoMedia) or seconds_of(media) is None:
        raise ValueError(f"{media.source.path}: it is read from its beginning")
    return VideoStretch(media, span)


def proven(media: Media) -> tuple[int, int]:
    """See that a video is what was hashed, once all its stretches are read.

    Returns:
        Its state (see :class:`StretchRead`): a stretch that was read in this state is of that content.

    Raises:
        MediaError: it is not, or it cannot be read.
    """
    if not isinstance(media, VideoMedia):
        raise ValueError(f"{media.source.path}: it is no video")
    with media.open() as file:
        try:
            return file.check()
        except Changed as error:
            raise MediaError(str(error)) from None


def outcome_of(reads: Sequence[StretchRead], lost: Sequence[str], state: tuple[int, int]) -> Outcome:
    """How the reading of a video ended, from that of its stretches.

    Args:
        lost: for each stretch of which nothing came, a line that says so.
        state: of the file as it was proven.
    """
    changed = [read.changed for read in reads if read.changed]
    if changed or any(read.state not in (None, state) for read in reads):
        return Outcome("failed", next(iter(changed), str(Changed())))
    whole = Tally()
    for read in reads:
        whole.add(read.tally)
    if not lost:
        known = next((read for read in reads if read.step), StretchRead())
        return whole.outcome(known.stated, known.step)
    if not whole.frames:
        return Outcome("failed", "; ".join(lost))
    rest = whole.outcome((None, None), Fraction(0))  # where a stretch is lost, an early end may be its
    reasons = [rest.reason] if rest.status == "partial" and rest.reason else []
    return Outcome("partial", "; ".join([*reasons, *lost]), rest.duration_s)
