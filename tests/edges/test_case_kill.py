from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fakes import cases
from samegoods.edges.case import CaseStore

# Saves source after source and says so on its output; killed from outside at no moment of its choosing.
WRITER = """
import sys
from pathlib import Path
from fakes import cases
from samegoods.edges.case import CaseStore

folder = Path(sys.argv[1])
campaign = cases.campaign(folder / "campaign")
with CaseStore.open(folder / "case", campaign=campaign, software="1.0") as store:
    print("open", flush=True)
    for number in range(1000):
        source = cases.source(f"{number:04}.mp4")
        if not store.done(source):
            packs = [cases.no_seal("camellia-biscuits"), cases.same("heron-filter")]
            store.save(cases.examined(campaign, source, packs))
            print(source.id, flush=True)
"""


def killed_run(folder: Path, seconds: float) -> list[str]:
    """What a run said it had saved before it was killed, ``seconds`` after it had opened the case."""
    paths = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    return said.split()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process without asking it")
def test_a_killed_run_loses_at_most_the_source_in_work(tmp_path: Path) -> None:
    said: list[str] = []
    for seconds in (0.11, 0.29):
        said += killed_run(tmp_path, seconds)
    assert len(said) == len(set(said)), "a source was examined twice"
    campaign = cases.campaign(tmp_path / "campaign")
    with CaseStore.open(tmp_path / "case", campaign=campaign, software="1.0") as store:
        saved = [source.id for source, _ in store.sources()]
        assert set(said) <= set(saved)
        assert len(saved) <= len(said) + 2, "each run may have saved one that it had no time to tell of"
        cases.publish(store, campaign)
    document = json.loads((tmp_path / "case" / "findings.json").read_text())
    assert len(document["items"]) == 2 * len(saved)
    assert len(document["sightings"]) == 6 * len(saved)
    for item in document["items"]:
        assert len(item["crops"]) == 2
        assert all((tmp_path / "case" / path).is_file() for path in item["evidence"])
    assert not list((tmp_path / "case").rglob("*.part"))
