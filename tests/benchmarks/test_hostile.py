"""The benchmark of hostile files: mutations are worse and the same again, and what is counted is counted rightly."""

import json
import os

import pytest
import yaml

from hostile import CAMPAIGN, PRODUCT, Run, named_once, outcomes
from mutations import MUTATIONS, mutated, mutated_campaign
from process_tree import tree_bytes, tree_seconds

WHOLE = bytes(range(256)) * 40


@pytest.mark.parametrize("seed", range(4 * len(MUTATIONS)))
def test_a_mutation_is_worse_and_the_same_again(seed: int):
    worse, how = mutated(WHOLE, seed)
    assert worse != WHOLE
    assert len(worse) < 3_000_000
    assert (worse, how) == mutated(WHOLE, seed)
    assert how.startswith(MUTATIONS[seed % len(MUTATIONS)].__name__)


@pytest.mark.parametrize("seed", range(20))
def test_a_tiny_file_can_be_mutated(seed: int):
    mutated(b"ab", seed)


def test_campaigns_are_mutated_in_many_ways():
    text = CAMPAIGN + PRODUCT.format(seed=1)
    assert yaml.safe_load(text)["products"][0]["id"] == "pack1"
    worse = [mutated_campaign(text, seed) for seed in range(60)]
    assert worse == [mutated_campaign(text, seed) for seed in range(60)]
    assert len(set(worse)) > 55


@pytest.mark.parametrize(
    ("code", "output", "crashed", "hung"),
    [
        (0, "fine", False, False),
        (4, "failed: a", False, False),
        (2, "x.yaml:1: a: b", False, False),
        (1, "", True, False),
        (70, "this is a fault in samegoods", True, False),
        (-11, "", True, False),
        (4, "Traceback (most recent call last)", True, False),
        (None, "", False, True),
    ],
)
def test_what_is_a_crash_and_what_a_hang(code, output, crashed, hung):
    one = Run(code, output, 1.0, 0)
    assert (one.crashed, one.hung) == (crashed, hung)


def test_a_failure_is_named_once_or_it_does_not_count():
    output = "failed: x/a.mp4: cut\npartial: x/b.mp4: cut\nfailed: x/b.mp4: cut\nx/c.mp4: ok\n"
    assert named_once(output, ["a.mp4", "b.mp4", "c.mp4"]) == 1


def test_outcomes_are_by_file_with_all_that_was_found(tmp_path):
    sources = [{"id": n, "path": f"x/{n}.jpg", "status": "ok"} for n in "ab"]
    document = {"sources": sources, "sightings": [{"source": "a", "score": 1}], "items": [{"source": "b"}]}
    (tmp_path / "findings.json").write_text(json.dumps(document))
    assert outcomes(tmp_path) == {
        "a.jpg": ("ok", '[{"score": 1, "source": "a"}]'),
        "b.jpg": ("ok", '[{"source": "b"}]'),
    }


def test_memory_and_time_are_those_of_the_whole_tree(tmp_path):
    def process(pid: int, parent: int, pages: int) -> None:
        (tmp_path / str(pid)).mkdir()
        fields = ["S", str(parent), *["0"] * 9, "100", "20", "3", "0", *["0"] * 6, str(pages)]
        (tmp_path / str(pid) / "stat").write_text(f"{pid} (a (name) ) {' '.join(fields)}")

    process(10, 1, 5)
    process(11, 10, 7)
    process(12, 11, 1)
    process(13, 1, 100)
    (tmp_path / "self").mkdir()
    assert tree_bytes(10, tmp_path) == 13 * os.sysconf("SC_PAGE_SIZE")
    assert tree_seconds(10, tmp_path) == 3 * 123 / os.sysconf("SC_CLK_TCK")
