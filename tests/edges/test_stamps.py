"""Time stamps, by an authority that the tests run themselves: openssl behind a server of this machine."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from fakes import cases
from fakes import custody as fakes
from samegoods import wiring
from samegoods.custody import read_log, split_lines
from samegoods.edges.stamps import MOST_BYTES, reader, stamper
from samegoods.errors import CustodyError, MissingPart, StampError

pytest.importorskip("rfc3161_client", reason="time stamps need the extra samegoods[stamp]")
pytest.importorskip("httpx", reason="time stamps need the extra samegoods[stamp]")
OPENSSL = shutil.which("openssl")
AUTHORITY = pytest.mark.skipif(OPENSSL is None, reason="the tests' authority is openssl, which is not on the path")

SETTINGS = """
[tsa]
default_tsa = own
[own]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
default_policy = 1.2.3.4
signer_digest = sha256
digests = sha256, sha512
ess_cert_id_alg = sha256
"""
EXTENSIONS = (
    "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority's folder: its own root, and a certificate that may stamp."""
    folder = tmp_path_factory.mktemp("authority")
    (folder / "settings").write_text(SETTINGS)
    (folder / "extensions").write_text(EXTENSIONS)
    (folder / "serial").write_text("01\n")
    for words in (
        "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=root -days 30",
        "req -newkey rsa:2048 -nodes -keyout signer.key -out signer.csr -subj /CN=stamps",
        "x509 -req -in signer.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile extensions -out signer.pem",
    ):
        subprocess.run([OPENSSL or "openssl", *words.split()], cwd=folder, check=True, capture_output=True)
    return folder


def stamped(folder: Path, query: bytes) -> bytes:
    (folder / "query").write_bytes(query)
    words = ["ts", "-reply", "-config", "settings", "-queryfile", "query", "-out", "reply"]
    subprocess.run([OPENSSL or "openssl", *words], cwd=folder, check=True, capture_output=True)
    return (folder / "reply").read_bytes()


@contextmanager
def serving(answer: Callable[[bytes], tuple[int, bytes]]) -> Iterator[str]:
    """A server of this machine that answers like this; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            code, content = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
            except OSError:
                return  # it was read no further

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def stamp_of(url: str) -> Callable[[bytes], bytes]:
    asked = stamper(url)
    assert asked is not None
    return asked


@AUTHORITY
def test_a_stamp_is_of_the_message_and_of_the_authority(authority: Path):
    with serving(lambda query: (200, stamped(authority, query))) as url:
        stamp = base64.b64encode(stamp_of(url)(b"a message")).decode()
    told, unchecked = reader(authority / "root.pem"), reader()
    assert told is not None
    assert unchecked is not None
    assert told(stamp, b"a message").endswith("by an authority that you trust")
    assert "whose stamp it is was not checked" in unchecked(stamp, b"a message")
    for look in (told, unchecked):
        with pytest.raises(CustodyError, match="is not of this entry"):
            look(stamp, b"another message")
        for broken in (stamp[:200], "x", base64.b64encode(b"x").decode()):
            with pytest.raises(CustodyError, match=r"^is none: "):
                look(broken, b"a message")


@AUTHORITY
def test_a_stamp_of_another_authority_is_not_trusted(authority: Path, tmp_path: Path):
    words = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "o.key",
        "-out",
        "other.pem",
        "-subj",
        "/CN=other",
        "-days",
        "30",
    ]
    subprocess.run([OPENSSL or "openssl", *words], cwd=tmp_path, check=True, capture_output=True)
    with serving(lambda query: (200, stamped(authority, query))) as url:
        stamp = base64.b64encode(stamp_of(url)(b"a message")).decode()
    told = reader(tmp_path / "other.pem")
    assert told is not None
    with pytest.raises(CustodyError, match=r"is not by an authority that you trust"):
        told(stamp, b"a message")


@AUTHORITY
def test_an_answer_to_something_else_is_no_stamp(authority: Path):
    with serving(lambda query: (200, stamped(authority, query))) as url:
        once = stamp_of(url)(b"a message")
    with serving(lambda _: (200, once)) as url, pytest.raises(StampError, match="not a stamp of what was sent"):
        stamp_of(url)(b"a message")  # the same message, and another random number


@pytest.mark.parametrize(
    ("code", "content", "said"),
    [
        (500, b"", "500 Internal Server Error"),
        (302, b"", "302 Found"),
        (200, b"", "127.0.0.1:[0-9]+: the answer is no stamp"),
        (200, b"nonsense", "is no stamp"),
        (200, b"x" * (MOST_BYTES + 1), f"more than {MOST_BYTES} bytes"),
    ],
)
def test_an_authority_that_gives_no_stamp_says_so(code: int, content: bytes, said: str):
    with serving(lambda _: (code, content)) as url, pytest.raises(StampError, match=said):
        stamp_of(url)(b"a message")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nowhere", "ftp://127.0.0.1/", "http://["])
def test_an_authority_that_is_not_there_gives_none(url: str):
    with pytest.raises(StampError, match=r"."):
        stamp_of(url)(b"a message")


def test_an_authority_is_asked_only_where_one_is_named(monkeypatch: pytest.MonkeyPatch):
    assert stamper() is None
    monkeypatch.setenv("SAMEGOODS_TIMESTAMP_URL", "http://127.0.0.1:1")
    assert stamper() is not None


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(MissingPart, match=r"pip install 'samegoods\[stamp\]'"):
        stamper("http://127.0.0.1:1")
    assert reader() is None
    with pytest.raises(MissingPart):
        reader(tmp_path / "root.pem")


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), (b"x", "not a file of certificates")])
def test_certificates_that_are_none_are_named(tmp_path: Path, content: bytes | None, said: str):
    if content is not None:
        (tmp_path / "root.pem").write_bytes(content)
    with pytest.raises(CustodyError, match=said):
        reader(tmp_path / "root.pem")


def finished(folder: Path, stamp: Callable[[bytes], bytes]) -> Path:
    campaign = cases.campaign(folder / "campaign")
    with fakes.opened(folder / "case", campaign) as store:
        store.save(cases.examined(campaign, cases.source("a.mp4"), [cases.same("heron-filter")]))
        cases.publish(store, campaign)
        store.conclude(stamp=stamp)
    return folder / "case"


@AUTHORITY
def test_the_head_of_a_log_is_stamped_and_its_stamp_cannot_be_stripped(authority: Path, tmp_path: Path):
    with serving(lambda query: (200, stamped(authority, query))) as url:
        case = finished(tmp_path, stamp_of(url))
    proof = wiring.verify(case, authority=authority / "root.pem")
    assert proof.state == "holds"
    assert [note for note in proof.notes if note.endswith("by an authority that you trust")]
    lines = (case / "custody.jsonl").read_text().splitlines(keepends=True)
    stamp = read_log([line.encode() for line in lines]).entries[-1].body["stamp"]
    (case / "custody.jsonl").write_text("".join(lines).replace(f'"{stamp}"', "null"))
    assert any("the signature is not what was signed" in one.what for one in wiring.verify(case).problems)


def test_an_authority_that_does_not_answer_costs_nothing_but_the_stamp(tmp_path: Path):
    case = finished(tmp_path, stamp_of("http://127.0.0.1:1"))
    proof = wiring.verify(case)
    assert proof.state == "holds"
    (note,) = proof.notes
    assert "was to be stamped, and is not: http://127.0.0.1:1: " in note
    log = read_log(split_lines((case / "custody.jsonl").read_bytes()))
    assert [one.body["stamp"] for one in log.entries if one.kind == "signed"] == [None] * 3
