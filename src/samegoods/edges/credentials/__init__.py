"""Content credentials (C2PA) beside pictures, made without a network: the picture itself is not touched."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from samegoods.errors import CustodyError, MissingPart

__all__ = ["crediting"]

_CAPTURE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
_ACTIONS = [{"action": "c2pa.created", "digitalSourceType": _CAPTURE}, {"action": "c2pa.cropped"}]

Credit = Callable[[bytes, str, Mapping[str, str]], bytes]
"""Takes a PNG, its title and what is told of it, and gives the credentials that belong beside it."""


def crediting(sign: Callable[[bytes], bytes], certificates: str, *, software: str) -> Credit:
    """What makes credentials, signed by a key with these certificates (PEM, its own first).

    Raises:
        MissingPart: the library is not installed.
    """
    c2pa = _library()
    context = c2pa.Context(settings=c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}}))

    def credit(png: bytes, title: str, told: Mapping[str, str]) -> bytes:
        builder = c2pa.Builder(_manifest(title, told, software), context=context)
        builder.set_no_embed()
        signer = c2pa.Signer.from_callback(
            sign, c2pa.C2paSigningAlg.ED25519, certificates, None
        )  # None: no time stamper
        try:
            made: bytes = builder.sign(signer, "image/png", io.BytesIO(png), io.BytesIO())
        except c2pa.C2paError as error:
            raise CustodyError(f"{title}: no content credentials can be made: {error}") from error
        finally:
            signer.close()
        return made

    return credit


def _library() -> ModuleType:
    try:
        return import_module("c2pa")
    except ImportError:
        raise MissingPart("content credentials need c2pa: pip install 'samegoods[credentials]'") from None


def _manifest(title: str, told: Mapping[str, str], software: str) -> dict[str, Any]:
    return {
        "claim_generator_info": [{"name": "samegoods", "version": software}],
        "title": title,
        "format": "image/png",
        "assertions": [
            {"label": "c2pa.actions", "data": {"actions": _ACTIONS}},
            {"label": "samegoods.custody", "data": dict(told)},
        ],
    }
