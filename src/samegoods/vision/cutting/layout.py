"""How quads lie to each other: which are the same pack, which share an edge, which arrangement returns."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from samegoods.geometry import area, project
from samegoods.records import Matrix, Quad

Costs = NDArray[np.float64]

FITS = 0.35
"""Packs of an arrangement count as found again within this much of their own size."""
LEAD = 2
"""Packs by which the best explanation of an arrangement must lead the next."""


def offsets(placed: Sequence[Quad], seen: Sequence[Quad]) -> Costs:
    """How far each seen quad lies from each placed one, (n, m), in units of the placed pack's own sides.

    A neighbour of the same size that touches is 1 away, whatever the pack's shape; a change of area adds.
    """
    p = np.asarray(placed, np.float64).reshape(-1, 4, 2)
    s = np.asarray(seen, np.float64).reshape(-1, 4, 2)
    across = (p[:, 1] - p[:, 0] + p[:, 2] - p[:, 3]) / 2  # (n, 2)
    down = (p[:, 3] - p[:, 0] + p[:, 2] - p[:, 1]) / 2
    delta = s.mean(axis=1)[None] - p.mean(axis=1)[:, None]  # (n, m, 2)
    det = across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0]
    det = np.where(np.abs(det) < 1e-6, 1e-6, det)[:, None]
    a = (delta[..., 0] * down[:, None, 1] - delta[..., 1] * down[:, None, 0]) / det
    b = (delta[..., 1] * across[:, None, 0] - delta[..., 0] * across[:, None, 1]) / det
    sizes_p = np.maximum([abs(area(q)) for q in p], 1e-6)
    sizes_s = np.maximum([abs(area(q)) for q in s], 1e-6)
    growth = np.abs(np.log(sizes_s)[None] - np.log(sizes_p)[:, None])
    return np.asarray(np.hypot(a, b) + 0.35 * growth, np.float64)


def edge_gap(a: Quad, b: Quad) -> float:
    """How far two quads are from sharing an edge, in lengths of that edge; 0 where they do."""
    best = np.inf
    for i in range(4):
        start, end = a[i], a[(i + 1) % 4]
        length = float(np.linalg.norm(end - start))
        for j in range(4):
            # Both quads turn clockwise, so that a shared edge runs the other way in the second.
            off = np.linalg.norm(b[(j + 1) % 4] - start) + np.linalg.norm(b[j] - end)
            longer = max(length, float(np.linalg.norm(b[(j + 1) % 4] - b[j])), 1e-6)
            best = min(best, float(off) / (2 * longer))
    return float(best)


def assign(costs: Costs, gates: NDArray[np.float64] | float) -> list[tuple[int, int]]:
    """The pairs (row, column) of least total cost, as many within the gate of their row as can be.

    Method: the Hungarian algorithm, Kuhn 1955.
    """
    if costs.size == 0:
        return []
    limit = np.broadcast_to(np.asarray(gates, np.float64).reshape(-1, 1), costs.shape)
    barred = ~(costs <= limit)
    rows, columns = linear_sum_assignment(np.where(barred, 1e3, costs))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if not barred[i, j]]


def same_layout(
    old: Sequence[tuple[Hashable, Quad]], new: Sequence[tuple[Hashable, Quad]], view: tuple[float, float]
) -> Matrix | None:
    """The similarity (3, 3) that takes an arrangement of packs to one seen later; None unless it is certain.

    Each entry is what a pack is and where it lies. Every pair of equals proposes a similarity, which is worth
    the packs it finds again, less those it wants in view (``view``: width and height) and does not find, less
    those seen where it knows of none. It must find two and lead every proposal that pairs otherwise by
    :data:`LEAD`: a row of equal packs seen from one place further on fits both ways, and stays unknown.
    """
    proposals: dict[tuple[tuple[int, int], ...], float] = {}
    matrices: dict[tuple[tuple[int, int], ...], Matrix] = {}
    for i, (what, quad) in enumerate(old):
        for j, (other, place) in enumerate(new):
            if what != other:
                continue
            matrix = _similarity(quad, place)
            pairs = _pairs(old, new, matrix)
            if (i, j) in pairs and len(pairs) > 1:
                matrix = _similarity(
                    np.concatenate([old[a][1] for a, _ in pairs]),
                    np.concatenate([new[b][1] for _, b in pairs]),
                )
                pairs = _pairs(old, new, matrix)
            proposals[pairs] = len(pairs) - _unexplained(old, new, pairs, matrix, view)
            matrices[pairs] = matrix
    if not proposals:
        return None
    best = max(proposals, key=lambda pairs: (proposals[pairs], pairs))
    rivals = [worth for pairs, worth in proposals.items() if not set(pairs) & set(best)]
    if len(best) < 2 or proposals[best] - max(rivals, default=-np.inf) < LEAD:
        return None
    return matrices[best]


def _similarity(source: Quad, target: Quad) -> Matrix:
    """The similarity (3, 3) that takes points to points, least squares (Umeyama 1991, in complex numbers)."""
    p = source[:, 0] + 1j * source[:, 1].astype(np.float64)
    q = target[:, 0] + 1j * target[:, 1].astype(np.float64)
    centred = p - p.mean()
    turn = np.vdot(centred, q - q.mean()) / max(float(np.vdot(centred, centred).real), 1e-9)
    shift = q.mean() - turn * p.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag], [0, 0, 1]])


def _pairs(
    old: Sequence[tuple[Hashable, Quad]], new: Sequence[tuple[Hashable, Quad]], matrix: Matrix
) -> tuple[tuple[int, int], ...]:
    costs = offsets([project(matrix, quad) for _, quad in old], [quad for _, quad in new])
    equal = np.array([[a == b for b, _ in new] for a, _ in old])
    return tuple(sorted(assign(np.where(equal, costs, np.inf), FITS)))


def _unexplained(
    old: Sequence[tuple[Hashable, Quad]],
    new: Sequence[tuple[Hashable, Quad]],
    pairs: tuple[tuple[int, int], ...],
    matrix: Matrix,
    view: tuple[float, float],
) -> int:
    """Packs that should be in view and are not, and packs seen where one would have been seen before."""
    found, known = {i for i, _ in pairs}, {j for _, j in pairs}
    back = np.asarray(np.linalg.inv(matrix), np.float64)
    missing = sum(_in_view(project(matrix, q), view) for i, (_, q) in enumerate(old) if i not in found)
    novel = sum(_in_view(project(back, q), view) for j, (_, q) in enumerate(new) if j not in known)
    return missing + novel


def _in_view(quad: Quad, view: tuple[float, float]) -> bool:
    return bool((quad >= 0).all() and (quad[:, 0] <= view[0]).all() and (quad[:, 1] <= view[1]).all())
