"""``samegoods doctor``: what it prints, how it ends, and one run of all that it tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from samegoods.cli import main
from samegoods.wiring import doctoring
from samegoods.wiring.doctoring import PARTS, Asked, Examined

FINE = Examined("videos", "works", True, "PyAV 18", "", "", 0.123)
LACKING = Examined("Korean letters", "missing", False, "not there", "Korean lines are not read", "apt install it", 0.0)
BROKEN = Examined("signing key", "broken", True, "others may read it", "no case can be signed", "chmod 600 it", 0.0)


def run(monkeypatch: pytest.MonkeyPatch, found: list[Examined], *words: str, **options: object):
    asked: list[Asked] = []

    def examine(what: Asked) -> Iterator[Examined]:
        asked.append(what)
        yield from found

    monkeypatch.setattr(doctoring, "examine", examine)
    result = CliRunner().invoke(main, ["doctor", *words], prog_name="samegoods", **options)
    return result, asked[0]


@pytest.mark.parametrize(
    ("found", "code"), [([FINE], 0), ([FINE, LACKING], 0), ([FINE, BROKEN], 2), ([LACKING, BROKEN], 2)]
)
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_it_ends_with_whether_a_check_can_be_made(found, code, words, monkeypatch):
    assert run(monkeypatch, found, *words)[0].exit_code == code


def test_it_says_what_each_part_costs_and_what_to_do(monkeypatch):
    said = run(monkeypatch, [FINE, LACKING, BROKEN])[0].stdout.splitlines()
    assert said == [
        "works    videos                     0.1 s  PyAV 18",
        "missing  Korean letters             0.0 s  not there",
        "         Korean lines are not read",
        "         remedy: apt install it",
        "broken   signing key                0.0 s  others may read it",
        "         a check needs it: no case can be signed",
        "         remedy: chmod 600 it",
        "a check cannot be made; 1 of 3 parts work, tested in 0.1 s",
    ]


@pytest.mark.parametrize(("one", "colour"), [(FINE, "32"), (LACKING, "33"), (BROKEN, "31")])
def test_a_terminal_has_colours(one, colour, monkeypatch):
    assert run(monkeypatch, [one], color=True)[0].stdout.startswith(f"\x1b[{colour}m{one.state}")


def test_it_asks_for_the_folder_and_the_key_that_are_named(monkeypatch):
    assert run(monkeypatch, [FINE])[1] == Asked(Path(), None)
    assert run(monkeypatch, [FINE], "--cases", "c", "--signing-key", "k")[1] == Asked(Path("c"), Path("k"))
    named = run(monkeypatch, [FINE], env={"SAMEGOODS_DOCTOR_CASES": "c", "SAMEGOODS_SIGNING_KEY": "k"})[1]
    assert named == Asked(Path("c"), Path("k"))


def test_a_variable_that_nothing_reads_is_named(monkeypatch):
    strange = {"SAMEGOODS_CHECK_SIGHT": "songsin"}
    assert "SAMEGOODS_CHECK_SIGHT: no command reads" in run(monkeypatch, [FINE], env=strange)[0].stderr
    document = json.loads(run(monkeypatch, [FINE], "--json", env=strange)[0].stdout)
    assert "SAMEGOODS_CHECK_SIGHT" in document["unread_variables"]


def test_all_of_it_is_tested(tmp_path: Path):
    """Each part in a process of its own; here all is installed that a check needs."""
    result = CliRunner().invoke(main, ["doctor", "--cases", str(tmp_path), "--json"], prog_name="samegoods")
    document = json.loads(result.stdout)
    assert [one["name"] for one in document["parts"]] == [one.name for one in PARTS]
    assert {one["name"]: one["detail"] for one in document["parts"] if one["needed"] and one["state"] != "works"} == {}
    assert {one["name"]: one["detail"] for one in document["parts"] if one["state"] == "broken"} == {}
    assert (document["schema"], document["fit"], result.exit_code) == ("samegoods/doctor/1", True, 0)
    assert list(tmp_path.iterdir()) == []
