"""Goods: what is known of them, where they are seen, and the only pictures of them that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from samegoods.records.arrays import Floats, Image, Mask, Matrix, Quad, check_image, check_quad
from samegoods.records.footage import Frame, Moment

UNLISTED = "unlisted"
"""The version of a good that is surely this product and fits none of its listed versions."""


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


FILL = (128, 128, 128)
"""The flat colour (RGB) of every pixel that is not shown; packs may have it too, so ``known`` decides."""

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

    def without(self, hidden: Mask) -> Crop:
        """The same showing less: the pixels (h, w) of ``hidden`` are filled, and no longer known."""
        pixels = self.pixels.copy()
        pixels[hidden] = FILL
        return Crop(self.sighting, pixels, self.quad, self.known & ~hidden, warrant=_WARRANT)


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """What hangs below a face of goods, for reading its price tag: in memory alone, like the frame it is cut from.

    ``corner`` is its top left in the frame, ``quad`` in its own pixels the part right below the face. Places where a
    person was seen are one flat colour. It cannot be pickled or copied, and no store takes it.
    """

    sighting: str
    corner: tuple[int, int]
    pixels: Image = field(repr=False)
    quad: Quad

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError("a Strip stays in memory: it cannot be pickled, copied or stored")

    __reduce__ = __reduce_ex__ = __getstate__ = __copy__ = __deepcopy__ = _refuse


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What is left of a look once the frame is gone: crops, and how the camera moved since the last one.

    ``unkept`` are sightings that stand on many spots, and of which too little could be proven to keep a picture.
    ``strips`` are read for prices, and let go.
    """

    moment: Moment | None
    crops: tuple[Crop, ...]
    motion: Matrix | None
    unkept: tuple[Sighting, ...] = ()
    strips: tuple[Strip, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One physical pack of one source: every sighting of it, and the best crops of each face, best first."""

    id: str
    source: str
    product: str
    sightings: tuple[Sighting, ...]
    crops: Sequence[Crop]


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
    ``photo_scale`` is the largest view's pixels per pixel of the reference, which ``scale`` need not keep. ``cast`` is
    what a light grey would look like in the light between reference and views: its a* and b* in CIELAB.
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
    photo_scale: float
    cast: tuple[float, float] = (0.0, 0.0)
