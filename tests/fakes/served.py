"""A made-up case that is served: to a client of the tests, and to a real browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fakes import custody as fakes
from samegoods.wiring.publishing import republish
from samegoods.wiring.reach import Reach
from samegoods.wiring.serving import Serving, serving

PORT = 8717
ADDRESS = f"http://127.0.0.1:{PORT}"


@dataclass(frozen=True)
class Served:
    """A case and the application that serves it."""

    case: Path
    app: Any
    link: str
    token: str

    @property
    def room(self) -> Any:
        return self.app.state.room

    @property
    def desk(self) -> Any:
        return self.room.desk

    def client(self, *, enter: bool = True, **headers: str) -> Any:
        """A client of the framework; it has come in by the link unless told otherwise."""
        from fastapi.testclient import TestClient

        client = TestClient(self.app, base_url=ADDRESS, headers=headers, follow_redirects=False)
        if enter:
            assert client.get(self.link.removeprefix(ADDRESS)).status_code == 303
        return client

    def seq(self, item: str) -> int:
        found = self.desk.seq_of(item.rpartition("-i")[0], item)
        assert found is not None
        return found


@contextmanager
def served(folder: Path, *, case: Path | None = None, publishes: bool = False, **options: Any) -> Iterator[Served]:
    """Serve the made-up case, signed by the first key of the tests.

    Args:
        publishes: as it ends, make results, report and audit anew, as users have it: that takes two seconds.
    """
    place = case or fakes.copied_case(folder)
    key = fakes.key_file(folder)
    reach = Reach(port=options.pop("port", PORT))
    alone = {} if "accounts" in options else {"reviewer": "Ana"}
    options = {"signing_key": key, "reach": reach} | alone | options
    with pytest.MonkeyPatch.context() as patch:
        # Set either way: a page that is served for a whole module may have set it otherwise.
        patch.setattr("samegoods.wiring.serving.republish", republish if publishes else lambda *_: None)
        with serving(place, **options) as made:
            yield Served(place, made.app, made.link, made.token)


def csrf_of(client: Any) -> str:
    return str(client.get("/api/session").json()["csrf"])


def post(client: Any, path: str, **fields: Any) -> Any:
    """Send a form as the page does."""
    return client.post(path, data={"csrf": csrf_of(client)} | fields)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(made: Serving | Served, port: int) -> Iterator[None]:
    """Serve to real clients, in a thread of this process."""
    import uvicorn

    config = uvicorn.Config(
        made.app, host="127.0.0.1", port=port, log_level="warning", lifespan="off", ws="none", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
