"""The engine of a cluster: Ray actors on its machines, one item in each at a time.

Ray starts processes, finds out that one is gone, and carries bytes. What is shared out, tried again and given up is
decided here, as for the workers of one machine: see :mod:`samegoods.edges.engines.sharing`. Items and results travel;
frames cannot. Files of footage and references are read by path, so all machines must see them under one path.
"""

from __future__ import annotations

import logging
import os
import pickle
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from types import ModuleType, TracebackType
from typing import Any, Self, TypeVar

from samegoods.edges.engines.base import Failed, Later
from samegoods.edges.engines.host import Host, versions
from samegoods.edges.engines.local import usable_cores
from samegoods.edges.engines.sharing import NEWS_S, shared_out
from samegoods.errors import EngineError, MissingPart

T = TypeVar("T")
R = TypeVar("R")

_START_S = 120.0
"""A machine that is asked for may have to be started first."""
_REACH_S = 10.0
_STARTS = 3
"""So many workers in a row that do not come up are no chance."""
_ASKS = 100.0
"""Questions a second, over all workers, how far they are."""
_RESTED_S = 1.0
_STORE_BYTES = 256 << 20
"""Memory for what travels, where Ray is started here: a stretch comes to some 10 MB."""

_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # Ray reports its use to its makers unless told not to
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # it tells of each dead worker on the standard output, which is ours
}


class RayEngine:
    """Runs the items in ``workers`` actors of a Ray cluster; by default one for each of its cores.

    Each may take ``memory`` bytes, by default a share of its machine's; more fails in that worker alone. Workers write
    no core dumps. A machine that is lost takes only the items with it that its workers were on: these are tried again
    on others. Results are the same as on one machine as long as the installed versions are, which is looked at.
    """

    tries = 3
    """One more than on one machine: that a machine is taken away is ordinary in a cluster, and no fault of an item."""
    not_started = "workers do not start on the Ray cluster: see its logs"

    def __init__(self, *, workers: int | None = None, address: str | None = None, memory: int | None = None) -> None:
        """
        Args:
            address: of the cluster, as in ``RAY_ADDRESS`` (``auto`` or ``host:port``); None to start one here.
        """
        if workers is not None and workers < 1:
            raise ValueError(f"workers: expected at least 1, found {workers}")
        self._wanted, self._address, self._memory = workers, address, memory
        self._ray: Any = None
        self._folder: str | None = None
        self._hired: list[RayWorker] = []
        self._starts_failed = 0
        self._none_since: float | None = None
        self._is_open = False

    @property
    def workers(self) -> int:
        if self._wanted is None:
            cluster = self._connected().cluster_resources()
            self._wanted = max(1, int(cluster.get("CPU", 1)))
        return self._wanted

    @property
    def died(self) -> tuple[type[Exception], ...]:
        """The actor is gone, or its machine is, with what it had to say."""
        kinds = self._connected().exceptions
        return kinds.RayActorError, kinds.ObjectLostError, kinds.OutOfMemoryError, kinds.NodeDiedError

    def map(
        self,
        fn: Callable[[T], R],
        items: Iterable[T | Later],
        *,
        news: Callable[[T, float], None] | None = None,
        patience_s: float | None = None,
    ) -> Generator[R | Failed[T], None, None]:
        """See :class:`samegoods.edges.engines.base.Engine`.

        Raises:
            MissingPart: Ray is not installed.
            EngineError: the cluster cannot be reached, has other versions installed, or gives no worker.
        """
        try:
            yield from shared_out(self, fn, items, news=news, patience_s=patience_s)
        finally:
            if not self._is_open:
                self._dismiss()

    def packed(self, fn: Callable[[T], R]) -> bytes:
        """The function as it travels; what a script defines travels whole."""
        packed: bytes = self._connected().cloudpickle.dumps(fn)
        return packed

    def take(self) -> RayWorker | None:
        """See :class:`samegoods.edges.engines.sharing.Crew`."""
        ray = self._connected()
        self._hired = [one for one in self._hired if not one.is_gone]
        while len(self._hired) < self.workers:
            self._hired.append(RayWorker(ray, memory=self._memory, ask_s=max(NEWS_S, self.workers / _ASKS)))
        for worker in self._hired:
            if not worker.is_taken and self._is_up(worker):
                worker.is_taken, self._none_since = True, None
                return worker
        self._none_since = self._none_since or time.monotonic()
        idle_s = time.monotonic() - self._none_since
        if idle_s > _START_S and not any(worker.is_taken for worker in self._hired):
            raise EngineError(f"Ray gave no worker in {_START_S:g} s: has the cluster a free core?")
        return None

    def give_back(self, worker: RayWorker) -> None:
        """See :class:`samegoods.edges.engines.sharing.Crew`."""
        worker.is_taken = False

    def _is_up(self, worker: RayWorker) -> bool:
        try:
            up = worker.is_up()
        except self.died as error:
            was_up = worker.started
            worker.cut()
            self._starts_failed += not was_up
            if self._starts_failed >= _STARTS:
                raise EngineError(f"{self.not_started}: {next(iter(str(error).splitlines()), '')}") from error
            return False
        if up:
            self._starts_failed = 0
        return up

    def _connected(self) -> Any:
        if self._ray is None:
            self._ray = self._connect()
        return self._ray

    def _connect(self) -> ModuleType:
        for name, value in _SETTINGS.items():
            os.environ.setdefault(name, value)
        try:
            import ray
        except ImportError as error:
            raise MissingPart("Ray is not installed: pip install 'samegoods[ray]', or use --engine local") from error
        if ray.is_initialized():  # by the script that calls us: it is theirs to end
            return ray
        if self._address is not None and "://" in self._address:
            raise EngineError(
                f"{self._address}: a Ray client is not enough: run samegoods on a machine of the cluster, or as a job"
            )
        try:
            self._begin(ray)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError, OSError) as error:
            said = next(iter(str(error).splitlines()), type(error).__name__)
            raise EngineError(f"Ray at {self._address or 'this machine'} cannot be used: {said}") from error
        return ray

    def _begin(self, ray: Any) -> None:
        quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
        if self._address is not None:
            _reach(self._address)
            ray.init(address=self._address, **quiet)
            self._folder = ""
            return
        self._folder = tempfile.mkdtemp(prefix="samegoods-ray-")  # Ray's logs and links, gone with it
        ray.init(
            address="local",
            num_cpus=self._wanted or usable_cores(),
            include_dashboard=False,
            object_store_memory=_STORE_BYTES,
            _temp_dir=self._folder,
            **quiet,
        )

    def _dismiss(self) -> None:
        while self._hired:
            self._hired.pop().cut()

    def __enter__(self) -> Self:
        self._is_open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        self._dismiss()
        if self._folder is not None:
            self._ray.shutdown()
            shutil.rmtree(self._folder, ignore_errors=True)
        self._ray = self._folder = None


