"""Plots as SVG, the same bytes for the same numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from scorers import Bin, Share

INK, RULE = "#1f4e79", "#999999"
SHADES = ("#9db8d2", "#4f81b0", "#12324f")
"""From light to dark, for series that have an order."""


def calibration(bins: Sequence[Bin], path: Path) -> None:
    """Share right against score, with Wilson's intervals and the number of answers in each bin."""
    with mpl.rc_context({"svg.hashsalt": "samegoods", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(5.2, 4.2), layout="constrained")
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=RULE, linewidth=1, linestyle="--", label="as it should be")
        x = [b.mean_score for b in bins]
        y = [b.right.hits / b.right.of for b in bins]
        spans = [b.right.interval or (0.0, 1.0) for b in bins]
        low = [value - span[0] for value, span in zip(y, spans, strict=True)]
        high = [span[1] - value for value, span in zip(y, spans, strict=True)]
        axes.errorbar(x, y, yerr=[low, high], color=INK, marker="o", markersize=4, linewidth=1, label="measured")
        for b, at, value in zip(bins, x, y, strict=True):
            axes.annotate(str(b.right.of), (at, value), (4, -11), textcoords="offset points", color=INK, fontsize=8)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="score told", ylabel="share that is right")
        axes.legend(loc="upper left", frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})


def detection(curves: Mapping[str, Sequence[tuple[float, Share]]], path: Path) -> None:
    """Share called different against the size of the difference, a line for each name."""
    with mpl.rc_context({"svg.hashsalt": "samegoods", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(5.6, 3.8), layout="constrained")
        axes = figure.subplots()
        for (name, points), shade in zip(curves.items(), SHADES, strict=False):
            x, y = [delta for delta, _ in points], [told.value or 0.0 for _, told in points]
            axes.plot(x, y, color=shade, marker="o", markersize=4, linewidth=1.6, label=name)
        axes.axhline(0.5, color=RULE, linewidth=0.8, linestyle="--")
        axes.set(ylim=(-0.03, 1.03), xlabel="difference planted, CIEDE2000", ylabel="share called different")
        axes.legend(loc="lower right", frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
