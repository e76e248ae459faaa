"""Growth, told in ratios: of each figure against the smallest of its kind, and of time for each further clip."""

from __future__ import annotations

from pathlib import Path

import pytest

from footage import Step, Used, copies, per_more, ratio, result_of
from grown import PICTURES, repeated


def step(size: int, cpu_s: float, peak: float = 1e9, name: str = "clips") -> Step:
    return Step(name, size, Used(2 * cpu_s, cpu_s, peak))


GROWING = [step(1, 10.0), step(10, 28.0), step(100, 208.0, 1.05e9)]


def test_ratios_are_against_the_smallest_of_the_same_name():
    steps = [*GROWING, step(1, 1.0, 5e8, "one file")]
    assert ratio(steps, steps[2], "peak") == pytest.approx(1.05)
    assert ratio(steps, steps[2], "wall_s") == pytest.approx(20.8)
    assert ratio(steps, steps[3], "peak") == 1.0


@pytest.mark.parametrize(("last", "told"), [(208.0, 1.0), (406.0, 2.0)])
def test_time_for_each_further_clip_leaves_out_what_every_run_takes(last: float, told: float):
    steps = [*GROWING[:2], step(100, last)]
    assert per_more(steps, "clips") == pytest.approx(told, rel=0.02)


def test_the_result_says_how_flat_and_how_linear():
    uses = [step(100, 1.0, name="opened"), step(1_000_000, 1.2, name="opened")]
    result = result_of(GROWING, uses, {100: 13, 1_000_000: 125_875}, 800.0)
    assert "factor of 1.05 at the most" in result.notes[0]
    assert "clips 1.00" in result.notes[0]
    assert "125,875 packs of 1,000,000 sightings" in result.notes[1]
    assert [row[1] for row in result.tables[1].rows] == ["100", "1,000,000"]


def test_copies_are_sources_of_their_own(tmp_path: Path):
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"\x00\x00\x00\x08ftyp")
    made = sorted(copies(clip, tmp_path / "many", 3).iterdir())
    assert len({one.read_bytes() for one in made}) == 3
    assert all(one.read_bytes().startswith(clip.read_bytes()) for one in made)


VERDICT = {"differences": [{"region": [[1.0, 2.0], [3.0, 2.0], [3.0, 5.0]]}]}
SMALL = {
    "sources": [{"id": "s", "path": "a.mp4", "sha256": "0", "done_key": "k", "site": "here", "captured_at": None}],
    "sightings": [{"source": "s", "id": str(k), "item": f"i{k % 2}"} for k in range(4)],
    "items": [
        {"source": "s", "id": f"i{k}", "site": "here", "packaging": VERDICT, "quality": VERDICT} for k in (0, 1)
    ],
    "crops": [{"source": "s", "item": f"i{k}", "rank": rank} for k in (0, 1) for rank in range(4)],
}


@pytest.mark.parametrize("number", [1, 4, 9])
def test_a_case_is_repeated_until_it_has_so_many_sightings(number: int):
    made = list(repeated(SMALL, number, ["here", "there"]))
    assert sum(len(one["sightings"]) for one in made) == number
    for one in made:
        (source,) = one["sources"]
        rows = [row for table in ("sightings", "items", "crops") for row in one[table]]
        assert {row["source"] for row in rows} == {source["id"]}
        assert {row["id"] for row in one["items"]} == {row["item"] for row in one["sightings"]}
        assert {row["rank"] for row in one["crops"]} == set(range(PICTURES))
    assert len({one["sources"][0]["sha256"] for one in made}) == len(made)
    regions = [str(item["packaging"]["differences"]) for one in made for item in one["items"]]
    assert len(set(regions)) == len(regions)
