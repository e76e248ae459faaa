"""Serving a second application beside the review page, on an address of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from samegoods.errors import ServeError

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

    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        said = f"{host}:{port}: cannot be served on: {error.strerror or error}"
        raise ServeError(f"{said}: give another --reports-port") from error
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, lifespan="off", limit_concurrency=AT_ONCE
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    with listening:
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()
