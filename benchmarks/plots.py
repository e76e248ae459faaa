"""Plots as SVG, the same bytes for the same numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from scorers import Bin, Share

INK, RULE = "#1f4e79", "#999999"
SHADES = ("#9db8d2", "#4f81b0", "#12324f")
"""From light to dark, for series that have an order."""


def calibration(bins: Sequence[Bin], path: Path, *, score: str = "score") -> None:
    """Share right against score, or what it is called, with Wilson's intervals and the answers in each bin."""
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
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel=f"{score} told", ylabel="share that is right")
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


Line = Sequence[tuple[float, float]]


def smallest_by_height(panels: Mapping[str, Mapping[str, Line]], path: Path) -> None:
    """A panel for each name with its lines of (height of the pack, px; smallest that is found), on log scales."""
    with mpl.rc_context({"svg.hashsalt": "samegoods", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(7.6, 3.6), layout="constrained")
        for axes, (name, lines) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
            for (label, points), shade in zip(lines.items(), SHADES[1:], strict=False):
                told = [(x, y) for x, y in points if np.isfinite(y)]
                axes.plot(*zip(*told, strict=True), color=shade, marker="o", markersize=4, linewidth=1.6, label=label)
            every = [x for x, _ in next(iter(lines.values()))]
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_xticks(every, [f"{x:g}" for x in every], minor=False)
            axes.set_xticks([], minor=True)
            low, high = axes.get_ylim()
            ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50) if low <= t <= high]
            axes.set_yticks(ticks, [f"{t:g}" for t in ticks], minor=False)
            axes.set_yticks([], minor=True)
            axes.set(xlim=(0.9 * min(every), 1.1 * max(every)), xlabel="height of the pack, px", title=name)
            axes.title.set_fontsize(9)
            axes.grid(color=RULE, alpha=0.25, linewidth=0.6)
            axes.legend(loc="upper right", frameon=False)
            axes.spines[["top", "right"]].set_visible(False)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})


def growth_of_footage(panels: Mapping[str, Mapping[str, Line]], path: Path) -> None:
    """A panel for each figure with its lines of (times the footage, times the figure of the smallest), on log scales;
    the dashed line grows as the footage does."""
    with mpl.rc_context({"svg.hashsalt": "samegoods", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(7.6, 3.4), layout="constrained")
        for axes, (name, lines) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
            for (label, points), shade in zip(lines.items(), SHADES[1:], strict=False):
                axes.plot(
                    *zip(*points, strict=True), color=shade, marker="o", markersize=4, linewidth=1.6, label=label
                )
            every = [x for x, _ in next(iter(lines.values()))]
            axes.plot(every, every, color=RULE, linewidth=1, linestyle="--", label="as the footage")
            axes.set(xscale="log", yscale="log", xlabel="times the footage", ylabel="times the smallest", title=name)
            axes.legend(loc="upper left", frameon=False)
            axes.spines[["top", "right"]].set_visible(False)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})


def growth_of_catalogue(lines: Mapping[str, Line], right: Line, path: Path) -> None:
    """Milliseconds (a line for each name) and, below, the share right against the number of references, log scale."""
    with mpl.rc_context({"svg.hashsalt": "samegoods", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(5.6, 5.0), layout="constrained")
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        for (name, points), shade in zip(lines.items(), reversed(SHADES), strict=False):
            top.plot(*zip(*points, strict=True), color=shade, marker="o", markersize=4, linewidth=1.6, label=name)
        bottom.plot(*zip(*right, strict=True), color=INK, marker="o", markersize=4, linewidth=1.6)
        sizes = [x for x, _ in right]
        bottom.set_xscale("log")
        bottom.set_xticks(sizes, [f"{x:,g}" for x in sizes], minor=False)
        bottom.set_xticks([], minor=True)
        top.set(ylim=(0, None), ylabel="milliseconds")
        bottom.set(ylim=(0, 1.03), xlabel="references", ylabel="share right")
        top.legend(loc="upper left", frameon=False)
        for axes in (top, bottom):
            axes.grid(color=RULE, alpha=0.25, linewidth=0.6)
            axes.spines[["top", "right"]].set_visible(False)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
