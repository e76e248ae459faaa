"""What signs a case, and what others may hold it against."""

from __future__ import annotations

import os

from samegoods.errors import CustodyError, MissingPart
from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, missing, works

_NOWHERE = "https://stamp.invalid"
"""No authority: nothing is sent while a part is tested."""


def _signing(asked: Asked) -> Found:
    """Sign with the key that is there; make none, for a key should be made by who is to keep it."""
    from samegoods.custody.signing import fingerprint
    from samegoods.edges.keys import open_key, place_of_key
    from samegoods.wiring.doctoring.program import nearest

    file, is_own = place_of_key(asked.signing_key)
    if is_own and not os.path.lexists(file):
        place = nearest(file.parent)
        if not os.access(place, os.W_OK):
            return broken(f"there is no key yet, and none can be made in {place}")
        return works(f"none yet: the first check makes {file}")
    key = open_key(file)
    key.sign(b"samegoods")
    return works(f"{fingerprint(key.public_pem)[:16]} in {file}")


def _stamps(_: Asked) -> Found:
    from samegoods.edges.stamps import reader, stamper

    try:
        stamper(_NOWHERE)
    except MissingPart as error:
        return missing(str(error))
    check = reader()
    if check is None:
        return broken("stamps can be asked for, and not be read")
    try:
        check("bm8gc3RhbXA=", b"samegoods")  # "no stamp", in base64
    except CustodyError:
        return works("installed; no authority was asked")
    return broken("what is no stamp is taken for one")


def _credentials(_: Asked) -> Found:
    import io

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from PIL import Image

    import samegoods
    from samegoods.edges.credentials import crediting
    from samegoods.edges.keys import Key

    key, png = Key(Ed25519PrivateKey.generate()), io.BytesIO()
    Image.new("RGB", (8, 8), (200, 40, 40)).save(png, "PNG")
    try:
        credit = crediting(key.sign, key.certificates(), software=samegoods.__version__)
    except MissingPart as error:
        return missing(str(error))
    made = credit(png.getvalue(), "a red square", {})
    return works(f"{len(made)} bytes beside a picture") if made else broken("no credentials are made")


PARTS = (
    Part(
        "signing key",
        "no case can be signed, so none is kept",
        "give a key with --signing-key or SAMEGOODS_SIGNING_KEY, for its owner alone to read: chmod 600",
        _signing,
    ),
    Part(
        "time stamps",
        "no authority vouches for when a case was made; its log still holds",
        "pip install 'samegoods[stamp]'",
        _stamps,
        needed=False,
    ),
    Part(
        "content credentials",
        "export --credentials is refused; bundles without are as good for verify",
        "pip install 'samegoods[credentials]'",
        _credentials,
        needed=False,
    ),
)
