"""A made-up campaign and what a run over its footage could have found: no picture here shows a real thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np

from samegoods.campaign import Campaign, Exemption, Order, Product, ReferenceSpec, Site, Version
from samegoods.edges.case import CaseStore
from samegoods.geometry import homography_between, inside
from samegoods.records import (
    UNLISTED,
    Candidate,
    Comparison,
    Crop,
    Difference,
    DifferenceKind,
    Examined,
    Image,
    Inspected,
    Item,
    Mask,
    Moment,
    Outcome,
    Quad,
    Reference,
    Sighting,
    Source,
    SourceKind,
    TimeFrom,
    Verdict,
    goods,
)
from samegoods.stages.count import count
from samegoods.stages.judge import judge
from samegoods.stages.settle import settle
from samegoods.stages.survey import survey, visits_of

SEOUL = ZoneInfo("Asia/Seoul")
SIZE = (240, 160)  # of a drawn face: width, height
SEAL = (178.0, 98.0, 226.0, 146.0)
BAND = (0.0, 60.0, 240.0, 84.0)

_WARES = [
    ("camellia-biscuits", "Camellia butter biscuits", "confectionery", (196, 120, 40)),
    ("heron-filter", "Heron filter cigarettes", "tobacco", (30, 60, 140)),
    ("dew-cream", "Dew face cream", "cosmetics", (200, 170, 190)),
    ("swift-shoes", "Swift running shoes", "footwear", (40, 140, 110)),
    ("hill-honey", "Hill honey", "handmade-farm", (220, 170, 30)),
]


def face(name: str, colour: tuple[int, int, int], *, seal: bool = True, band: bool = True) -> Image:
    """A drawn pack face; ``seal`` and ``band`` are what a cheaper version lacks."""
    width, height = SIZE
    pixels = np.full((height, width, 3), colour, np.uint8)
    cv2.rectangle(pixels, (8, 8), (width - 9, height - 9), (245, 240, 225), 2)
    if band:
        x0, y0, x1, y1 = map(int, BAND)
        cv2.rectangle(pixels, (x0, y0), (x1, y1), (235, 215, 120), -1)
    words = name.split()
    cv2.putText(pixels, words[0], (16, 48), cv2.FONT_HERSHEY_DUPLEX, 1.0, (255, 255, 255), 2, cv2.LINE_AA)
    cv2.putText(pixels, " ".join(words[1:]), (18, 79), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 30, 20), 1, cv2.LINE_AA)
    cv2.circle(pixels, (60, 118), 24, tuple(255 - c for c in colour), -1, cv2.LINE_AA)
    cv2.ellipse(pixels, (60, 118), (15, 7), 30, 0, 360, (255, 255, 255), 2, cv2.LINE_AA)
    for line in range(3):
        cv2.line(pixels, (98, 104 + 12 * line), (160 - 8 * line, 104 + 12 * line), (250, 250, 250), 2)
    if seal:
        cv2.circle(pixels, (202, 122), 21, (190, 30, 40), -1, cv2.LINE_AA)
        cv2.putText(pixels, "1A", (189, 129), cv2.FONT_HERSHEY_DUPLEX, 0.6, (255, 235, 200), 1, cv2.LINE_AA)
    return pixels


def campaign(folder: Path, *, title: str = "Goods sold at home must not differ from those exported") -> Campaign:
    """Five products at three sites; the reference pictures are written to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    products = []
    for ident, name, category, colour in _WARES:
        image = folder / f"{ident}.png"
        cv2.imwrite(str(image), face(name, colour)[:, :, ::-1])
        spec = ReferenceSpec(image=image, face="front", width_mm=120.0)
        versions = {"export": Version(references=(spec,)), "domestic": Version()}
        products.append(Product(id=ident, name=name, category=category, versions=versions))
    return Campaign(
        samegoods=1,
        campaign="july-order",
        order=Order(
            title=title,
            in_force=date(2026, 7, 1),
            requires=("packaging", "quality"),
            categories=("tobacco", "confectionery", "cosmetics", "footwear"),
            exempt=(Exemption(category="handmade-farm", reason="sold loose by the grower"),),
        ),
        sites=tuple(
            Site(id=ident, name=name, timezone="Asia/Seoul", notice="at each entrance")
            for ident, name in [
                ("songsin", "Songsin Market"),
                ("moran", "Moran Market"),
                ("harbour", "Harbour Hall"),
            ]
        ),
        products=tuple(products),
    )


