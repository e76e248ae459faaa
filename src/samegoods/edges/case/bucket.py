"""Pictures in a bucket of a service that speaks S3."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from samegoods.custody.log import Problem
from samegoods.errors import EvidenceError, MissingPart
from samegoods.fetching import refuse_astray
from samegoods.strangers import in_bytes, shown

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import S3Store

SCHEME = "s3://"
MOST_BYTES = 200_000_000
"""No picture of a case comes near it; what is larger was put there by somebody else, and is not read into memory."""
PATIENCE_S = 60.0
"""How long a service that does not answer, or answers 5xx, is asked again: an hour of filming outlives a restart."""
_AT_ONCE = 8
"""Requests under way: with answers after 100 ms 80 pictures a second, and no burden to a service."""
_ALLOW_HTTP = "AWS_ALLOW_HTTP"
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
"""Variables that name the service, the first that is there; without them it is Amazon's own."""
_PICTURE = re.compile(r"evidence/[0-9a-f]{2}/[0-9a-f]{64}\.png")
_CODE = re.compile(r"<Code>(\w+)</Code>|\(code: (\w+)\)")
_STATUS = re.compile(r"status code: (\d{3}[A-Za-z ]*)")
_NO_CREDENTIALS = ("MissingAccessKeyId", "MissingSecretAccessKey", "//169.254.")
"""The last is where the role of a machine would be asked for."""
_CREDENTIALS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to those of the service"
_SAID = {
    "NoSuchBucket": "there is no such bucket: make it, or name another",
    "InvalidBucketName": "no bucket can have this name: name another",
    "InvalidAccessKeyId": f"the service does not know these credentials: {_CREDENTIALS}",
    "SignatureDoesNotMatch": f"the service does not take these credentials: {_CREDENTIALS}",
    "ExpiredToken": f"the credentials have expired: {_CREDENTIALS}",
    "AccessDenied": "these credentials may not do this: let them list, read, write and delete there",
    "NotImplemented": "the service cannot do this: it has to know conditional writes (If-None-Match)",
}
"""What the codes of the protocol mean for whoever reads it; nothing of an answer is shown, for it may repeat what was
signed."""


