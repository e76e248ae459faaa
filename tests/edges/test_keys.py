"""The key that signs cases: made once, for its owner alone, and refused where others had a hand in it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from fakes import custody as fakes
from samegoods.edges.keys import open_key
from samegoods.errors import SigningKeyError

POSIX = pytest.mark.skipif(os.name != "posix", reason="this system has no such permissions")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    return tmp_path / "settings" / "samegoods"


@POSIX
def test_a_key_is_made_on_first_use_for_its_owner_alone(settings: Path):
    made = open_key()
    file = settings / "signing-key.pem"
    assert file.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert (file.stat().st_mode & 0o777, settings.stat().st_mode & 0o777) == (0o600, 0o700)
    assert open_key().public_pem == made.public_pem


MAKER = "from samegoods.edges.keys import open_key; print(open_key().public_pem)"


def test_processes_that_make_it_at_once_make_one(settings: Path):
    paths = os.pathsep.join(path for path in sys.path if path)
    made = [
        subprocess.Popen([sys.executable, "-c", MAKER], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": paths})
        for _ in range(4)
    ]
    said = {process.communicate()[0] for process in made}
    assert len(said) == 1
    assert b"PUBLIC KEY" in said.pop()


def test_a_key_is_given_by_name_or_by_the_environment(settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAMEGOODS_SIGNING_KEY", str(fakes.key_file(tmp_path, 2)))
    assert open_key().public_pem == fakes.key(2).public_pem
    assert open_key(fakes.key_file(tmp_path, 3)).public_pem == fakes.key(3).public_pem
    assert not settings.exists()


def locked_pem() -> bytes:
    private = fakes.key()._private
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))


def rsa_pem() -> bytes:
    private = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a private key: expected Ed25519"),
        (fakes.key().public_pem.encode(), "not a private key: expected Ed25519"),
        (b"x" * 70_000, "not a key: expected a file of at most"),
        (locked_pem(), "locked by a passphrase"),
        (rsa_pem(), "not an Ed25519 key: make one with openssl genpkey"),
    ],
    ids=["empty", "public", "long", "locked", "rsa"],
)
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes, said: str):
    file = tmp_path / "key.pem"
    file.touch(mode=0o600)
    file.write_bytes(content)
    with pytest.raises(SigningKeyError, match=said):
        open_key(file)


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_a_key_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int):
    file = fakes.key_file(tmp_path)
    file.chmod(mode)
    with pytest.raises(SigningKeyError, match="others may read this key: chmod 600"):
        open_key(file)


@POSIX
def test_a_link_is_refused(settings: Path, tmp_path: Path):
    settings.mkdir(parents=True)
    (settings / "signing-key.pem").symlink_to(fakes.key_file(tmp_path))
    with pytest.raises(SigningKeyError, match="is a link: name the key itself"):
        open_key()
    (settings / "signing-key.pem").unlink()
    (settings / "signing-key.pem").symlink_to(tmp_path / "nowhere")  # or a key would be made wherever it leads
    with pytest.raises(SigningKeyError, match="is a link"):
        open_key()
    assert not (tmp_path / "nowhere").exists()


def test_a_key_that_is_missing_is_named(tmp_path: Path):
    with pytest.raises(SigningKeyError, match=r"gone\.pem: the signing key cannot be read: No such file"):
        open_key(tmp_path / "gone.pem")


def test_where_no_key_can_be_made_it_says_how_to_give_one(settings: Path):
    settings.parent.mkdir()
    settings.write_bytes(b"a file in the place of the folder")
    with pytest.raises(SigningKeyError, match="give one with --signing-key or SAMEGOODS_SIGNING_KEY"):
        open_key()


def test_a_key_does_not_travel(settings: Path):
    with pytest.raises(TypeError, match="stays in the process"):
        pickle.dumps(open_key())
