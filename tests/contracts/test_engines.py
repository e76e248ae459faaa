"""What every engine promises, tried on each of them.

The items are Python expressions and the function is ``eval``, so that a worker needs nothing of this module.
"""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest

from fakes.engines import started_ray
from samegoods.edges.engines import LATER, Engine, Failed, InlineEngine, LocalEngine, RayEngine, engine, tell

KILL = "__import__('os').kill(__import__('os').getpid(), 9)"
ENGINES = {
    "inline": InlineEngine,
    "local": lambda: LocalEngine(workers=2),
}
ray_started = pytest.fixture(started_ray, scope="module")


@pytest.fixture(scope="module")
def ray_engine(ray_started: None) -> Iterator[RayEngine]:
    """Kept open: its workers take seconds to start."""
    with RayEngine(workers=2) as machine:
        yield machine


def made(name: str, request: pytest.FixtureRequest) -> Engine:
    if name == "ray":
        machine: RayEngine = request.getfixturevalue("ray_engine")
        return machine.__enter__()  # a test may have left it
    return ENGINES[name]()


@pytest.fixture(params=["inline", "local", "ray"])
def any_engine(request: pytest.FixtureRequest) -> Engine:
    return made(request.param, request)


@pytest.fixture(params=["local", "ray"])
def with_workers(request: pytest.FixtureRequest) -> Engine:
    """Engines whose work is done by processes that may die."""
    return made(request.param, request)


def test_every_item_comes_back_once(any_engine: Engine):
    results = list(any_engine.map(eval, [str(i) for i in range(9)]))
    assert sorted(results) == list(range(9))


def test_no_items_no_results(any_engine: Engine):
    assert list(any_engine.map(eval, [])) == []


def test_a_failure_is_a_value_with_its_reason_and_the_rest_goes_on(any_engine: Engine):
    results = list(any_engine.map(eval, ["1/0", "2", "[][5]", "{}['gone']"]))
    failed = {r.item: r.reason for r in results if isinstance(r, Failed)}
    assert failed == {
        "1/0": "ZeroDivisionError: division by zero",
        "[][5]": "IndexError: list index out of range",
        "{}['gone']": "KeyError: 'gone'",
    }
    assert [r for r in results if not isinstance(r, Failed)] == [2]


def test_our_own_errors_speak_for_themselves(any_engine: Engine):
    raising = "(_ for _ in ()).throw(__import__('samegoods.errors').errors.MediaError('no video in it'))"
    assert list(any_engine.map(eval, [raising])) == [Failed(raising, "no video in it")]


def test_a_reason_is_one_short_line(any_engine: Engine):
    raising = "(_ for _ in ()).throw(ValueError('x' * 9999 + '\\n' + 'y'))"
    (failed,) = any_engine.map(eval, [raising])
    assert isinstance(failed, Failed)
    assert len(failed.reason) < 400
    assert "y" not in failed.reason


def test_items_are_taken_only_when_there_is_room(any_engine: Engine):
    taken = []

    def items():
        for i in range(100):
            taken.append(i)
            yield str(i)

    results = any_engine.map(eval, items())
    next(results)
    assert len(taken) <= 4
    results.close()  # type: ignore[attr-defined]


def test_an_error_of_the_items_themselves_is_raised(any_engine: Engine):
    def items():
        yield "1"
        raise OSError("the folder is gone")

    with pytest.raises(OSError, match="the folder is gone"):
        list(any_engine.map(eval, items()))


def test_news_say_how_far_an_item_is(any_engine: Engine):
    telling = "[__import__('samegoods.edges.engines').edges.engines.tell(0.5), __import__('time').sleep(0.8)] and 3"
    heard = []
    assert list(any_engine.map(eval, [telling], news=lambda item, how_far: heard.append((item, how_far)))) == [3]
    assert heard == [(telling, 0.5)]


def test_an_item_may_wait_for_the_result_before(any_engine: Engine):
    there: list[int] = []

    def items():
        for wanted in range(3):
            while len(there) < wanted:
                yield LATER
            yield f"{wanted} * 10"

    for result in any_engine.map(eval, items()):
        there.append(result)
    assert there == [0, 10, 20]


def test_waiting_for_nothing_is_an_error(any_engine: Engine):
    with pytest.raises(RuntimeError, match="nothing is under way"):
        list(any_engine.map(eval, chain(["1"], repeat(LATER, 500))))  # many: a worker may be slow to start


def test_telling_where_nobody_listens_does_nothing():
    tell(0.5)