def references() -> tuple[Reference, ...]:
    """The export references of :func:`campaign`."""
    mask = np.ones(SIZE[::-1], bool)
    return tuple(
        Reference(f"{ident}/export/front", ident, "export", "front", face(name, colour), mask, 120.0)
        for ident, name, _, colour in _WARES
    )


def source(
    name: str,
    *,
    site: str = "songsin",
    captured_at: datetime | None = datetime(2026, 7, 9, 1, 30, tzinfo=UTC),
) -> Source:
    kind: SourceKind = "photo" if name.endswith(".jpg") else "video"
    came_from: TimeFrom | None = "container" if captured_at else None
    digest = name.encode().hex().ljust(64, "0")[:64]
    return Source(f"s-{name}", f"footage/{name}", digest, kind, site, captured_at, came_from)


def photographed(pixels: Image, *, seed: int, scale: float = 0.9) -> tuple[Image, Quad, Mask]:
    """A face as a hand-held camera may see it: turned, in uneven light, noisy; flat grey around it."""
    rng = np.random.default_rng(seed)
    width, height = int(SIZE[0] * scale), int(SIZE[1] * scale)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) + 24
    quad = (corners + rng.uniform(-18, 18, (4, 2))).astype(np.float32)
    frame = (width + 48, height + 48)
    face_corners = np.array([[0, 0], [SIZE[0] - 1, 0], [SIZE[0] - 1, SIZE[1] - 1], [0, SIZE[1] - 1]], np.float32)
    turned = cv2.warpPerspective(pixels, homography_between(face_corners, quad), frame, flags=cv2.INTER_AREA)
    light = np.linspace(rng.uniform(0.7, 0.9), rng.uniform(0.9, 1.1), frame[0])[None, :, None]
    noisy = turned * light + rng.normal(0, 4, turned.shape)
    known = inside(quad, *frame)
    flat = np.where(known[:, :, None], np.clip(noisy, 0, 255), 128).astype(np.uint8)
    return flat, quad, known


def crop(sighting: Sighting, pixels: Image, *, seed: int = 0) -> Crop:
    flat, quad, known = photographed(pixels, seed=seed)
    return Crop(sighting, flat, quad, known, goods._WARRANT)


WELL_SEEN = (Inspected("front", 0.95, 3, 4.0, ""),)
TOO_COARSE = Verdict("cannot_tell", "the pictures are too coarse to show the print")


@dataclass(frozen=True)
class Pack:
    """One pack in a source, as this tale has it."""

    product: str
    packaging: Verdict
    quality: Verdict = TOO_COARSE
    version: str | None = "export"
    seal: bool = True
    band: bool = True


def difference(
    kind: DifferenceKind, product: str, box: tuple[float, float, float, float], **more: object
) -> Difference:
    x0, y0, x1, y1 = box
    region = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
    values: dict[str, object] = {
        "size": (x1 - x0) * (y1 - y0) / (SIZE[0] * SIZE[1]),
        "delta_e": 18.4,
        "confidence": 0.97,
        "detail": "the red seal at the lower right is missing",
        "score": 6.0,
    }
    return Difference(kind=kind, reference=f"{product}/export/front", face="front", region=region, **(values | more))


def no_seal(product: str, **more: object) -> Pack:
    found = difference("mark", product, SEAL, **more)
    return Pack(
        product,
        Verdict("different", "one difference beyond what light and blur explain", (found,), faces=WELL_SEEN),
        version="domestic",
        seal=False,
    )


def no_seal_no_band(product: str) -> Pack:
    seal = difference("mark", product, SEAL, confidence=0.99)
    band = difference("colour", product, BAND, confidence=0.93, delta_e=31.0, detail="the gold band is missing")
    return Pack(
        product,
        Verdict("different", "two differences beyond what light and blur explain", (seal, band), faces=WELL_SEEN),
        version="domestic",
        seal=False,
        band=False,
    )


def same(product: str) -> Pack:
    return Pack(product, Verdict("same", "nothing beyond what light and blur explain", faces=WELL_SEEN))


def stained(product: str) -> Pack:
    """A pack of the export version with a stain across its band, which looks like another drawing."""
    spot = difference("graphic", product, (80, 50, 150, 100), detail="the drawing is another")
    return Pack(product, Verdict("different", "the drawing is another", (spot,), faces=WELL_SEEN), version=UNLISTED)


def unclear(product: str) -> Pack:
    return Pack(product, Verdict("cannot_tell", "only 18 % of the face can be seen"), version=None)