class RayWorker:
    """One actor, and what was heard of it; see :class:`samegoods.edges.engines.sharing.Hand`."""

    def __init__(self, ray: Any, *, memory: int | None, ask_s: float) -> None:
        self.stuck = self.is_taken = self.is_gone = self.started = False
        self.process: int | None = None
        self._ray, self._ask_s = ray, ask_s
        hosts = ray.remote(Host).options(num_cpus=1, max_restarts=0, max_task_retries=0, max_concurrency=2)
        self._actor = hosts.remote(memory)
        self._up = self._actor.up.remote()
        self._holds: bytes | None = None
        self._asked: Any = None
        self._signs = 0
        self._ask_at = self._heard_at = time.monotonic()

    def is_up(self) -> bool:
        """Whether its process is there, and has what this one has installed.

        Raises:
            EngineError: it has other versions installed.
        """
        if self.started and time.monotonic() - self._heard_at > _RESTED_S:  # it may have died at rest
            self._up = self._actor.up.remote()
            self._ray.wait([self._up], timeout=_START_S)
        if self._up is not None:
            if not self._ray.wait([self._up], timeout=0)[0]:
                return False
            machine, self.process, there = self._ray.get(self._up)
            _same_versions(machine, there)
            self._up, self.started, self._heard_at = None, True, time.monotonic()
        return True

    def submit(self, fn: bytes, item: object) -> Future[Any]:
        new = None if self._holds is fn else fn
        self._holds = fn
        self._heard_at, self._asked = time.monotonic(), None
        result: Future[Any] = Future()
        try:
            packed = self._ray.cloudpickle.dumps(item)
        except Exception as error:  # noqa: BLE001  the engine's edge: whatever an item's pickling raises is its failure
            result.set_exception(error)
            return result
        self._actor.work.remote(new, packed).future().add_done_callback(lambda done: _unpack(done, result))
        return result

    def forget(self) -> None:
        self._holds = None

    def heard(self) -> float | None:
        now = time.monotonic()
        if self._asked is None:
            if now < self._ask_at:
                return None
            self._asked, self._ask_at = self._actor.heard.remote(), now + self._ask_s
        if not self._ray.wait([self._asked], timeout=0)[0]:
            return None
        asked, self._asked = self._asked, None
        try:
            signs, how_far = self._ray.get(asked)
        except self._ray.exceptions.RayError:  # it is gone, as its item will tell
            return None
        if signs == self._signs:
            return None
        self._signs, self._heard_at = signs, now
        said: float | None = how_far
        return said

    def is_silent(self, patience_s: float) -> bool:
        return time.monotonic() - self._heard_at > patience_s

    def kill(self) -> None:
        self._ray.kill(self._actor, no_restart=True)

    def cut(self) -> None:
        self.is_gone = True
        self.kill()


def _unpack(done: Future[bytes], result: Future[Any]) -> None:
    try:
        result.set_result(pickle.loads(done.result()))
    except Exception as error:  # noqa: BLE001  the engine's edge: whatever a result's unpickling raises is its failure
        result.set_exception(error)


def _reach(address: str) -> None:
    """See that somebody listens there: where nobody does, Ray ends the whole process after a minute.

    Raises:
        OSError: nobody does.
        ValueError: it is no ``host:port``.
    """
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=_REACH_S):
        pass


def _same_versions(machine: str, there: dict[str, str]) -> None:
    other = [f"{name} {there.get(name)}, not {own}" for name, own in versions().items() if there.get(name) != own]
    if other:
        raise EngineError(f"{machine} has {'; '.join(other)}: results would not be the same: install the same there")
