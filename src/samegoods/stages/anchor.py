"""Anchor: light or paint? The overall cast of each pack against that of the other goods in the same footage.

One pack cannot tell a warm lamp from a warm print: its own levelling takes the cast for light. Other goods stand in
the same light, so a cast that they share is light, and one that a pack has alone is of its print (or of its reference,
photographed in another light, which would show on every pack of the product). Without other goods a cast beyond what
lamps and cameras do is left open. What differs in one place was judged before, and stays.

Source: the other surfaces of a scene as the anchor of its light, after Gilchrist et al. 1999, "An anchoring theory of
lightness perception".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from samegoods.geometry import corners
from samegoods.records import Cast, Comparison, Difference, Item, Verdict

LAMPS = (10.0, 15.0)
"""How far off grey a cast may be, in a* and in b* (CIELAB), and be a lamp's and a camera's: daylight and incandescent
light differ along b*. Of rendered lamps none came to more than 6 and 10."""
LIKE_OTHERS, UNLIKE_OTHERS = 8.0, 12.0
"""Distance in the a*b* plane from the others' cast: up to the first a pack stands in their light; from the second on
it does not. Packs in the light of the demo's three sites lie within 6 of each other."""
_AGREED = 5.0
"""Median distance of the others' casts from their middle, up to which they agree on a light."""
_CONFIDENCE = 0.9


def anchored(compared: Sequence[tuple[Item, Comparison]]) -> list[tuple[Item, Comparison]]:
    """The comparisons of one source; a packaging that is ``same`` but for an overall cast is called by it.

    The anchor is every other product in the source, one voice each: packs of one product may all bear one paint.
    """
    casts: dict[str, list[Cast]] = {}
    for item, comparison in compared:
        if comparison.cast is not None:
            casts.setdefault(item.product, []).append(comparison.cast)
    voices = {product: _middle([(one.a, one.b) for one in some]) for product, some in casts.items()}
    return [(item, _called(comparison, _others(item, voices))) for item, comparison in compared]


def _others(item: Item, voices: dict[str, np.ndarray]) -> list[np.ndarray]:
    return [voice for product, voice in voices.items() if product != item.product]


def _middle(points: Sequence[tuple[float, float]]) -> np.ndarray:
    return np.median(np.array(points, np.float64), axis=0)


def _called(comparison: Comparison, others: Sequence[np.ndarray]) -> Comparison:
    cast, packaging = comparison.cast, comparison.packaging
    if cast is None or packaging.call != "same":
        return comparison
    own = np.array([cast.a, cast.b])
    light = np.median(np.array(others), axis=0) if others else np.zeros(2)
    agreed = bool(others) and float(np.median(np.linalg.norm(np.array(others) - light, axis=1))) <= _AGREED
    off = float(np.linalg.norm(own - light))
    if agreed and off <= LIKE_OTHERS:
        return comparison
    if agreed and len(others) >= 2 and off >= UNLIKE_OTHERS:
        return _with(comparison, _different(packaging, cast, own - light, off))
    if not agreed and float(np.hypot(cast.a / LAMPS[0], cast.b / LAMPS[1])) <= 1:
        return comparison
    what = "unlike that of the other goods in view" if agreed else "and no other goods in view to tell its light by"
    reason = f"the whole face has a {_named(own - light)} cast, {what}: light or paint cannot be told"
    return _with(comparison, replace(packaging, call="cannot_tell", reason=reason))


def _with(comparison: Comparison, packaging: Verdict) -> Comparison:
    """What is in doubt as a whole is of no listed version for sure."""
    return replace(comparison, packaging=packaging, version=None)


def _different(packaging: Verdict, cast: Cast, shift: np.ndarray, off: float) -> Verdict:
    detail = f"the whole face is {_named(shift)}, which the other goods in the same light are not"
    one = Difference(
        kind="colour",
        reference=cast.reference,
        face=cast.face,
        region=corners(*cast.size),
        size=1.0,
        delta_e=off,
        confidence=_CONFIDENCE,
        detail=detail,
        place="all over",
        score=off / LIKE_OTHERS,
    )
    return replace(packaging, call="different", reason=f"{detail} ({cast.face})", differences=(one,))


def _named(shift: np.ndarray) -> str:
    words = [("redder" if shift[0] > 0 else "greener", abs(shift[0]))]
    words += [("yellower" if shift[1] > 0 else "bluer", abs(shift[1]))]
    most = max(size for _, size in words)
    return " and ".join(word for word, size in words if size > 0.5 * most)
