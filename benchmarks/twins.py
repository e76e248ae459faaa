"""Two versions of one product that differ in a word and a tint: is the right one told, and how often is one told?

Near twins among the cartons, each pair listed as two versions of one product; one reference of 198 px
each, photographs from shops. A photograph that does not show the part in which the two differ can only be left open;
which those are nobody has marked, so the share answered is over all photographs in which the product was found. The
even ones of ``train`` were used to weigh the evidence, the odd ones and ``val`` never. The two Alpro cartons have one
and the same front but for a corner of the gable: they are a pair that cannot be told apart from most photographs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from observations import DATA, Observation, carton_photos, observe
from pages import Result, Table, store
from samegoods.edges.catalogue import plain_background
from samegoods.edges.media import load_picture
from samegoods.records import Reference
from samegoods.vision.recognition.answers import MIN_SCORE
from samegoods.vision.recognition.catalogue import Catalogue, build
from scorers import share

PAIRS = {
    "Arla milk": ("Arla-Standard-Milk", "Arla-Medium-Fat-Milk"),
    "Alpro soya": ("Alpro-Fresh-Soy-Milk", "Alpro-Shelf-Soy-Milk"),
    "Tropicana, fruit": ("Tropicana-Apple-Juice", "Tropicana-Golden-Grapefruit"),
    "Tropicana, mixed": ("Tropicana-Juice-Smooth", "Tropicana-Mandarin-Morning"),
    "God Morgon, apple and orange": ("God-Morgon-Apple-Juice", "God-Morgon-Orange-Juice"),
    "God Morgon, grapefruit": ("God-Morgon-Red-Grapefruit-Juice", "God-Morgon-Orange-Red-Grapefruit-Juice"),
    "Bravo": ("Bravo-Apple-Juice", "Bravo-Orange-Juice"),
    "Yoggi": ("Yoggi-Strawberry-Yoghurt", "Yoggi-Vanilla-Yoghurt"),
    "Arla sour cream": ("Arla-Sour-Cream", "Arla-Ecological-Sour-Cream"),
}

ALIKE = "Alpro soya"


@dataclass(frozen=True, slots=True)
class Seen:
    """One photograph: its pair, the version it shows, whether the product was found, and the version told."""

    name: str
    pair: str
    version: str
    split: str
    found: bool
    told: str | None
    score: float

    @property
    def even(self) -> bool:
        return int(self.name[-1]) % 2 == 0


def catalogue() -> Catalogue:
    """Every pair as a product with its two versions."""
    references = []
    for pair, versions in PAIRS.items():
        for version in versions:
            pixels = load_picture(DATA / "grocery_packages" / "iconic" / f"{version}.jpg")
            name = f"{pair}/{version}/front"
            references.append(Reference(name, pair, version, "front", pixels, plain_background(pixels)))
    return build(references)


def observations(split: str) -> list[Observation]:
    """Every photograph of a pair, against the catalogue of all pairs; the product is the pair."""
    known = catalogue()
    pair_of = {version: pair for pair, versions in PAIRS.items() for version in versions}
    photos = ((name, version, pixels) for name, version, pixels in carton_photos(split) if version in pair_of)
    return [observe(name, pixels, known, pair_of[version], version) for name, version, pixels in photos]


def seen(split: str, observation: Observation) -> Seen:
    """The best answer that names the pair, and the version that it tells."""
    named = zip(observation.answers, observation.named, strict=True)
    mine = [a for a, (product, _) in named if product == observation.product and a.product_score >= MIN_SCORE]
    best = max(mine, key=lambda a: a.score, default=None)
    told, score = (best.version, round(best.score, 4)) if best else (None, 0.0)
    version = str(observation.version)
    return Seen(observation.name, observation.product, version, split, best is not None, told, score)


def cells(name: str, rows: Iterable[Seen]) -> tuple[str, ...]:
    part = list(rows)
    found = [row for row in part if row.found]
    told = [row for row in found if row.told is not None]
    right = share(row.told == row.version for row in told)
    return name, str(len(part)), str(len(found)), str(share(row.told is not None for row in found)), str(right)


def tables(rows: Sequence[Seen]) -> tuple[Table, ...]:
    head = ("pair", "photographs", "product found", "version told", "told rightly")
    made = []
    train, val = ([row for row in rows if row.split == split] for split in ("train", "val"))
    for caption, part in (
        ("Odd photographs of `train` (never fitted on).", [row for row in train if not row.even]),
        ("Even photographs of `train` (fitted on).", [row for row in train if row.even]),
        ("All of `train`.", train),
        ("Photographs of `val` (never fitted on; many from above, many of a later design).", val),
    ):
        body = [
            cells(pair, (r for r in part if r.pair == pair)) for pair in PAIRS if any(r.pair == pair for r in part)
        ]
        but = cells(f"all but {ALIKE}", (row for row in part if row.pair != ALIKE))
        made.append(Table(caption, head, (*body, cells("all", part), but)))
    return tuple(made)


def measure() -> Result:
    rows = [seen(split, one) for split in ("train", "val") for one in observations(split)]
    wrong = [f"`{r.name}` as {r.told} ({r.score:.2f})" for r in rows if r.told is not None and r.told != r.version]
    return Result(
        name="twins",
        title="Near twins as versions",
        question="Of two versions that differ in a word and a tint, is the right one told?",
        tables=tables(rows),
        notes=("Wrong: " + "; ".join(wrong),),
        details=tuple(asdict(row) for row in rows),
    )


if __name__ == "__main__":
    print(store(measure()))