@dataclass(frozen=True)
class Bucket:
    """A bucket, or what lies below a prefix in it, as the place of pictures; see
    :class:`samegoods.edges.case.place.Place`.

    Where the service is and who asks is taken from the environment, as other programs for S3 take it
    (``AWS_ENDPOINT_URL``, ``AWS_REGION``, ``AWS_ACCESS_KEY_ID`` and so on, or the role of the machine), and kept
    nowhere. It travels to workers as its address.
    """

    address: str
    patience_s: float = PATIENCE_S

    @property
    def at_once(self) -> int:
        return _AT_ONCE

    def where(self, path: str) -> str:
        return f"{self.address}/{path}" if path else self.address

    def read(self, path: str) -> bytes:
        refuse_astray(path)
        with self._asked(path):
            found = self._get(path)
            if found is None:
                raise EvidenceError(f"{self.where(path)}: this evidence is missing")
            if found.meta["size"] > MOST_BYTES:
                raise EvidenceError(f"{self.where(path)}: it has more than {in_bytes(MOST_BYTES)}, and is not read")
            return bytes(found.bytes())

    def put_once(self, path: str, content: bytes) -> None:
        """In one request, which is whole or nothing; only where no object has the name (If-None-Match)."""
        refuse_astray(path)
        with self._asked(path):
            import obstore
            from obstore.exceptions import AlreadyExistsError

            try:
                obstore.put(self._store, path, content, mode="create")
            except AlreadyExistsError:
                return

    def sha256(self, path: str) -> str | None:
        refuse_astray(path)
        with self._asked(path):
            found = self._get(path)
            if found is None:
                return None
            sha256 = hashlib.sha256()
            for piece in found.stream():
                sha256.update(piece)
            return sha256.hexdigest()

    def names(self, problems: list[Problem]) -> Iterator[str]:
        with self._asked():
            import obstore

            for some in obstore.list(self._store):
                for one in some:
                    if _PICTURE.fullmatch(one["path"]):
                        yield one["path"]
                    else:
                        what = "is nothing that a case puts there, and nothing vouches for it"
                        problems.append(Problem(shown(f"{self.address}/{one['path']}"), what))

    def delete(self, paths: Iterable[str]) -> None:
        there = list(paths)
        for path in there:
            refuse_astray(path)
        with self._asked():
            import obstore

            if there:
                obstore.delete(self._store, there)

    def tidy(self) -> None:
        """Nothing is ever half there."""

    def require(self) -> None:
        """Refuse a place that cannot be looked into, before anything rests on it."""
        with self._asked():
            import obstore

            next(iter(obstore.list(self._store, chunk_size=1)), None)

    def __reduce__(self) -> tuple[type[Bucket], tuple[str, float]]:
        return type(self), (self.address, self.patience_s)

    @cached_property
    def _store(self) -> S3Store:
        from obstore.store import S3Store

        _refuse_unfit_service()
        bucket, _, prefix = self.address.removeprefix(SCHEME).partition("/")
        return S3Store(
            bucket,
            prefix=prefix or None,
            client_options={"allow_http": _is_http_allowed()},
            retry_config={"max_retries": 20, "retry_timeout": timedelta(seconds=self.patience_s)},
        )

    def _get(self, path: str) -> GetResult | None:
        import obstore

        try:
            return obstore.get(self._store, path)
        except FileNotFoundError as error:
            if _code(error) == "NoSuchBucket":
                raise
            return None

    @contextmanager
    def _asked(self, path: str = "") -> Iterator[None]:
        """Everything that is asked of the service: what it does not do is told in our words."""
        try:
            from obstore.exceptions import BaseError
        except ImportError:
            raise MissingPart("evidence in object storage needs obstore: pip install 'samegoods[stores]'") from None
        try:
            yield
        except (BaseError, ValueError, OSError) as error:
            raise EvidenceError(shown(f"{self.where(path)}: {_told(error)}")) from None


def _is_http_allowed() -> bool:
    """Whether the environment says that pictures may travel in clear, as to a service on this machine."""
    return os.environ.get(_ALLOW_HTTP, "").lower() in ("1", "true")


def _refuse_unfit_service() -> None:
    """Refuse a service whose address is none, or to which all would travel in clear."""
    name = next((one for one in _ENDPOINTS if os.environ.get(one)), None)
    if name is None:
        return
    url = urlsplit(os.environ[name])
    if url.scheme not in ("http", "https") or not url.hostname or url.username or url.password:
        raise EvidenceError(f"{name}: expected the address of a service, such as https://objects.example")
    if url.scheme == "http" and not _is_http_allowed():
        raise EvidenceError(f"{name}: pictures would travel in clear: name https://, or set {_ALLOW_HTTP}=true")


def _code(error: Exception) -> str:
    found = _CODE.search(str(error))
    return "" if found is None else found.group(1) or found.group(2)


def _told(error: Exception) -> str:
    """What went wrong and what to do, without a word of what was asked or answered."""
    text, code = str(error), _code(error)
    if code in _SAID:
        return _SAID[code]
    if any(one in text for one in _NO_CREDENTIALS):
        return f"there are no credentials: {_CREDENTIALS}"
    if "invalid path" in text:
        return "holds an object whose name no file can have, so it cannot be listed: delete that object"
    status = _STATUS.search(text)
    if status is not None:
        remedy = "try again" if status.group(1).startswith("5") else "do credentials, bucket and rights fit?"
        return f"the service answered {status.group(1).strip()}{f' ({code})' if code else ''}: {remedy}"
    if "configured region" in text:
        return "the bucket lies in another region: set AWS_REGION"
    if isinstance(error, ValueError) or "Config" in text.partition(":")[0]:
        return "the environment sets something for it (AWS_…) that cannot be used"
    return "the service does not answer: is AWS_ENDPOINT_URL right, and can it be reached?"