def test_a_killed_worker_takes_only_its_own_item_with_it(with_workers: Engine):
    results = list(with_workers.map(eval, ["1", KILL, "2", "3", "4"]))
    failed = [r for r in results if isinstance(r, Failed)]
    assert [f.item for f in failed] == [KILL]
    assert re.search("ended on it (twice|three times)", failed[0].reason)
    assert sorted(r for r in results if not isinstance(r, Failed)) == [1, 2, 3, 4]


def test_an_item_whose_worker_was_killed_once_is_tried_again(tmp_path: Path, with_workers: Engine):
    marker = tmp_path / "tried"
    path = f"__import__('pathlib').Path({str(marker)!r})"
    once = f"7 if {path}.exists() else [{path}.touch(), {KILL}]"
    assert list(with_workers.map(eval, [once])) == [7]
    assert marker.exists()


def test_what_does_not_pickle_fails_alone():
    unpicklable = lambda: None  # noqa: E731
    results = list(LocalEngine(workers=1).map(callable, [unpicklable, 3]))
    assert [type(r) for r in results] == [Failed, bool]
    assert "pickle" in results[0].reason.lower()


def test_a_worker_computes_in_one_thread(with_workers: Engine):
    asked = "(__import__('cv2').getNumThreads(), __import__('faiss').omp_get_max_threads())"
    assert list(with_workers.map(eval, [asked])) == [(1, 1)]


def test_stopping_early_ends_the_workers():
    results = LocalEngine(workers=2).map(eval, ["1", "__import__('time').sleep(60)"])
    assert next(results) == 1
    began = time.monotonic()
    results.close()
    assert time.monotonic() - began < 5
    assert multiprocessing.active_children() == []


