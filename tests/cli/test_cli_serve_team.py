"""``samegoods serve --accounts``: what it refuses, and that no password travels in clear."""

from __future__ import annotations

import datetime
import http.client
import ipaddress
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from fakes import custody as fakes
from fakes.accounts import GOOD, cheap
from fakes.served import free_port
from samegoods.cli import main
from samegoods.edges.accounts import open_accounts
from samegoods.errors import ServeError
from samegoods.wiring.reach import Reach

OUTSIDE = ["--host", "0.0.0.0"]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine that vouches for itself, and its key."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder / "certificate.pem", folder / "key.pem"


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    file = tmp_path / "accounts.db"
    with open_accounts(file, passwords=cheap()) as book:
        book.add("Ana", "administrator", GOOD)
    return file


def refused(*words: str | Path) -> str:
    result = CliRunner().invoke(main, ["serve", *map(str, words)], prog_name="samegoods")
    assert result.exit_code == 2, result.output
    assert len(result.output.strip().splitlines()) == 1
    return result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (OUTSIDE, "0.0.0.0: passwords would travel in clear: give --certificate FILE and --private-key FILE"),
        ([*OUTSIDE, "--name", "market.example.org"], "passwords would travel in clear"),
        ([*OUTSIDE, "--behind-proxy", "10.0.0.1"], "0.0.0.0: say by which name it is reached"),
        (["--behind-proxy", "127.0.0.1"], "127.0.0.1: say by which name it is reached"),
        (["--behind-proxy", "*", "--name", "m"], "--behind-proxy *: not an address"),
        (["--certificate", "c.pem"], "--certificate and --private-key go together"),
        (["--private-key", "k.pem"], "--certificate and --private-key go together"),
        (["--certificate", "gone.pem", "--private-key", "k.pem"], "gone.pem or k.pem: cannot be read: No such file"),
        (["--reviewer", "Ben"], "--reviewer: with --accounts every decision bears the name of who has signed in"),
    ],
    ids=range(9),
)
def test_what_would_not_be_safe_is_refused_in_one_line(tmp_path: Path, accounts: Path, words: list[str], said: str):
    assert said in refused(tmp_path / "case", "--accounts", "--accounts-file", accounts, *words)


@pytest.mark.parametrize(
    "words", [["--name", "m.example"], ["--certificate", "c", "--private-key", "k"], ["--behind-proxy", "127.0.0.1"]]
)
def test_what_is_for_a_team_needs_accounts(tmp_path: Path, words: list[str]):
    assert "are for a team: serve it with --accounts" in refused(tmp_path, *words)


def test_a_certificate_of_another_key_is_refused(tmp_path: Path, accounts: Path, tls: tuple[Path, Path]):
    other = tmp_path / "other.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    other.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pair = ["--certificate", tls[0], "--private-key", other]
    said = refused(tmp_path, "--accounts", "--accounts-file", accounts, *pair)
    assert f"is no certificate with the key {other}" in said


def test_without_an_administrator_it_says_how_to_make_one(tmp_path: Path):
    said = refused(tmp_path / "case", "--accounts", "--accounts-file", tmp_path / "new.db")
    assert "samegoods account add NAME --role administrator" in said


def test_accounts_are_no_part_of_a_case(tmp_path: Path, accounts: Path):
    said = refused(tmp_path, "--accounts", "--accounts-file", accounts)
    assert "accounts.db: passwords are no evidence: keep the accounts outside of the case" in said


@pytest.mark.parametrize(
    ("reach", "link", "hosts"),
    [
        (Reach(), "http://127.0.0.1:8717/", {"127.0.0.1:8717", "localhost:8717", "[::1]:8717"}),
        (
            Reach("::1", 99, certificate=Path("c")),
            "https://[::1]:99/",
            {"127.0.0.1:99", "localhost:99", "[::1]:99"},
        ),
        (
            Reach("0.0.0.0", names=("M.example",), certificate=Path("c")),
            "https://M.example:8717/",
            {"m.example", "m.example:8717"},
        ),
        (
            Reach("10.0.0.9", names=("m.example:8443",), proxy="10.0.0.1"),
            "https://m.example:8443/",
            {"m.example:8443"},
        ),
    ],
    ids=range(4),
)
def test_the_link_and_the_names_are_those_that_browsers_use(reach: Reach, link: str, hosts: set[str]):
    assert (reach.link, set(reach.hosts)) == (link, hosts)


def test_one_user_alone_is_refused_another_address_whatever_else_is_given():
    with pytest.raises(ServeError, match="could decide in your name: serve it with --accounts"):
        Reach("0.0.0.0", names=("m.example",), proxy="10.0.0.1").refuse_unsafe(with_accounts=False)


@contextmanager
def serving(folder: Path, accounts: Path, *words: str | Path) -> Iterator[tuple[str, int]]:
    """Serve a case to a team in a process of its own: its link and its port."""
    case, key, port = fakes.copied_case(folder, sources=1), fakes.key_file(folder), free_port()
    command = [sys.executable, "-m", "samegoods", "serve", case, "--accounts", "--accounts-file", accounts]
    process = subprocess.Popen(
        [*map(str, command), "--signing-key", str(key), "--port", str(port), *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "FORWARDED_ALLOW_IPS": "*"},
    )
    try:
        yield process.stdout.readline().strip(), port
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def asked(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, Any]:
    """Sign in there."""
    body = json.dumps({"name": "Ana", "password": GOOD})
    connection.request("POST", path, body, {"Content-Type": "application/json"} | headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers


def test_by_tls_cookies_go_by_tls_alone(tmp_path: Path, accounts: Path, tls: tuple[Path, Path]):
    words = ["--host", "0.0.0.0", "--name", "localhost", "--certificate", tls[0], "--private-key", tls[1]]
    with serving(tmp_path, accounts, *words) as (link, port):
        assert link == f"https://localhost:{port}/"
        trusted = ssl.create_default_context(cafile=str(tls[0]))
        secure = http.client.HTTPSConnection("localhost", port, context=trusted, timeout=30)
        status, headers = asked(secure, "/api/login")
        assert status == 200
        assert headers["set-cookie"].startswith("__Host-samegoods-")
        assert "Secure" in headers["set-cookie"]
        assert asked(secure, "/api/login", Host=f"127.0.0.1:{port}")[0] == 421  # not a name that was given
        with pytest.raises((http.client.BadStatusLine, ConnectionError)):
            asked(http.client.HTTPConnection("localhost", port, timeout=30), "/api/login")


@pytest.mark.skipif(sys.platform != "linux", reason="this system has no second address of its own machine")
def test_behind_a_proxy_it_alone_is_believed(tmp_path: Path, accounts: Path):
    """The proxy comes from 127.0.0.2; whoever comes from elsewhere says in vain that it came by TLS."""
    words = ["--behind-proxy", "127.0.0.2", "--name", "market.example.org"]
    with serving(tmp_path, accounts, *words) as (link, port):
        assert link == "https://market.example.org/"
        told = {"Host": "market.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}

        def come(source: str, **headers: str) -> tuple[int, Any]:
            place = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source, 0))
            return asked(place, "/api/login", **headers)

        assert come("127.0.0.1", **told)[0] == 403
        assert come("127.0.0.2", **told | {"X-Forwarded-Proto": "http"})[0] == 403
        status, headers = come("127.0.0.2", **told)
        assert (status, "Secure" in headers["set-cookie"]) == (200, True)
        assert come("127.0.0.2", **told | {"Host": "evil.example"})[0] == 421
