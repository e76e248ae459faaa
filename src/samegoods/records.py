"""The data that passes between the stages: one frozen record for each arrow of the way.

Conventions, checked once where a record is made:

* pictures are RGB uint8, shape (H, W, 3); masks are bool, shape (H, W);
* quads are float32, shape (4, 2), pixels, clockwise from the top left: top left, top right, bottom right,
  bottom left *of the reference*, wherever these lie in the picture;
* points are (x, y); the centre of the top left pixel is (0, 0);
* units stand in the names of whatever is not pixels (``width_mm``, ``gap_s``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]
Quad = NDArray[np.float32]
Matrix = NDArray[np.float64]

CallName = Literal["same", "different", "cannot_tell"]
AxisName = Literal["packaging", "quality"]
SourceKind = Literal["video", "photo", "stream"]
Status = Literal["ok", "partial", "failed"]
TimeFrom = Literal["option", "csv", "exif", "container"]
DifferenceKind = Literal[
    "colour", "graphic", "text", "mark", "shape", "print", "damage", "declared", "packing"
]

UNLISTED = "unlisted"
"""The version of a good that is surely this product and fits none of its listed versions."""


def check_image(pixels: NDArray[Any], what: str) -> None:
    """Raise ``ValueError`` unless ``pixels`` is an RGB picture; the message says what was expected and found."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"{what}: expected (H, W, 3) uint8, found {pixels.shape} {pixels.dtype}")


def check_quad(quad: NDArray[Any], what: str) -> None:
    """Raise ``ValueError`` unless ``quad`` holds four finite points."""
    if quad.shape != (4, 2) or not np.isfinite(quad).all():
        raise ValueError(f"{what}: expected four finite points (4, 2), found {quad.shape}: {quad.tolist()}")


@dataclass(frozen=True, slots=True)
class Moment:
    """An exact time in a video: a presentation time stamp and the unit that it counts in."""

    pts: int
    time_base: Fraction

    @property
    def seconds(self) -> float:
        return float(self.pts * self.time_base)


@dataclass(frozen=True, slots=True)
class Source:
    """One file or stream of footage, taken at one site.

    ``captured_at`` is aware; None where nothing says when. ``captured_from`` names what said it.
    """

    id: str
    path: str
    sha256: str
    kind: SourceKind
    site: str
    captured_at: datetime | None
    captured_from: TimeFrom | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the reading of a source ended; ``reason`` says why where the status is not ``ok``."""

    status: Status
    reason: str | None = None
    duration_s: float | None = None


class Frame:
    """One decoded picture of footage. It lives in the memory of one process and nowhere else.

    It cannot be pickled, copied or turned into text: whatever tries gets a ``TypeError``. The only way on is
    :func:`samegoods.stages.keep.keep`, which lets verified goods through.

    ``luma`` is a small grey picture (h, w) uint8 for judging sharpness and change without paying for colour;
    ``pixels`` is converted from the decoder's own form when first asked for.
    """

    __slots__ = ("_pixels", "_render", "luma", "moment", "source")

    def __init__(
        self, *, source: str, moment: Moment | None, luma: Image, render: Callable[[], Image]
    ) -> None:
        self.source = source
        self.moment = moment
        self.luma = luma
        self._render = render
        self._pixels: Image | None = None

    @property
    def pixels(self) -> Image:
        if self._pixels is None:
            pixels = self._render()
            check_image(pixels, "a frame's pixels")
            self._pixels = pixels
        return self._pixels

    @property
    def time_s(self) -> float | None:
        return None if self.moment is None else self.moment.seconds

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError("a Frame stays in memory: it cannot be pickled, copied or stored")

    __reduce__ = __reduce_ex__ = __getstate__ = __copy__ = __deepcopy__ = _refuse  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Frame of {self.source} at {self.time_s}>"


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A picture of one face of one version, known to be genuine, cut to its corners.

    ``id`` is unique in a catalogue: ``product/version/face`` with ``#2`` and so on for further pictures of a
    face. ``mask`` is True where the picture shows the pack and not the plain background around it.
    """

    id: str
    product: str
    version: str
    face: str
    pixels: Image
    mask: Mask
    width_mm: float | None = None

    def __post_init__(self) -> None:
        check_image(self.pixels, f"reference {self.id}")
        if self.mask.shape != self.pixels.shape[:2]:
            raise ValueError(f"reference {self.id}: mask {self.mask.shape} for {self.pixels.shape}")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer that recognition weighed; the scores of a sighting's candidates are comparable."""

    product: str
    version: str | None
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One face of a pack, seen in one frame.

    ``version`` is an id of the campaign, ``"unlisted"`` or None (the picture cannot tell which). ``score`` is
    the calibrated probability that product and version are right, ``margin`` its lead over the next answer.
    ``reference`` is the id of the :class:`Reference` whose corners ``quad`` places in the frame.
    """

    id: str
    source: str
    moment: Moment | None
    reference: str
    product: str
    version: str | None
    face: str
    score: float
    margin: float
    quad: Quad
    candidates: tuple[Candidate, ...]
    inliers: int

    def __post_init__(self) -> None:
        check_quad(self.quad, f"sighting {self.id}")

    @property
    def time_s(self) -> float | None:
        return None if self.moment is None else self.moment.seconds


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A frame that was looked at, and what was recognised in it.

    ``motion`` (3, 3) takes points of the frame looked at before to this one; None where it could not be found
    (the first look, a cut).
    """

    frame: Frame
    sightings: tuple[Sighting, ...]
    motion: Matrix | None


