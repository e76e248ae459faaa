"""The counts as a chart: for each product and site what was seen, and how far the share can be trusted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from textwrap import wrap
from unicodedata import east_asian_width

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.style import context

from samegoods.results.statistics import TallyPart
from samegoods.typefaces import DEJAVU, NANUM, NOTO, files

# Stand-ins that the page's own colours, for light and for dark, take the place of.
_COLOURS = {
    "#d55e01": "var(--different)",
    "#0072b1": "var(--same)",
    "#9a9a9b": "var(--unknown)",
    "#010203": "currentColor",
    "#c0c1c2": "var(--line)",
}
_DIFFERENT, _SAME, _UNKNOWN, _INK, _LINE = _COLOURS

_PRINTED = {
    "#d55e01": "#a83a0a",
    "#0072b1": "#145a94",
    "#9a9a9b": "#666666",
    "#010203": "#000000",
    "#c0c1c2": "#bbbbbb",
}
_STYLE = {
    "svg.fonttype": "none",  # text stays text: it can be read aloud, found and copied
    "svg.hashsalt": "samegoods",
    "font.family": [DEJAVU, NANUM, NOTO],  # by which the room for a word is measured; the page sets it in its own
    "font.size": 10,
    "hatch.linewidth": 0.6,
}
_WIDTH_IN, _ROW_IN, _LINE_IN, _FOOT_IN = 4.3, 0.6, 0.17, 0.55
_LETTERS = 54
"""On a line of a label: so many fit into the width of the chart."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the chart."""

    label: str
    tally: TallyPart


def chart(bars: Sequence[Bar], *, printed: bool = False) -> str:
    """An SVG drawing to stand in a page, or in print, whose colours are its own; empty where there is nothing to draw.

    Each bar holds all packs seen: those that differ, those that cannot be told, those that are the same. The
    dot is the share that differs of those that could be judged, the line its 95 % interval. The dot lies in
    the hatched part or at its ends: that part is what the packs that cannot be told leave open.
    """
    if not bars:
        return ""
    _know_typefaces()
    labels = [label_lines(bar.label) for bar in bars]
    more = _LINE_IN / _ROW_IN * (max(map(len, labels)) - 1)  # rows are as high as the one with the longest label needs
    height = _ROW_IN * (1 + more) * len(bars) + _FOOT_IN
    with context(_STYLE):
        figure = Figure(figsize=(_WIDTH_IN, height))
        axes = figure.add_axes((0.02, _FOOT_IN / height, 0.93, 1 - _FOOT_IN / height))
        for row, (bar, lines) in enumerate(zip(bars, labels, strict=True)):
            _draw(axes, row * (1 + more) + more, bar, lines)
        _frame(axes, len(bars) * (1 + more))
        stream = io.StringIO()
        figure.savefig(
            stream,
            format="svg",
            transparent=True,
            metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")),
        )
    svg = stream.getvalue()
    for stand_in, colour in (_PRINTED if printed else _COLOURS).items():
        svg = svg.replace(stand_in, colour)
    return svg[svg.index("<svg") :]


@cache
def _know_typefaces() -> None:
    for file in files(NANUM, NOTO):
        fontManager.addfont(str(file))


def label_lines(label: str) -> list[str]:
    """A label in lines that fit; letters of East Asia are as wide as two."""
    lines, width = [""], 0
    for word in label.split():
        for piece in wrap(word, _LETTERS // 2) or [word]:
            long = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in piece)
            if lines[-1] and width + 1 + long > _LETTERS:
                lines, width = [*lines, piece], long
            else:
                lines[-1], width = f"{lines[-1]} {piece}".strip(), width + 1 + long
    return lines


def _draw(axes: Axes, place: float, bar: Bar, lines: Sequence[str]) -> None:
    tally = bar.tally
    seen = tally.same + tally.different + tally.cannot_tell
    start = 0.0
    for number, colour, hatch in (
        (tally.different, _DIFFERENT, None),
        (tally.cannot_tell, "none", "////"),
        (tally.same, _SAME, None),
    ):
        share = 100 * number / seen
        edge = _UNKNOWN if hatch else colour
        axes.barh(place, share, left=start, height=0.26, color=colour, edgecolor=edge, hatch=hatch, linewidth=0.6)
        start += share
    for number, line in enumerate(reversed(lines)):
        above = 0.42 + number * _LINE_IN / _ROW_IN
        axes.text(0, place - above, line, ha="left", va="center", color=_INK, parse_math=False)
    if tally.share_different is None or tally.low is None or tally.high is None:
        return
    axes.plot([100 * tally.low, 100 * tally.high], [place, place], color=_INK, linewidth=1.4, solid_capstyle="butt")
    for end in (tally.low, tally.high):
        axes.plot([100 * end, 100 * end], [place - 0.1, place + 0.1], color=_INK, linewidth=1.4)
    axes.plot([100 * tally.share_different], [place], "o", color=_INK, markersize=5, clip_on=False)


def _frame(axes: Axes, rows: float) -> None:
    axes.set_xlim(-1, 101)
    axes.set_ylim(rows - 0.6, -0.72)
    axes.set_yticks([])
    axes.set_xticks(range(0, 101, 25), [f"{share} %" for share in range(0, 101, 25)])
    axes.tick_params(colors=_LINE, labelcolor=_INK)
    axes.grid(axis="x", color=_LINE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("share of packs", color=_INK)
