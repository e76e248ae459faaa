"""Alerts: signed so that a receiver can check it with a library of its own; sent again where nobody answers."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from samegoods.edges.alerts import Alerts
from samegoods.errors import WatchError

webhooks = pytest.importorskip("standardwebhooks", reason="alerts need the extra samegoods[watch]")
pytest.importorskip("httpx")

SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes, or").decode()


@contextmanager
def receiver(*answers: int) -> Iterator[tuple[str, list[tuple[dict, bytes]]]]:
    """Answers with these codes, one after the other, and then with the last."""
    heard: list[tuple[dict, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(answers[min(len(heard), len(answers) - 1)])
            self.end_headers()
            heard.append((dict(self.headers), content))

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook?key=hidden", heard
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    return file


def sent(url: str, secret: Path) -> bool:
    with Alerts(url, secret, first_wait_s=0.01) as alerts:
        return alerts.send("finding.turned", {"product": "tea", "now": "different"}).result(timeout=20)


def test_a_message_is_signed_and_says_what_it_is(secret: Path):
    with receiver(204) as (url, heard):
        assert sent(url, secret)
    ((headers, content),) = heard
    told = webhooks.Webhook(SECRET).verify(content, headers)
    assert told["type"] == "finding.turned"
    assert told["data"] == {"product": "tea", "now": "different"}
    with pytest.raises(webhooks.WebhookVerificationError):
        webhooks.Webhook(SECRET).verify(content.replace(b"different", b"same"), headers)


def test_it_is_sent_again_under_its_one_id_until_it_is_taken(secret: Path):
    with receiver(503, 429, 200) as (url, heard):
        assert sent(url, secret)
    assert len(heard) == 3
    assert len({headers["webhook-id"] for headers, _ in heard}) == 1
    assert len({content for _, content in heard}) == 1


@pytest.mark.parametrize(("answer", "times"), [(404, 1), (301, 1), (500, 6)])
def test_what_is_refused_is_given_up_and_logged_without_the_key(
    answer: int, times: int, secret: Path, caplog: pytest.LogCaptureFixture
):
    with receiver(answer) as (url, heard):
        assert not sent(url, secret)
    assert len(heard) == times
    assert "127.0.0.1" in caplog.text
    assert "hidden" not in caplog.text


@pytest.mark.parametrize("content", [b"", b"whsec_", b"\xff\xfe", b"whsec_a"])
def test_a_secret_that_is_none_is_refused(content: bytes, tmp_path: Path):
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(WatchError, match="holds no secret"):
        Alerts("https://example.org/hook", file)


def test_an_address_and_a_file_that_are_none_are_refused(secret: Path, tmp_path: Path):
    with pytest.raises(WatchError, match="no address"):
        Alerts("example.org", secret)
    with pytest.raises(WatchError, match="cannot be read"):
        Alerts("https://example.org", tmp_path / "gone")


def test_the_message_is_json_with_the_letters_of_any_language(secret: Path):
    with receiver(200) as (url, heard), Alerts(url, secret, first_wait_s=0.01) as alerts:
        assert alerts.send("finding.turned", {"product": "차"}).result(timeout=20)
    assert json.loads(heard[0][1])["data"]["product"] == "차"
