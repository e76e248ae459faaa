"""The way of one source, from footage to judged items, and that of two pictures."""

from samegoods.pipeline.footage import (
    LEAD_S,
    NOTHING,
    Footage,
    Means,
    Part,
    conclude,
    examine,
    look_through,
    told,
    weigh,
)
from samegoods.pipeline.pictures import Compared, compare_pictures, look_over

__all__ = [
    "LEAD_S",
    "NOTHING",
    "Compared",
    "Footage",
    "Means",
    "Part",
    "compare_pictures",
    "conclude",
    "examine",
    "look_over",
    "look_through",
    "told",
    "weigh",
]