def examined(
    of: Campaign, where: Source, packs: list[Pack], *, outcome: Outcome | None = None, views: int = 3
) -> Examined:
    """What a worker could return for a source that shows these packs."""
    items = [_item(where, pack, number, views) for number, pack in enumerate(packs)]
    judged = [
        (
            judge(
                item,
                Comparison(
                    pack.version,
                    pack.packaging,
                    pack.quality,
                    nearest="export" if pack.version == UNLISTED else pack.version,
                ),
                product=of.product(pack.product),
                order=of.order,
                site=where.site,
                captured_at=where.captured_at,
                timezone=SEOUL,
            ),
            item.crops,
        )
        for pack, item in zip(packs, items, strict=True)
    ]
    sightings = tuple(sighting for item in items for sighting in item.sightings)
    return Examined(where, outcome or Outcome("ok", None, 12.5), sightings, tuple(judged))


def published(folder: Path, of: Campaign, examined: Iterable[Examined] | None = None) -> Path:
    """A case folder with these sources (None: of the whole case), its findings published."""
    with CaseStore.open(folder, campaign=of, software="1.0") as store:
        store.keep_references(references())
        for one in whole_case(of) if examined is None else examined:
            store.save(one)
        publish(store, of)
    return folder


def publish(store: CaseStore, of: Campaign) -> None:
    """Settle, count, survey and publish what a store holds."""
    items = settle(store.judgements(), requires=of.order.requires)
    sources = store.sources()
    sites = sorted({source.site for source, _ in sources})
    zones = {site.id: site.timezone for site in of.sites}
    visits = visits_of([source for source, _ in sources], zones)
    findings = count(items, order=of.order, products=of.products, sites=sites, visits=visits)
    store.publish(findings, items, survey(items, order=of.order, products=of.products, zones=zones, sources=sources))


def _item(where: Source, pack: Pack, number: int, views: int) -> Item:
    name, colour = next((name, colour) for ident, name, _, colour in _WARES if ident == pack.product)
    pixels = face(name, colour, seal=pack.seal, band=pack.band)
    ident = f"{where.id}-i{number}"
    photo = where.kind == "photo"
    sightings = tuple(_sighting(where, pack, f"{ident}-{n}", None if photo else 30 * number + n) for n in range(views))
    seed = 10 * sum(map(ord, ident))
    crops = tuple(crop(one, pixels, seed=seed + n) for n, one in enumerate(sightings[:2]))
    return Item(ident, where.id, pack.product, sightings, crops)


def examined_sighting() -> Sighting:
    """Some sighting."""
    return _sighting(source("a.mp4"), same("camellia-biscuits"), "x", 3)


def _sighting(where: Source, pack: Pack, ident: str, frame: int | None) -> Sighting:
    return Sighting(
        id=ident,
        source=where.id,
        moment=None if frame is None else Moment(frame * 512, Fraction(1, 15360)),
        reference=f"{pack.product}/export/front",
        product=pack.product,
        version=pack.version,
        face="front",
        score=0.96,
        margin=0.81,
        quad=np.array([[100, 50], [300, 52], [298, 180], [101, 183]], np.float32),
        candidates=(Candidate(pack.product, pack.version, 0.96), Candidate("heron-filter", None, 0.15)),
        inliers=41,
    )


def whole_case(of: Campaign) -> Iterator[Examined]:
    """All kinds of outcome, at two of the three sites."""
    early = datetime(2026, 6, 20, 2, 0, tzinfo=UTC)
    biscuits, smokes, cream = "camellia-biscuits", "heron-filter", "dew-cream"
    yield examined(
        of, source("gate-1.mp4"), [no_seal_no_band(biscuits), same(biscuits), unclear(biscuits), same(smokes)]
    )
    yield examined(of, source("gate-2.mp4"), [no_seal(biscuits), same(smokes), same(cream)])
    yield examined(of, source("stall-14.jpg"), [no_seal(biscuits, confidence=0.88), unclear(smokes)], views=1)
    yield examined(of, source("row-3.mp4", site="moran"), [same(biscuits), same(biscuits), no_seal(smokes)])
    yield examined(
        of,
        source("row-4.mp4", site="moran"),
        [unclear(cream), same("hill-honey")],
        outcome=Outcome("partial", "the file ends after 8 of 30 seconds", 8.0),
    )
    yield examined(of, source("june.mp4", site="moran", captured_at=early), [no_seal(biscuits)])
    yield examined(of, source("undated.jpg", captured_at=None), [same(smokes)], views=1)
    yield Examined(
        source("broken.mp4", site="moran"),
        Outcome("failed", "no video could be decoded: the file's index is missing"),
    )
