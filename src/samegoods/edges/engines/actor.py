"""A worker on a cluster, as the engine here sees it: one Ray actor, what it is given, and what is heard of it."""

from __future__ import annotations

import pickle
import time
from concurrent.futures import Future
from typing import Any

from samegoods.edges.engines.host import Host, versions
from samegoods.errors import EngineError

_RESTED_S = 1.0
"""One that has had nothing to do for so long is asked whether it is still there."""
_ANSWER_S = 30.0


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
            self._ray.wait([self._up], timeout=_ANSWER_S)
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


def _same_versions(machine: str, there: dict[str, str]) -> None:
    other = [f"{name} {there.get(name)}, not {own}" for name, own in versions().items() if there.get(name) != own]
    if other:
        raise EngineError(f"{machine} has {'; '.join(other)}: results would not be the same: install the same there")
