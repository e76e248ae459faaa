"""What all parts of the result documents are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
DecimalText = Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]
"""A number as a decimal string with a point: no reader may round it."""
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]


class Part(BaseModel):
    """A part of a document: frozen, and open to fields of later releases."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


def points(values: NDArray[np.floating]) -> tuple[Point, ...]:
    """Points (n, 2) to a hundredth of a pixel."""
    rows: Sequence[Sequence[float]] = np.asarray(values, np.float64).round(2).tolist()
    return tuple((x, y) for x, y in rows)
