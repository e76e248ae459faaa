from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import cases
from fakes import custody as fakes
from fakes.objects import Service
from samegoods import wiring
from samegoods.edges.case import pictures_of

# Forks a run for every line that it reads, so that the libraries are loaded once. A run saves source after source and
# says so, then publishes; it is killed from outside at no moment of its choosing.
NURSERY = """
import os, sys
from pathlib import Path
from fakes import cases, custody

def run(folder, number, evidence):
    campaign = cases.campaign(folder / "campaign")
    with custody.opened(folder / "case", campaign, evidence=evidence) as store:
        print("open", flush=True)
        store.keep_references(cases.references())
        for source in (cases.source(f"{i:04}.mp4") for i in range(number)):
            if not store.done(source):
                packs = [cases.no_seal("camellia-biscuits"), cases.same("heron-filter")]
                store.save(cases.examined(campaign, source, packs))
                print(source.id, flush=True)
        custody.finish(store, campaign)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        folder, number, evidence = line.split()
        run(Path(folder), int(number), None if evidence == "-" else evidence)
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can neither fork nor kill without asking")


class Runs:
    """Runs of a case in processes of their own, one after the other."""

    def __init__(self, environment: dict[str, str]) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            env=os.environ | environment | {"PYTHONPATH": paths},
        )

    def run(
        self, folder: Path, number: int, *, killed_after_s: float | None = None, evidence: str | None = None
    ) -> list[str]:
        """What a run said it had saved, to its end or until it was killed, so long after it had opened the case."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{folder} {number} {evidence or '-'}\n")
        said = {self.process.stdout.readline().strip(), self.process.stdout.readline().strip()}
        (child,) = said - {"open"}
        if killed_after_s is not None:
            time.sleep(killed_after_s)
            os.kill(int(child), signal.SIGKILL)
        return list(iter(lambda: self.process.stdout.readline().strip(), "ended"))


@pytest.fixture(scope="module")
def runs(objects: Service) -> Iterator[Runs]:
    made = Runs(objects.environment)
    yield made
    made.process.communicate()


def test_a_killed_run_loses_at_most_the_source_in_work(tmp_path: Path, runs: Runs) -> None:
    said: list[str] = []
    for seconds in (0.11, 0.29):
        said += runs.run(tmp_path, 1000, killed_after_s=seconds)
    assert len(said) == len(set(said)), "a source was examined twice"
    campaign = cases.campaign(tmp_path / "campaign")
    with fakes.opened(tmp_path / "case", campaign) as store:
        saved = [source.id for source, _ in store.sources()]
        assert set(said) <= set(saved)
        assert len(saved) <= len(said) + 2, "each run may have saved one that it had no time to tell of"
        fakes.finish(store, campaign)
    document = json.loads((tmp_path / "case" / "findings.json").read_text())
    assert len(document["items"]) == 2 * len(saved)
    assert len(document["sightings"]) == 6 * len(saved)
    for item in document["items"]:
        assert len(item["crops"]) == 2
        assert all((tmp_path / "case" / path).is_file() for path in item["evidence"])
    assert not list((tmp_path / "case").rglob("*.part"))


def test_a_case_holds_or_says_what_is_missing_after_every_kill(tmp_path: Path, runs: Runs) -> None:
    """Ten kills of a run of some tenths of a second, then an undisturbed one."""
    chance = random.Random(5)
    states = []
    for _ in range(10):
        runs.run(tmp_path, 6, killed_after_s=chance.uniform(0, 0.05))
        if (tmp_path / "case" / "case.db").exists():
            proof = wiring.verify(tmp_path / "case")
            states.append(proof.state)
            assert proof.state != "wrong", proof.problems
    assert "unfinished" in states, "every run ended before it was killed"
    runs.run(tmp_path, 6)
    assert wiring.verify(tmp_path / "case").state == "holds"
    runs.run(tmp_path / "again", 6)
    found = [json.loads((folder / "case" / "findings.json").read_text()) for folder in (tmp_path, tmp_path / "again")]
    assert found[0] | {"made_at": ""} == found[1] | {"made_at": ""}


def test_a_case_in_a_bucket_is_never_wrong_for_being_killed(tmp_path: Path, runs: Runs, bucket: str) -> None:
    """Seven kills: every picture is whole or not there, the next run goes on, and leaves none that nothing names."""
    chance = random.Random(7)
    states = []
    for _ in range(7):
        runs.run(tmp_path, 6, killed_after_s=chance.uniform(0, 0.15), evidence=bucket)
        if (tmp_path / "case" / "case.db").exists() and wiring.verify(tmp_path / "case").entries:
            proof = wiring.verify(tmp_path / "case")
            states.append(proof.state)
            assert proof.state != "wrong", proof.problems
    assert "unfinished" in states, "every run ended before it was killed"
    runs.run(tmp_path, 6, evidence=bucket)
    assert wiring.verify(tmp_path / "case").state == "holds"
    with fakes.opened(tmp_path / "case", None) as store:
        assert set(pictures_of(tmp_path / "case").names([])) == set(store.told.needed())
        assert len(store.sources()) == 6