_WARRANT = object()


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """The pixels of one verified pack face; the only picture that may leave a frame's memory.

    ``quad`` is the sighting's quad in the crop's own pixels. ``known`` is False outside the quad and where
    something that is not the pack covers it; there ``pixels`` hold one flat colour and nothing of the frame.

    Only :func:`samegoods.stages.keep.keep` makes one: the constructor asks for its warrant.
    """

    sighting: Sighting
    pixels: Image
    quad: Quad
    known: Mask
    warrant: object = field(repr=False, default=None)

    def __post_init__(self) -> None:
        if self.warrant is not _WARRANT:
            raise TypeError("only the keep stage makes a Crop")
        object.__setattr__(self, "warrant", None)
        check_image(self.pixels, "a crop's pixels")
        check_quad(self.quad, "a crop's quad")


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What is left of a look once the frame is gone: crops, and how the camera moved since the last one."""

    moment: Moment | None
    crops: tuple[Crop, ...]
    motion: Matrix | None


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One physical pack of one source: every sighting of it, and the best crops of each face, best first."""

    id: str
    source: str
    product: str
    sightings: tuple[Sighting, ...]
    crops: tuple[Crop, ...]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What all views of one face of an item say together, in the frame of its reference.

    ``pixels`` (h, w, 3) float32, RGB 0..255, levelled to the reference's light, ``scale`` pixels here per pixel
    of the reference; ``predicted`` is the reference brought to the same scale and blur; ``noise`` (h, w) is the
    standard deviation to expect of a pixel's residual, in the units of ``pixels``; ``known`` is False where no
    view shows the face. ``views`` counts the crops fused.

    ``spread`` (2, 2) is the covariance, px squared here, of the point spread between the reference and the
    views; ``fit`` the best view's correlation -1..1 with the prediction, its light taken out; ``slack_px`` how
    far, in pixels here, parts of the face may still be displaced; ``squeeze`` how much shorter one axis of the
    face looks in the least oblique view than the other, 1 for a frontal one. ``register_px`` (3, 2) is the shift
    of each colour channel against green, beyond the reference's, in pixels here, with its standard error
    ``register_sd_px``. ``saturation`` is how much of the reference's colour is seen, 1 for all of it.
    """

    reference: str
    pixels: Floats
    predicted: Floats
    noise: Floats
    known: Mask
    scale: float
    views: int
    spread: Matrix
    fit: float
    slack_px: float
    squeeze: float
    register_px: Floats
    register_sd_px: float
    saturation: float


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Something that differs between a face and its reference.

    ``region`` is a polygon (n, 2) in pixels of the reference ``reference``; ``size`` the share of the face that
    it covers, 0..1; ``delta_e`` the CIEDE2000 between what was expected and what was seen; ``confidence`` 0..1.
    ``detail`` says it in words.
    """

    kind: DifferenceKind
    reference: str
    face: str
    region: Floats
    size: float
    delta_e: float
    confidence: float
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The call on one axis, with its reason in words and what differs."""

    call: CallName
    reason: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """An item against its export references on both axes; ``version`` is what the item turned out to be."""

    version: str | None
    packaging: Verdict
    quality: Verdict

    @property
    def call(self) -> CallName:
        """The worse of both: a difference on either axis counts, and ``same`` needs both."""
        return worse(self.packaging.call, self.quality.call)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A compared item under the order: whether the order reaches it, by which rule, and with which outcome.

    ``call`` is the call on what the order requires; None where the order does not reach the item.
    """

    item: str
    source: str
    site: str
    product: str
    version: str | None
    views: int
    sightings: tuple[str, ...]
    packaging: Verdict
    quality: Verdict
    in_scope: bool
    rule: str
    call: CallName | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Calls, counted. ``share_different`` is out of those that could be judged (same and different).

    ``low`` and ``high`` bound it by ``method``; all three are None where nothing could be judged.
    ``share_if_all_same`` and ``share_if_all_different`` are the shares, out of all, that would hold if every
    ``cannot_tell`` were the one or the other; None where there is nothing at all.
    """

    same: int
    different: int
    cannot_tell: int
    share_different: float | None
    low: float | None
    high: float | None
    method: str
    share_if_all_same: float | None
    share_if_all_different: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Tally):
    """What the campaign says of one product at one site: the calls on what the order requires, counted.

    ``items`` are those that the order reaches (all of them where it reaches none). ``axes`` counts the same items
    by each axis alone, so that a clear result on the packaging is not hidden behind a quality that no picture
    could tell. ``not_judged`` counts, by rule, the items that the order does not reach.
    """

    product: str
    site: str
    in_scope: bool
    rule: str
    items: int
    axes: tuple[tuple[AxisName, Tally], ...]
    not_judged: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """All that came of one source: what a worker hands to the one writer of the case.

    ``items`` pairs each judged item with the crops that show it, best first.
    """

    source: Source
    outcome: Outcome
    sightings: tuple[Sighting, ...] = ()
    items: tuple[tuple[Judgement, tuple[Crop, ...]], ...] = ()


_RANK: dict[CallName, int] = {"same": 0, "cannot_tell": 1, "different": 2}


def worse(*calls: CallName) -> CallName:
    """The worst of some calls: ``different`` before ``cannot_tell`` before ``same``."""
    return max(calls, key=_RANK.__getitem__)
