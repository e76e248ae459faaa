"""What the Ray engine promises beside what every engine does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fakes.engines import started_ray
from samegoods.edges.engines import Failed, RayEngine, actor
from samegoods.edges.engines import ray as ray_module
from samegoods.errors import EngineError, MissingPart

ray_started = pytest.fixture(started_ray, scope="module")


@pytest.fixture(scope="module")
def ray_engine(ray_started: None) -> Iterator[RayEngine]:
    with RayEngine(workers=2) as machine:
        yield machine


@pytest.fixture
def free_cores(ray_engine: RayEngine) -> None:
    """No worker holds a core of the two."""
    ray_engine._dismiss()


def test_workers_killed_at_any_time_cost_nothing(ray_engine: RayEngine):
    """One of two workers, twice, while they are at it: all results are there, and the same bit for bit."""
    work = "(__import__('time').sleep(0.2), __import__('numpy').random.default_rng({0}).random(50_000))[1]"
    items = [work.format(seed) for seed in range(30)]
    killed: list[int] = []

    def kill_one() -> None:
        while len(killed) < 2:
            time.sleep(0.7)
            busy = [one.process for one in ray_engine._hired if one.is_taken and one.process not in (None, *killed)]
            for process in busy[:1]:
                os.kill(process, signal.SIGKILL)
                killed.append(process)

    killer = threading.Thread(target=kill_one)
    killer.start()
    results = list(ray_engine.map(eval, items))
    killer.join()
    assert len(set(killed)) == 2
    assert not [one for one in results if isinstance(one, Failed)]
    wanted = sorted(np.random.default_rng(seed).random(50_000).tobytes() for seed in range(30))
    assert sorted(one.tobytes() for one in results) == wanted


def test_what_a_script_defines_travels(ray_engine: RayEngine):
    assert list(ray_engine.map(lambda n: n + 1, [1])) == [2]


def test_an_item_that_does_not_pickle_fails_alone(ray_engine: RayEngine):
    results = list(ray_engine.map(callable, [threading.Lock(), 3]))
    (failed,) = (one for one in results if isinstance(one, Failed))
    assert "pickle" in failed.reason.lower()
    assert False in results


def test_a_machine_with_other_versions_is_refused(free_cores: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actor, "versions", lambda: {"numpy": "0.1"})
    with RayEngine(workers=1) as machine, pytest.raises(EngineError, match=r"numpy .*, not 0\.1.*install the same"):
        list(machine.map(len, ["a"]))


def test_a_cluster_that_gives_no_worker_is_told_so(ray_engine: RayEngine, monkeypatch: pytest.MonkeyPatch):
    items = ["__import__('time').sleep(0.5)"] * 3
    list(ray_engine.map(eval, items))  # its two workers hold both cores
    monkeypatch.setattr(ray_module, "_START_S", 1.0)
    with RayEngine(workers=1) as other, pytest.raises(EngineError, match="free core"):
        list(other.map(len, ["a"]))


def test_a_bomb_costs_one_item(free_cores: None):
    bomb = "len(bytearray(2 << 30))"
    with RayEngine(workers=1, memory=1 << 30) as machine:
        results = list(machine.map(eval, [bomb, "__import__('numpy').zeros(20_000_000).nbytes"]))
    assert results == [Failed(bomb, "it takes more memory than one file may"), 160_000_000]


def script(text: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(text)]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ray://head:10001", "run samegoods on a machine of the cluster, or as a job"),
        ("127.0.0.1:1", "Ray at 127.0.0.1:1 cannot be used"),
        ("nowhere", "Ray at nowhere cannot be used"),
    ],
)
def test_a_cluster_that_cannot_be_reached_is_one_line(address: str, said: str):
    text = f"""
        from samegoods.edges.engines import RayEngine
        list(RayEngine(address={address!r}).map(len, ["a"]))
    """
    done = subprocess.run(script(text), capture_output=True, text=True, timeout=60, check=False)
    assert said in done.stderr.splitlines()[-1]


def test_without_ray_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingPart, match=r"samegoods\[ray\]"):
        list(RayEngine(workers=1).map(len, ["a"]))


@pytest.mark.slow
def test_nothing_of_a_ray_that_was_started_here_is_left(tmp_path: Path):
    text = """
        import os, sys
        from samegoods.edges.engines import RayEngine
        with RayEngine(workers=1) as machine:
            print(*machine.map(eval, ["__import__('os').getpid()"]), machine._folder)
    """
    done = subprocess.run(script(text), capture_output=True, text=True, timeout=120, check=True)
    worker, folder = done.stdout.split()  # and nothing else: the standard output is the caller's
    assert not Path(folder).exists()
    assert not Path(f"/proc/{worker}").exists()


@pytest.mark.slow
def test_a_lost_machine_costs_nothing():
    """Two of Ray's nodes on this machine; one is killed with the worker that is at work on it."""
    text = """
        import os, threading, time
        os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS_SKIP_REGEX": "."}
        from ray.cluster_utils import Cluster
        from samegoods.edges.engines import RayEngine
        small = {"num_cpus": 1, "object_store_memory": 80 << 20}
        cluster = Cluster(initialize_head=True, head_node_args=small | {"include_dashboard": False})
        lost = cluster.add_node(**small)
        with RayEngine(workers=2, address=cluster.address) as machine:
            up = lambda: sum(worker.is_taken for worker in machine._hired)
            def lose():
                while up() < 2:
                    time.sleep(0.1)
                time.sleep(1)
                cluster.remove_node(lost, allow_graceful=False)
            losing = threading.Thread(target=lose, daemon=True)
            losing.start()
            items = [f"(__import__('time').sleep(0.5), {n})[1]" for n in range(12)]
            done = sorted(machine.map(eval, items))
            losing.join()
            alive = lambda: sum(node["Alive"] for node in machine._ray.nodes())
            until = time.monotonic() + 60  # the head notices by heartbeats that did not come
            while alive() > 1 and time.monotonic() < until:
                time.sleep(0.2)
            print(done, alive())
        cluster.shutdown()
    """
    done = subprocess.run(script(text), capture_output=True, text=True, timeout=180, check=False)
    assert done.stdout.splitlines()[-1:] == [f"{list(range(12))} 1"], done.stdout + done.stderr


@pytest.mark.slow
def test_no_worker_outlives_a_killed_driver():
    text = """
        from samegoods.edges.engines import RayEngine
        say = "__import__('os').write(1, b'') or __import__('time').sleep(60)"
        with RayEngine(workers=1) as machine:
            print(*machine.map(eval, ["__import__('os').getpid()"]), flush=True)
            list(machine.map(eval, [say]))
    """
    with subprocess.Popen(script(text), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as driver:
        assert driver.stdout
        worker = int(driver.stdout.readline())
        time.sleep(1)
        driver.kill()
    until = time.monotonic() + 30
    while time.monotonic() < until and Path(f"/proc/{worker}").exists():
        time.sleep(0.2)
    assert not Path(f"/proc/{worker}").exists()
