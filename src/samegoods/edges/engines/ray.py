"""The engine of a cluster: Ray actors on its machines, one item in each at a time.

Ray starts processes, finds out that one is gone, and carries bytes. What is shared out, tried again and given up is
decided here, as for the workers of one machine: see :mod:`samegoods.edges.engines.sharing`. Items and results travel;
frames cannot. Files of footage and references are read by path, so all machines must see them under one path.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Generator, Iterable
from types import ModuleType, TracebackType
from typing import Any, Self, TypeVar

from samegoods.edges.engines.actor import RayWorker
from samegoods.edges.engines.base import Failed, Later
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
        self._began = False
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
        self._began = True
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
        if self._began and self._ray is not None:
            self._ray.shutdown()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._ray, self._folder, self._began = None, None, False


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
