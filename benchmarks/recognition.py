"""How often is recognition right, and does a score mean what it says?

Cartons: one reference of 198 px each, photographs from shops. The numbers of the calibration are fitted on
the even ones of ``train``; the odd ones and ``val`` were never fitted on. Drawn packs: seed 20000, fitted on 10000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from observations import (
    Observation,
    carton_observations,
    carton_photos,
    cartons,
    drawn_observations,
    stranger_observations,
)
from pages import PICTURES, Result, Table, store
from peers import most_inliers, spots
from plots import calibration
from samegoods.vision.recognition.answers import MIN_SCORE
from scorers import Bin, Told, above, by_height, calibration_error, forced_choice, reliability, share

SURE = 0.9
HELD_OUT_SEED, DRAWN_PRODUCTS, DRAWN_PHOTOS, STRANGER_PHOTOS = 20_000, 24, 120, 60
HEIGHTS_PX = (60, 80, 110, 160, 240, 421)
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.0)


def told(observation: Observation) -> Told:
    """An observation, reduced to what is scored."""
    truth = observation.name, observation.product, observation.version, round(observation.height_px, 1)
    if observation.best is None:
        return Told(*truth, None, None, 0.0)
    answer, (product, _) = observation.best
    return Told(*truth, product, answer.version, round(answer.score, 4))


def is_odd(row: Told) -> bool:
    return int(row.name[-1]) % 2 == 1


def carton_table(parts: Mapping[str, Sequence[Told]], peer: Mapping[str, str | None]) -> Table:
    rows = []
    for name, part in parts.items():
        right, cover = above(part, SURE)
        plain = share(peer[row.name] == row.product for row in part)
        rows.append((name, str(forced_choice(part)), str(plain), str(right), str(cover)))
    head = ("photographs", "right", "plain inlier counting", f"right of those above {SURE}", f"above {SURE}")
    return Table("Cartons, forced choice over 31; a photograph without an answer counts as wrong.", head, tuple(rows))


def height_table(rows: Sequence[Told]) -> Table:
    bins = by_height(rows, HEIGHTS_PX, least=MIN_SCORE)
    cells = tuple(
        (f"{b.low:.0f} to {b.high - 1:.0f}", str(b.found), str(b.version_told), str(b.version_right)) for b in bins
    )
    head = ("height, px", "right product found", "its version told", "told rightly")
    text = (
        f"Drawn packs by their height: {DRAWN_PRODUCTS} products, half of them near twins of the other half, two "
        "versions each; tilts to 60 degrees, any turn, uneven light, blur, noise, covers to 30 %."
    )
    return Table(text, head, cells)


def calibration_table(bins: Sequence[Bin]) -> Table:
    rows = tuple((f"{b.low:g} to {b.high:g}", f"{b.mean_score:.3f}", str(b.right)) for b in bins)
    text = "Score against share right (product, and version where it is told), on pictures never fitted on."
    return Table(text, ("score", "mean score", "right"), rows)


def seen_as_goods(rows: Sequence[Told], least: float) -> str:
    """How many pictures have an answer scored ``least`` or more."""
    return str(share(row.told is not None and row.score >= least for row in rows))


def wrong_names(rows: Sequence[Told]) -> str:
    wrong = [f"`{row.name}` as {row.told or 'nothing'} ({row.score:.2f})" for row in rows if not row.product_right]
    return "Wrong: " + (", ".join(wrong) or "none") + "."


def measure() -> Result:
    train, val = ([told(o) for o in carton_observations(split)] for split in ("train", "val"))
    drawn = [told(o) for o in drawn_observations(DRAWN_PRODUCTS, DRAWN_PHOTOS, seed=HELD_OUT_SEED)]
    strangers = [told(o) for o in stranger_observations(DRAWN_PRODUCTS, STRANGER_PHOTOS, seed=HELD_OUT_SEED)]
    known = {r.product: spots(r.pixels, r.mask) for r in cartons().references}
    peer = {
        name: most_inliers(pixels, known) for split in ("train", "val") for name, _, pixels in carton_photos(split)
    }
    odd = [row for row in train if is_odd(row)]
    parts = {
        "train, odd (never fitted on)": odd,
        "train, even (fitted on)": [row for row in train if not is_odd(row)],
        "train": train,
        "val (never fitted on)": val,
        "all": [*train, *val],
    }
    bins = reliability([*odd, *val, *drawn, *strangers], EDGES)
    calibration(bins, PICTURES / "calibration.svg")
    right, cover = above(drawn, SURE)
    return Result(
        name="recognition",
        title="Recognition",
        question="From references alone: how often is it right, and is a score of 0.9 worth nine in ten?",
        tables=(carton_table(parts, peer), height_table(drawn), calibration_table(bins)),
        pictures=(("calibration.svg", "Share right against score, on pictures never fitted on"),),
        notes=(
            f"Mean distance of score and share right: {calibration_error(bins):.3f}.",
            f"Drawn packs scored above {SURE}: {right} right, {cover} of the pictures.",
            f"Packs that the catalogue does not have: {seen_as_goods(strangers, MIN_SCORE)} with an answer "
            f"that is told (scored {MIN_SCORE} or more), {seen_as_goods(strangers, SURE)} with one of {SURE} or more.",
            wrong_names([*train, *val]),
            "Plain inlier counting: RootSIFT, ratio test, MAGSAC homography, the most inliers; same run.",
        ),
        details=tuple(asdict(row) | {"plain": peer.get(row.name)} for row in [*train, *val, *drawn, *strangers]),
    )


if __name__ == "__main__":
    print(store(measure()))
