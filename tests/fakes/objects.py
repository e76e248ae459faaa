"""A real service for objects (moto's server, which speaks S3) in a process of its own, that can be told to fail."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

KEY, SECRET = "the-tests-own", "and-their-secret"


@dataclass
class Faults:
    """What a server does to requests before the service sees them: the next ``times`` of them that fit, after the
    first ``after``, wait ``delay_s`` and are answered with ``status``, where there is one."""

    rule: dict[str, Any] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def of(self, method: str, path: str) -> dict[str, Any] | None:
        with self.lock:
            rule = self.rule
            if rule.get("times", 0) <= 0 or method not in rule["methods"] or rule.get("part", "") not in path:
                return None
            if rule.get("after", 0) > 0:
                rule["after"] -= 1
                return None
            rule["times"] -= 1
            return rule


def serve(port: int) -> None:
    """Answer on this port of the machine alone, until the process ends."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, run_simple

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, *_: object, **__: object) -> None: ...

    faults, moto = Faults(), DomainDispatcherApplication(create_backend_app)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path == "/faults":
            faults.rule = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            start("204 No Content", [])
            return []
        rule = faults.of(method, path)
        if rule is not None:
            time.sleep(rule.get("delay_s", 0))
            if rule.get("status"):
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                start(rule["status"], [("Content-Type", "application/xml"), ("Content-Length", "0")])
                return []
        answered: Iterable[bytes] = moto(environ, start)
        return answered

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    run_simple("127.0.0.1", port, answer, threaded=True, request_handler=Quiet)


@dataclass(frozen=True)
class Service:
    """The service while it runs."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to reach it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    def fail(self, *methods: str, times: int = 1_000_000, **more: Any) -> None:
        """Have the next requests of these methods fail; see :class:`Faults`. Without methods none does."""
        rule = {"methods": methods, "times": times, **more} if methods else {}
        self.post("/faults", json.dumps(rule).encode())

    def post(self, path: str, content: bytes) -> None:
        asked = urllib.request.Request(self.url + path, content, {"Content-Type": "text/plain"}, method="POST")
        with urllib.request.urlopen(asked, timeout=30):
            pass

    def client(self, kind: str = "s3", **more: str) -> Any:
        """Another program's eyes on it: boto3's."""
        import boto3

        known = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
        return boto3.client(kind, endpoint_url=self.url, region_name="us-east-1", **known | more)


@contextmanager
def running() -> Iterator[Service]:
    """The service, from when it answers to the end of the context."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = str(Path(__file__).parents[1])
    program = f"import sys; sys.path.insert(0, {folder!r}); from fakes.objects import serve; serve({port})"
    process = subprocess.Popen([sys.executable, "-c", program])
    try:
        _wait_for(port, process)
        yield Service(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes], patience_s: float = 60) -> None:
    until = time.monotonic() + patience_s
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the service for objects did not start")
