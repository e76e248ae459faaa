"""How a packaging looks to an average consumer beside the export version: identical, similar or different.

The dual-quality study of the EU sorted front-of-pack pairs into these three by eye and gives no numbers (JRC, "Results
of an EU wide comparison of quality related characteristics of food products", EUR 29778, 2019). The numbers here rest
on what can be seen of a pack 20 cm tall at arm's length, by someone who does not hold the two side by side but keeps
an imperfect picture in mind (the average consumer of Directive 2005/29/EC, recital 18; Court of Justice, C-342/97
"Lloyd", 26). They are shares of a face; a difference below its feature's number leaves the pack similar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samegoods.records import Appearance, CallName, Difference, DifferenceKind, Feature, FeatureName, Verdict
from samegoods.vision.comparison.sameness import CLEAR, sameness


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which share of a face, and from which CIEDE2000, a feature makes a plainly different pack."""

    share: float
    delta_e: float = 0.0


THRESHOLDS: Mapping[FeatureName, Threshold] = {
    "shape": Threshold(0.0),  # the form is what is recognised first and from farthest
    # A tenth of the face is the usual width of a coloured band. Side by side a CIEDE2000 of 2 is seen; from memory,
    # several times that.
    "colour": Threshold(0.10, 10.0),
    "graphics": Threshold(0.05),  # a picture as wide as a quarter of the pack: 3 to 5 cm
    "text": Threshold(
        0.02
    ),  # a line of 7 cm by 1 cm, as names of brands and goods are; small print is not read in passing
    "marks": Threshold(0.02),  # a seal or logo of 3 cm across
}
"""Each feature's own threshold."""

_FEATURE_OF: Mapping[DifferenceKind, FeatureName] = {
    "shape": "shape",
    "colour": "colour",
    "graphic": "graphics",
    "text": "text",
    "mark": "marks",
}


def features_of(packaging: Verdict) -> tuple[Feature, ...]:
    """What is said of each feature of a packaging, in the order of :data:`THRESHOLDS`.

    Different where a clear difference is of its kind; cannot tell where only a faint one is; else the same where
    that can be said of any face, and cannot tell where not. The shape is never called the same: no stage looks at it.
    """
    rest = sameness(packaging.faces)[0] if packaging.differences else packaging.call
    return tuple(_feature(name, packaging, rest) for name in THRESHOLDS)


def _feature(name: FeatureName, packaging: Verdict, rest: CallName) -> Feature:
    of_it = [one for one in packaging.differences if _FEATURE_OF.get(one.kind) == name]
    clear = of_it if packaging.call == "different" else []
    if any(map(_sure, clear)):
        share = min(1.0, sum(one.size for one in clear))
        return Feature(name, "different", share, max(one.delta_e for one in clear), _plain(name, clear))
    return Feature(name, "cannot_tell" if of_it or name == "shape" else rest, 0.0, 0.0, False)


def _sure(one: Difference) -> bool:
    """Whether a difference stands by itself; one whose score was not kept belongs to a call that was sure."""
    return one.score == 0.0 or one.score >= CLEAR


def _plain(name: FeatureName, found: list[Difference]) -> bool:
    """Whether what differs in a feature passes its threshold, added up over what is strong enough."""
    least = THRESHOLDS[name]
    strong = [one.size for one in found if one.delta_e >= least.delta_e]
    return bool(strong) and sum(strong) >= least.share


def appearance_of(packaging: Verdict) -> Appearance:
    """The appearance that follows from a packaging's call and, where it differs, from its features."""
    if packaging.call != "different":
        return "identical" if packaging.call == "same" else "cannot_tell"
    return "different" if any(one.plain for one in features_of(packaging)) else "similar"
