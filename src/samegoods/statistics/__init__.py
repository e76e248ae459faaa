"""The statistics of findings: pure functions, from counts and outcomes to shares, intervals, tests and plans.

Nothing here knows of footage, cases or pages. Two words hold throughout:

* a *visit* is the footage of one site on one day, by the site's clock: packs of one visit are alike (one delivery,
  one stall filmed twice), so the visit, and not the pack, is what is drawn at random;
* the *share* is that of packs that differ, out of those that could be judged.
"""
