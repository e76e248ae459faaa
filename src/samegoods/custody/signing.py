"""Signatures of entries: Ed25519 (RFC 8032) over the line itself, as it reads with an empty signature."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from samegoods.custody.entries import Entry, digest, line_of
from samegoods.errors import CustodyError


class Signer(Protocol):
    """Whoever signs the log of a case."""

    @property
    def public_pem(self) -> str:
        """The public key, PEM."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""


def fingerprint(pem: str | bytes) -> str:
    """SHA-256 of a public key (DER of its SubjectPublicKeyInfo), hex.

    Raises:
        CustodyError: it is no Ed25519 public key.
    """
    return digest(_key(pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def message_of(entry: Entry) -> bytes:
    """What is signed: the line of the entry, with its line end, as it reads with an empty signature.

    The line holds the hash of the line before it, and by that all of the log; and its time stamp, where it has one.
    """
    return line_of(replace(entry, body={**entry.body, "signature": ""})).encode()


def stamped_of(entry: Entry) -> bytes:
    """What a time-stamping authority is asked to stamp: the same, before there is a stamp."""
    return message_of(replace(entry, body={**entry.body, "stamp": None, "no_stamp": None}))


def is_signed_by(entry: Entry, pem: str | bytes) -> bool:
    """Whether the entry's signature is that of a key.

    Raises:
        CustodyError: it is no Ed25519 public key.
    """
    key = _key(pem)
    try:
        signature = base64.b64decode(str(entry.body.get("signature")), validate=True)
        key.verify(signature, message_of(entry))
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _key(pem: str | bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem.encode() if isinstance(pem, str) else pem)
    except (ValueError, UnsupportedAlgorithm):
        raise CustodyError("no public key: expected one in PEM form") from None
    if not isinstance(key, Ed25519PublicKey):
        raise CustodyError("not a public key that signs a case: expected an Ed25519 key")
    return key