SCRIPT = """
    import signal, sys
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background is born deaf to it
    from samegoods.edges.engines import LocalEngine
    if __name__ == "__main__":
        say = "__import__('os').write(1, b'%d\\\\n' % __import__('os').getpid()) and __import__('time').sleep(60)"
        list(LocalEngine(workers=2).map(eval, [say, say]))
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_an_interrupted_or_killed_parent(tmp_path: Path, how: signal.Signals):
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout
        workers = [int(parent.stdout.readline()) for _ in range(2)]
        parent.send_signal(how)
        parent.wait(timeout=10)
    until = time.monotonic() + 10
    while time.monotonic() < until and any(map(_runs, workers)):
        time.sleep(0.05)
    assert [pid for pid in workers if _runs(pid)] == []


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A dead child of a dead parent may wait to be collected; it runs no more.
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def script_run(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    script = folder / "script.py"
    script.write_text(textwrap.dedent(text))
    return subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)


def test_a_script_needs_no_guard_and_is_not_run_again(tmp_path: Path):
    done = script_run(
        tmp_path,
        """
        from samegoods.edges.engines import LocalEngine
        print(list(LocalEngine(workers=1).map(len, ["a"])))
        """,
    )
    assert (done.stdout, done.stderr) == ("[1]\n", "")


def test_a_script_that_brings_its_own_function_without_a_guard_is_told_so(tmp_path: Path):
    done = script_run(
        tmp_path,
        """
        from samegoods.edges.engines import LocalEngine
        def length(word): return len(word)
        list(LocalEngine(workers=1).map(length, ["a"]))
        """,
    )
    assert done.returncode != 0
    assert "if __name__ == '__main__':" in done.stderr.splitlines()[-1]


HANG = "__import__('re').match('(a+)+$', 'a' * 64 + 'b')"  # in C, and never lets go of the interpreter


def test_what_is_stuck_is_cut_off_and_the_rest_goes_on(with_workers: Engine):
    results = list(with_workers.map(eval, ["1", HANG, "2"], patience_s=1.0))
    (failed,) = (r for r in results if isinstance(r, Failed))
    assert failed.item == HANG
    assert re.fullmatch("it was stuck: nothing came of it for 1 s, (twice|three times)", failed.reason)
    assert sorted(r for r in results if not isinstance(r, Failed)) == [1, 2]
    assert multiprocessing.active_children() == []


def test_what_was_stuck_once_is_tried_again(tmp_path: Path):
    path = f"__import__('pathlib').Path({str(tmp_path / 'tried')!r})"
    once = f"7 if {path}.exists() else [{path}.touch(), __import__('time').sleep(60)]"
    assert list(LocalEngine(workers=1).map(eval, [once], patience_s=1.0)) == [7]


ENGINES_HOME = "__import__('samegoods.edges.engines').edges.engines"


@pytest.mark.parametrize(
    "slow",
    [
        f"[({ENGINES_HOME}.tell(n), __import__('time').sleep(0.4)) for n in range(6)] and 3",
        "(lambda it: [it.__enter__(), __import__('time').sleep(2.5), it.__exit__(None, None, None)])"
        f"({ENGINES_HOME}.at_work()) and 3",
    ],
    ids=["telling", "at work"],
)
def test_what_is_slow_and_says_so_is_waited_for(with_workers: Engine, slow: str):
    assert list(with_workers.map(eval, [slow], patience_s=1.6)) == [3]


def test_stopping_early_ends_a_worker_that_is_stuck():
    results = LocalEngine(workers=2).map(eval, ["1", HANG])
    assert next(results) == 1
    began = time.monotonic()
    results.close()
    assert time.monotonic() - began < 5
    assert multiprocessing.active_children() == []


def test_workers_are_kept_from_one_map_to_the_next_and_ended_at_the_exit(any_engine: Engine):
    pid = "__import__('os').getpid()"
    with any_engine as machine:
        first = set(machine.map(eval, [pid]))
        assert set(machine.map(eval, [pid])) == first
        assert list(machine.map(len, ["four"])) == [4]
    assert multiprocessing.active_children() == []


def test_a_kept_worker_that_died_at_rest_costs_nothing(with_workers: Engine):
    with with_workers as machine:
        (pid,) = machine.map(eval, ["__import__('os').getpid()"])
        os.kill(pid, signal.SIGKILL)
        time.sleep(1.2)
        assert list(machine.map(eval, ["1 + 1"])) == [2]


def test_a_function_that_cannot_be_brought_there_fails_every_item(with_workers: Engine):
    with with_workers as machine:
        assert list(machine.map(len, ["a"])) == [1]
        results = list(machine.map(Unbringable(), ["a", "b"]))
    assert {r.item for r in results} == {"a", "b"}
    assert {r.reason for r in results} <= {"ValueError: not here", "the work could not be brought to the worker"}


class Unbringable:
    def __reduce__(self):
        return exec, ("raise ValueError('not here')",)

    def __call__(self, _):
        return 1


def test_a_bomb_costs_one_item_and_not_the_machine():
    bomb = "len(bytearray(2 << 30))"
    engine = LocalEngine(workers=1, memory=1 << 30)
    results = list(engine.map(eval, [bomb, "__import__('numpy').zeros(50_000_000).nbytes"]))
    assert results == [Failed(bomb, "it takes more memory than one file may"), 400_000_000]


def test_a_worker_leaves_no_core_dump(with_workers: Engine):
    asked = "(__import__('resource').getrlimit(4), __import__('ctypes').CDLL(None).prctl(3, 0, 0, 0, 0))"
    assert list(with_workers.map(eval, [asked])) == [((0, 0), 0)]


def test_engines_by_name():
    assert isinstance(engine("inline"), InlineEngine)
    local = engine("local", workers=3)
    assert isinstance(local, LocalEngine)
    assert local.workers == 3
    assert isinstance(engine("ray", address="auto"), RayEngine)
    with pytest.raises(ValueError, match="no address"):
        engine("local", address="auto")
    with pytest.raises(ValueError, match="no engine"):
        engine("cloud")


@pytest.mark.parametrize("kind", [LocalEngine, RayEngine])
@pytest.mark.parametrize("workers", [0, -1])
def test_at_least_one_worker(kind, workers: int):
    with pytest.raises(ValueError, match="at least 1"):
        kind(workers=workers)


def test_a_long_name_of_the_folder_for_temporary_files_costs_time_and_nothing_else(tmp_path):
    """The process that workers are forked from listens in it, and the names of sockets are short."""
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    script = "from samegoods.edges.engines import LocalEngine; print(list(LocalEngine(workers=1).map(len, ['abc'])))"
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "TMPDIR": str(folder)}, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("[3]\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="there each worker loads for itself")
def test_what_workers_are_forked_from_is_gone_with_the_process_that_began_it(tmp_path):
    script = (
        "from multiprocessing import forkserver\n"
        "from samegoods.edges.engines import LocalEngine\n"
        "print(list(LocalEngine(workers=1).map(eval, [\"__import__('os').getppid()\"]))[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    forked_from = int(done.stdout)
    deadline = time.monotonic() + 20
    while Path(f"/proc/{forked_from}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{forked_from}").exists()
