"""Long videos: looked through in stretches, by whoever, they come to one result."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fakes import cases, drawn
from fakes.footage import write_video
from fakes.shelves import MemoryShelf
from fakes.walls import nobody
from samegoods.campaign import Campaign, Product, Version
from samegoods.edges.engines import LATER, Failed, InlineEngine, tell
from samegoods.edges.media import Footage, Media, open_media, stretch
from samegoods.pipeline import Means
from samegoods.records import Examined
from samegoods.render.photo import Pose
from samegoods.render.surfaces import clutter
from samegoods.vision.reading.printed import Printed
from samegoods.vision.reading.seen import Readers
from samegoods.wiring.running import Examiner, Progress, examine_all
from samegoods.wiring.steps import Look, Prove, Weigh
from samegoods.wiring.stretching import Course

STRETCH_S, SECONDS, RATE = 8, 24, 5
SIZE = (960, 480)


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stretch, "STRETCH_S", STRETCH_S)


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Campaign:
    versions = {"export": Version(), "domestic": Version()}
    products = [Product(id=f"p{k}", name=f"P {k}", category="tobacco", versions=versions) for k in (1, 2)]
    whole = cases.campaign(tmp_path_factory.mktemp("campaign"))
    return whole.model_copy(update={"products": tuple(products)})


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """A pack that stands there all the while, over both borders; another that is there from 1 to 3 s and, out of
    sight for a second in between, around the second border."""
    empty = clutter(*SIZE, 3)
    still = {"noise": 0.0, "jpeg_quality": None}
    one = drawn.photo_of(drawn.pack(1), Pose(260, turn_deg=4, centre=(0.3, 0.5)), size=SIZE, background=empty, **still)
    pose = Pose(240, turn_deg=-3, centre=(0.7, 0.5))
    both = drawn.photo_of(drawn.pack(2), pose, size=SIZE, background=one.pixels, **still)
    there = [1 <= n / RATE < 3 or 14 <= n / RATE < 15.5 or 16.5 <= n / RATE < 19 for n in range(SECONDS * RATE)]
    frames = []
    for n, shown in enumerate(there):
        grain = np.random.default_rng(n).normal(0, 2, (SIZE[1], SIZE[0], 1))
        frames.append(np.clip((both if shown else one).pixels + grain, 0, 255).astype(np.uint8))
    stamps = [1000 * n // RATE for n in range(len(frames))]
    path = tmp_path_factory.mktemp("film") / "stall.mp4"
    return write_video(path, frames, stamps_ms=stamps, options={"crf": "18", "g": "50", "preset": "ultrafast"})


@pytest.fixture
def media(film: Path) -> Media:
    return open_media(Footage(str(film), "songsin", ZoneInfo("UTC")))


@pytest.fixture(scope="module")
def work(study: Campaign) -> Examiner:
    examiner = Examiner(study)
    examiner._means = Means(drawn.shelf(1, 2), study, nobody, Printed(Readers()))
    return examiner


class Shuffled:
    """An engine that does its work in any order, several items at a time; some of it fails."""

    def __init__(self, seed: int, fails: Callable[[object], bool] = lambda _: False) -> None:
        self._chance, self._fails = random.Random(seed), fails
        self.done: list[object] = []

    def map(self, fn, items: Iterable, **_) -> Generator:
        taken: list = []
        items = iter(items)
        while True:
            for item in items:
                if item is LATER or len(taken) >= 3:
                    taken += [] if item is LATER else [item]
                    break
                taken.append(item)
            if not taken:
                return
            item = taken.pop(self._chance.randrange(len(taken)))
            self.done.append(item)
            yield Failed(item, "killed") if self._fails(item) else fn(item)


def examined(media: Media, work, study: Campaign, machine, shelf: MemoryShelf, progress=None, then=lambda one: one):
    """The one source, examined; ``then`` is done with it before its shelf is cleared."""
    sizes = {name: one.size for name, one in drawn.shelf(1, 2).by_id.items()}

    def begun(one: Media) -> Course:
        return Course(one, study, sizes, shelf, longest_s=3600)

    (result,) = (then(one) for one in examine_all([media], work, machine, progress, begun=begun))
    return result


def told(examined: Examined) -> list[tuple]:
    return [
        (
            j.item,
            j.product,
            j.packaging.call,
            j.packaging.reason,
            j.sightings,
            [(c.sighting.id, c.pixels.tobytes(), c.known.tobytes()) for c in crops],
        )
        for j, crops in examined.items
    ]


class Kept(MemoryShelf):
    """Keeps what lies there after the source is done, too."""

    def clear(self) -> None:
        self.cleared = True


@pytest.fixture(scope="module")
def shelved(film: Path, work: Examiner, study: Campaign) -> tuple[Examined, Kept]:
    shelf = Kept()
    opened = open_media(Footage(str(film), "songsin", ZoneInfo("UTC")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretch, "STRETCH_S", STRETCH_S)
        return examined(opened, work, study, InlineEngine(), shelf), shelf


def test_a_pack_in_view_over_a_border_is_one_item(shelved, media: Media):
    result, shelf = shelved
    seen = {j.product: [] for j, _ in result.items}
    times = {s.id: s.time_s for s in result.sightings}
    for judgement, crops in result.items:
        at = [times[name] for name in judgement.sightings]
        seen[judgement.product].append((min(at), max(at)))
        assert at == sorted(set(at))  # nothing that both stretches saw is told twice
        assert 0 < len(crops) <= 12
        assert judgement.packaging.call == "same", judgement.packaging.reason
    ((begin, end),) = seen["p1"]
    assert begin < 0.5
    assert end > SECONDS - 2.5
    assert np.abs(np.array(seen["p2"]) - [(1, 3), (14, 19)]).max() <= 2  # s: so seldom is what stands looked at
    list(media.frames())
    assert result.outcome == media.outcome
    assert shelf.cleared


def recalled(kept: Kept, work: Examiner) -> Callable[[object], object]:
    """The work, with what was done before at hand: so that a test need not do it again."""

    def recall(step):
        name = f"look-{step.span.number}" if isinstance(step, Look) else getattr(step, "name", "")
        return pickle.loads(kept.there[name]) if name in kept.there else work(step)

    return recall


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_completion_changes_nothing(shelved, media: Media, work: Examiner, study: Campaign, seed: int):
    first, kept = shelved
    second = examined(media, recalled(kept, work), study, Shuffled(seed), Kept())
    assert told(second) == told(first)
    assert [s.id for s in second.sightings] == [s.id for s in first.sightings]


def test_what_lies_on_the_shelf_is_not_done_again(shelved, media: Media, work: Examiner, study: Campaign):
    first, kept = shelved
    shelf = MemoryShelf()
    shelf.there = dict(kept.there)
    del shelf.there["look-1"]
    machine = Shuffled(1)
    second = examined(media, work, study, machine, shelf, then=told)
    assert second == told(first)
    assert sorted(type(step).__name__ for step in machine.done) == ["Look", "Prove"]
    assert shelf.there == {}


def test_a_stretch_whose_workers_die_is_named_and_the_rest_is_kept(
    shelved, media: Media, work: Examiner, study: Campaign
):
    shelf = MemoryShelf()
    shelf.there = {name: content for name, content in shelved[1].there.items() if name != "look-1"}
    machine = Shuffled(1, fails=lambda step: isinstance(step, Look))
    result = examined(media, work, study, machine, shelf)
    assert result.outcome.status == "partial"
    assert result.outcome.reason == "0:00:10 to 0:00:17: killed"
    assert sorted(j.product for j, _ in result.items) == ["p1", "p1", "p2", "p2"]  # one pack, seen before and after


def test_packs_that_cannot_be_compared_are_told_so(shelved, media: Media, work: Examiner, study: Campaign):
    shelf = MemoryShelf()
    shelf.there = {name: content for name, content in shelved[1].there.items() if name.startswith("look")}
    machine = Shuffled(1, fails=lambda step: isinstance(step, Weigh))
    result = examined(media, work, study, machine, shelf)
    calls = {j.item: (j.packaging.call, j.packaging.reason) for j, _ in result.items}
    assert len(calls) == len(shelved[0].items)
    assert list(calls.values()).count(("cannot_tell", "it could not be compared: killed")) == 2
    untold = [crops for j, crops in result.items if "could not be compared" in j.packaging.reason]
    assert [len(crops) for crops in untold] == [0, 0]  # nobody read them: what they show is not withheld
    assert "packs that could not be compared: 2: killed" in str(result.outcome.reason)
    assert result.outcome.status == "partial"


def test_a_file_that_is_not_what_was_hashed_leaves_nothing(shelved, media: Media, work: Examiner, study: Campaign):
    shelf = MemoryShelf()
    shelf.there = dict(shelved[1].there)
    machine = Shuffled(1, fails=lambda step: isinstance(step, Prove))
    result = examined(media, work, study, machine, shelf)
    assert (result.outcome.status, result.outcome.reason) == ("failed", "killed")
    assert (result.items, result.sightings) == ((), ())


def test_progress_of_stretches_adds_up(shelved, media: Media, work: Examiner, study: Campaign):
    def telling(step):
        if isinstance(step, Look):
            tell(step.span.lead_s)
            tell(step.span.start_s + 5.0)
            tell(step.span.start_s + 2.0)  # the work goes on
        return recalled(shelved[1], work)(step)

    heard: list[Progress] = []
    examined(media, telling, study, InlineEngine(), MemoryShelf(), progress=heard.append)
    assert [one.done for one in heard] == [0, 5, 5, 5, 10, 10, 10, 15, 15, heard[-1].total]
    assert heard[-1].total == pytest.approx(SECONDS, abs=1)
