"""The data that passes between the stages: one frozen record for each arrow of the way.

Conventions, checked once where a record is made:

* pictures are RGB uint8, shape (H, W, 3); masks are bool, shape (H, W);
* quads are float32, shape (4, 2), pixels, clockwise from the top left: top left, top right, bottom right,
  bottom left *of the reference*, wherever these lie in the picture;
* points are (x, y); the centre of the top left pixel is (0, 0);
* units stand in the names of whatever is not pixels (``width_mm``, ``gap_s``).
"""

from __future__ import annotations

from samegoods.records.arrays import (
    Floats,
    Image,
    Mask,
    Matrix,
    Quad,
    check_image,
    check_quad,
)
from samegoods.records.calls import (
    Appearance,
    AxisName,
    CallName,
    Comparison,
    Difference,
    DifferenceKind,
    Examined,
    Feature,
    FeatureName,
    Finding,
    GridRow,
    Inspected,
    Judgement,
    Needed,
    Others,
    Showing,
    Tally,
    Verdict,
    worse,
)
from samegoods.records.footage import (
    Frame,
    Moment,
    Outcome,
    Source,
    SourceKind,
    Status,
    TimeFrom,
)
from samegoods.records.goods import (
    UNLISTED,
    Candidate,
    Crop,
    Item,
    Kept,
    Look,
    Reference,
    Sighting,
    View,
)
from samegoods.records.label import CodeRead, Label, LineOutcome, LineRead, Offer
from samegoods.records.reading import (
    Code,
    CodeFormat,
    Language,
    Price,
    ReaderName,
    ReaderState,
    Reading,
    Tax,
    TextLine,
)

__all__ = [
    "UNLISTED",
    "Appearance",
    "AxisName",
    "CallName",
    "Candidate",
    "Code",
    "CodeFormat",
    "CodeRead",
    "Comparison",
    "Crop",
    "Difference",
    "DifferenceKind",
    "Examined",
    "Feature",
    "FeatureName",
    "Finding",
    "Floats",
    "Frame",
    "GridRow",
    "Image",
    "Inspected",
    "Item",
    "Judgement",
    "Kept",
    "Label",
    "Language",
    "LineOutcome",
    "LineRead",
    "Look",
    "Mask",
    "Matrix",
    "Moment",
    "Needed",
    "Offer",
    "Others",
    "Outcome",
    "Price",
    "Quad",
    "ReaderName",
    "ReaderState",
    "Reading",
    "Reference",
    "Showing",
    "Sighting",
    "Source",
    "SourceKind",
    "Status",
    "Tally",
    "Tax",
    "TextLine",
    "TimeFrom",
    "Verdict",
    "View",
    "check_image",
    "check_quad",
    "worse",
]
