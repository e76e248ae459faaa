"""Servers of streams on loopback: RTSP by a library for it, MPEG-TS over HTTP as cameras' recorders send it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np

from fakes.footage import write_video

_SERVE = """
import asyncio, sys
from aio_rtsp_toolkit.server import serve
folder, host, port, control = sys.argv[1:]
asyncio.run(serve(folder, host, int(port), control_port=int(control)))
"""
_UP_S = 30.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def write_stream(path: Path, pictures: Sequence[np.ndarray], *, step_ms: int = 100) -> Path:
    """A film whose every fifth frame is a key frame, as a camera sends them: in the order that they are shown in."""
    stamps = [step_ms * n for n in range(len(pictures))]
    return write_video(path, pictures, stamps_ms=stamps, options={"g": "5", "bf": "0", "crf": "18"})


@contextmanager
def rtsp(folder: Path, port: int) -> Iterator[str]:
    """Serves the films of a folder as cameras, ``rtsp://.../NAME``: each is sent in its own time, to its end, and then
    the connection is closed. The server is gone, as a camera without current, when this ends."""
    words = [sys.executable, "-W", "ignore", "-c", _SERVE, str(folder), "127.0.0.1", str(port), str(free_port())]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"rtsp://127.0.0.1:{port}"
        finally:
            server.kill()


def _wait_for(port: int) -> None:
    until = time.monotonic() + _UP_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"no server came up on {port}")


@contextmanager
def http(content: bytes, kind: str = "video/mp2t", *, bytes_a_second: int | None = None) -> Iterator[str]:
    """Serves one content over HTTP, at a pace, and closes the connection after it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.end_headers()
            piece = len(content) if bytes_a_second is None else max(1, bytes_a_second // 10)
            try:
                for at in range(0, len(content), piece):
                    self.wfile.write(content[at : at + piece])
                    time.sleep(0 if bytes_a_second is None else 0.1)
            except OSError:  # nobody listens any more
                return

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/live"
        finally:
            server.shutdown()
            thread.join()
