"""Serving a second application beside the review page, on an address of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from samegoods.wiring.reach import listening

AT_ONCE = 64
"""Requests that are answered at a time; more are told to come again."""


@contextmanager
def beside(app: Any, *, host: str, port: int) -> Iterator[None]:
    """Serve an application in a thread until this ends; nobody's address is written anywhere.

    Behind a proxy on this machine the sender's address is the one that the proxy hands on (``X-Forwarded-For``).

    Raises:
        ServeError: the address cannot be served on.
    """
    import uvicorn

    listener = listening(host, port, otherwise="--reports-port or --reports-host")
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, lifespan="off", limit_concurrency=AT_ONCE
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    with listener:
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()
