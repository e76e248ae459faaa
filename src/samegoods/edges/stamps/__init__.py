"""Time stamps by an authority (RFC 3161): the one network connection that a check may open.

Nothing is sent but a SHA-512 of the log's head and a random number, and only where an authority is named.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from cryptography import x509

from samegoods.errors import CustodyError, MissingPart, StampError

__all__ = ["VARIABLE", "reader", "stamper"]

VARIABLE = "SAMEGOODS_TIMESTAMP_URL"
"""The environment variable that names the authority."""
SECONDS = 10.0
MOST_BYTES = 1 << 18
_TYPE = "application/timestamp-reply"


def stamper(url: str | None = None) -> Callable[[bytes], bytes] | None:
    """Has messages stamped by the authority at a URL, else at the one that ``SAMEGOODS_TIMESTAMP_URL`` names.

    Returns:
        Takes a message and gives the authority's answer, which is that message's; raises StampError where there is
        none in ten seconds, or it is something else. None where no authority is named.

    Raises:
        MissingPart: an authority is named, and what asks it is not installed.
    """
    named = url or os.environ.get(VARIABLE)
    if not named:
        return None
    httpx, rfc3161 = _library("httpx"), _library("rfc3161_client")

    def stamp(message: bytes) -> bytes:
        request = (
            rfc3161.TimestampRequestBuilder().data(message).nonce(nonce=True).cert_request(cert_request=True).build()
        )
        try:
            answer = _asked(httpx, named, request.as_bytes())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StampError(f"{named}: {error or type(error).__name__}") from error
        try:
            response = _decoded(rfc3161, answer)
        except ValueError as error:
            raise StampError(f"{named}: the answer is no stamp: {error}") from None
        if _imprint(response) != hashlib.sha512(message).digest() or response.tst_info.nonce != request.nonce:
            raise StampError(f"{named}: the answer is not a stamp of what was sent")
        return answer

    return stamp


def reader(roots: Path | str | None = None) -> Callable[[str, bytes], str] | None:
    """Looks at stamps: whether they are of a message, and by an authority whose certificates are given.

    Args:
        roots: certificates of authorities to trust, PEM; None to take the authority's word for the time.

    Returns:
        Takes a stamp (base64) and the message, and gives what the stamp says; raises CustodyError where it is not of
        the message or of the authority. None where what reads stamps is not installed.

    Raises:
        CustodyError: ``roots`` is no file of certificates.
        MissingPart: certificates are given, and what reads stamps is not installed.
    """
    try:
        rfc3161 = _library("rfc3161_client")
    except MissingPart:
        if roots is not None:
            raise
        return None
    trusted = None if roots is None else _certificates(Path(roots))

    def told(stamp: str, message: bytes) -> str:
        try:
            response = _decoded(rfc3161, base64.b64decode(stamp, validate=True))
        except ValueError as error:  # not base64 is one as well
            raise CustodyError(f"is none: {error}") from None
        if _imprint(response) != hashlib.sha512(message).digest():
            raise CustodyError("is not of this entry")
        at = response.tst_info.gen_time.isoformat()
        if trusted is None:
            return f"was stamped at {at}; whose stamp it is was not checked: give the authority's certificate"
        _check(rfc3161, response, trusted, message)
        return f"was stamped at {at} by an authority that you trust"

    return told


def _library(name: str) -> ModuleType:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise MissingPart(f"time stamps need {name}: pip install 'samegoods[stamp]'") from None


def _asked(httpx: Any, url: str, query: bytes) -> bytes:
    """What the authority answers; no more of it is read than an answer has."""
    headers = {"Content-Type": "application/timestamp-query", "Accept": _TYPE}
    with httpx.stream("POST", url, content=query, headers=headers, timeout=SECONDS) as answer:
        answer.raise_for_status()
        read = b""
        for part in answer.iter_bytes():
            read += part
            if len(read) > MOST_BYTES:
                raise StampError(f"{url}: the answer has more than {MOST_BYTES} bytes")
    return read


def _decoded(rfc3161: Any, raw: bytes) -> Any:
    """The answer. Raises ValueError where it is none, or grants nothing and so holds no stamp."""
    response = rfc3161.decode_timestamp_response(raw)
    _imprint(response)
    return response


def _imprint(response: Any) -> bytes:
    return bytes(response.tst_info.message_imprint.message)


def _certificates(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except OSError as error:
        raise CustodyError(f"{file}: cannot be read: {error.strerror or error}") from error
    except ValueError:
        raise CustodyError(f"{file}: not a file of certificates: expected PEM") from None


def _check(rfc3161: Any, response: Any, trusted: list[x509.Certificate], message: bytes) -> None:
    builder = rfc3161.VerifierBuilder()
    for certificate in trusted:
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(response, message)
    except rfc3161.VerificationError as error:
        raise CustodyError(f"is not by an authority that you trust: {error}") from None
