"""Plots as SVG, the same bytes for the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from scorers import Bin

INK, RULE = "#1f4e79", "#999999"


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
