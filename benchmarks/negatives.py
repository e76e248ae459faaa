"""Does it see goods where there are none, and the one that is there as one? A biscuit campaign on real clips."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nets import second_net
from observations import DATA
from pages import Result, Table, store
from samegoods.campaign import Campaign, load
from samegoods.edges.catalogue import load_catalogue
from samegoods.edges.media import Media, load_picture, open_media, resolve
from samegoods.pipeline import examine
from samegoods.records import Examined
from samegoods.stages.recognise import recognise
from samegoods.stages.sample import sample
from samegoods.vision.recognition.catalogue import Catalogue

CAMPAIGN = DATA / "biscuit_box" / "campaign.yaml"
ABSENT = (DATA / "videos" / "intel", DATA / "videos" / "opencv" / "cup_in_hand.mp4")
PRESENT = DATA / "videos" / "opencv" / "tea_box_in_hand.mp4"


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """One clip: its frames, those that were looked at, and the sightings in them."""

    clip: str
    frames: int
    looked: int
    sightings: int


def media_of(path: Path, campaign: Campaign) -> list[Media]:
    zones = {site.id: site.timezone for site in campaign.sites}
    found, _ = resolve([str(path)], site=campaign.sites[0].id, captured_at=None, zones=zones)
    return [open_media(one) for one in found]


def look_through(media: Media, catalogue: Catalogue) -> LookedThrough:
    chosen = sample(media.frames())
    sightings = sum(len(look.sightings) for look in recognise(chosen, catalogue))
    return LookedThrough(Path(media.source.path).name, chosen.count.frames, chosen.count.looked, sightings)


def absent_table(rows: list[LookedThrough]) -> Table:
    total = ("all", str(sum(r.frames for r in rows)), str(sum(r.looked for r in rows)))
    cells = [(r.clip, str(r.frames), str(r.looked), str(r.sightings)) for r in rows]
    cells.append((*total, str(sum(r.sightings for r in rows))))
    text = "Clips of people, a shop, bottles and a cup, none of which shows the campaign's goods."
    return Table(text, ("clip", "frames", "looked at", "sightings"), tuple(cells))


def present_table(seen: Examined) -> Table:
    rows = []
    for judgement, crops in seen.items:
        faces = sorted({s.face for s in seen.sightings if s.id in set(judgement.sightings)})
        packaging = f"{judgement.packaging.call}: {judgement.packaging.reason}"
        quality = f"{judgement.quality.call}: {judgement.quality.reason}"
        views = f"{judgement.views} ({len(crops)} kept)"
        rows.append((judgement.item, judgement.product, ", ".join(faces), views, packaging, quality))
    text = "The clip that shows the biscuit box, held and turned; items as they were judged."
    return Table(text, ("item", "product", "faces", "sightings", "packaging", "quality"), tuple(rows))


def measure() -> Result:
    campaign = load(CAMPAIGN)
    catalogue = load_catalogue(campaign, load_picture)
    rows = [look_through(media, catalogue) for path in ABSENT for media in media_of(path, campaign)]
    (clip,) = media_of(PRESENT, campaign)
    return Result(
        name="negatives",
        title="Real clips",
        question="Does it see goods where there are none, and the one that is there as one item?",
        tables=(absent_table(rows), present_table(examine(clip, catalogue, campaign, search=second_net()))),
    )


if __name__ == "__main__":
    print(store(measure()))
