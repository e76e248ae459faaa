"""Who may write to a case, and when: one run alone in a folder, several beside each other in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from samegoods.custody.replay import EVIDENCE
from samegoods.edges.case.address import InPostgres
from samegoods.edges.case.postgres import key_of, lock, locked, try_lock, unlock
from samegoods.errors import CaseError

LOCK = "case.lock"
CatchUp = Callable[[Session], None]
"""Takes over what other writers have added."""


class Writers(Protocol):
    """The writers of a case, seen by one of them. Its threads take turns before they ask it anything."""

    @property
    def are_several(self) -> bool:
        """Whether others may write at the same time."""
        ...

    def session(self) -> Session:
        """What this one writes through."""
        ...

    def appending(self, catch_up: CatchUp) -> AbstractContextManager[None]:
        """The log is this writer's alone, and ``catch_up`` has seen all that stands in it."""
        ...

    def saving(self) -> AbstractContextManager[None]:
        """Nobody publishes meanwhile: what is counted stays as it is until the log tells that it was counted."""
        ...

    def publishing(self) -> AbstractContextManager[None]:
        """Nobody saves or publishes meanwhile."""
        ...

    def only(self) -> AbstractContextManager[bool]:
        """Whether nobody else has the case open; if so, nobody opens it meanwhile."""
        ...

    def close(self) -> None: ...


class OneWriter:
    """The writer of a case folder: who has the folder's lock is alone. A killed process leaves it open."""

    are_several = False

    def __init__(self, folder: Path, engine: Callable[[], Engine]) -> None:
        """Take the lock, then make the engine.

        Raises:
            CaseError: another run has it, or the folder cannot be written.
        """
        self._lock = _locked(folder)
        try:
            self.engine = engine()
        except CaseError:
            self._lock.release()
            raise

    def session(self) -> Session:
        return Session(self.engine)

    @contextmanager
    def appending(self, catch_up: CatchUp) -> Iterator[None]:
        yield

    def saving(self) -> AbstractContextManager[None]:
        return nullcontext()

    def publishing(self) -> AbstractContextManager[None]:
        return nullcontext()

    def only(self) -> AbstractContextManager[bool]:
        return nullcontext(True)

    def close(self) -> None:
        self.engine.dispose()
        self._lock.release()


class ManyWriters:
    """One of several writers of a case in PostgreSQL. Others wait for it, for as long as it appends or publishes.

    It has one connection for all that it writes, and holds advisory locks of the session on it: they end with the
    connection, so a killed process leaves none, and no transaction has to stay open to hold one. A lost connection
    ends what was begun on it; the next thing to be written gets another.
    """

    are_several = True

    def __init__(self, address: InPostgres, engine: Engine) -> None:
        self.engine = engine
        self._name = str(address)
        self._here, self._published, self._log = (
            key_of(address.schema, what) for what in ("here", "published", "log")
        )
        self._held = 0
        self._connection = self._begun()

    def session(self) -> Session:
        return Session(self._ready())

    @contextmanager
    def appending(self, catch_up: CatchUp) -> Iterator[None]:
        with self._holding(self._log):
            with self.session() as session, session.begin():
                catch_up(session)
            yield

    def saving(self) -> AbstractContextManager[None]:
        return self._holding(self._published, shared=True)

    def publishing(self) -> AbstractContextManager[None]:
        return self._holding(self._published)

    @contextmanager
    def only(self) -> Iterator[bool]:
        connection = self._ready()
        alone = try_lock(connection, self._here)
        connection.commit()
        try:
            yield alone
        finally:
            if alone and not connection.invalidated:
                unlock(connection, self._here)
                connection.commit()

    def close(self) -> None:
        self._connection.close()
        self.engine.dispose()

    @contextmanager
    def _holding(self, key: int, *, shared: bool = False) -> Iterator[None]:
        with locked(self._ready(), key, shared=shared):
            self._held += 1
            try:
                yield
            finally:
                self._held -= 1

    def _begun(self) -> Connection:
        connection = self.engine.connect()
        lock(connection, self._here, shared=True)
        connection.commit()
        return connection

    def _ready(self) -> Connection:
        """The connection; another where it was lost, unless something was begun under a lock that went with it."""
        if self._connection.invalidated:
            if self._held:
                raise CaseError(f"{self._name}: the connection was lost: the same command again goes on")
            self._connection.close()
            self._connection = self._begun()
        return self._connection


def _locked(folder: Path) -> FileLock:
    try:
        (folder / EVIDENCE).mkdir(parents=True, exist_ok=True)
        taken = FileLock(folder / LOCK, timeout=0)
        taken.acquire()
    except Timeout:
        raise CaseError(
            f"{folder}: another run is writing to this case, or samegoods serve shows it: wait for it to end"
        ) from None
    except OSError as error:
        raise CaseError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return taken
