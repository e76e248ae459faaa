"""The public form of a made-up case, with workers of this process and a wall that sees nobody."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pictures
from PIL.Image import Exif

from fakes import custody as fakes
from samegoods.edges.case import CaseStore
from samegoods.edges.engines import InlineEngine
from samegoods.edges.ground.throttle import Throttle
from samegoods.wiring.custody import NO_SEAL
from samegoods.wiring.ground import ground_form
from samegoods.wiring.moderating import Moderated

ADDRESS = "http://form.example"
SECRET_TAG = "Canon of somebody in particular"


class Unbounded(Throttle):
    """Allows everything."""

    def allows(self, address: str | None, what: str) -> bool:
        return True


@dataclass(frozen=True)
class Form:
    """A case, the application of its form, and what moderates it."""

    case: Path
    app: Any
    store: CaseStore
    moderated: Moderated

    def client(self, **headers: str) -> Any:
        from fastapi.testclient import TestClient

        return TestClient(self.app, base_url=ADDRESS, headers=headers, follow_redirects=False)

    def sent(self, *photos: bytes, script: bool = True, **fields: str) -> Any:
        """Send a report as the page does, by script or without."""
        files = [("photos", (f"IMG_{n}.jpg", photo, "image/jpeg")) for n, photo in enumerate(photos)]
        accept = {"Accept": "application/json"} if script else {}
        blank = [] if files else [("photos", ("", b"", "application/octet-stream"))]
        return self.client(**accept).post("/reports", data=filled() | fields, files=files or blank)

    def settled(self) -> None:
        """Wait for what is deleted in the background."""
        self.moderated._cleaning.submit(lambda: None).result(30)


def filled(**fields: str) -> dict[str, str]:
    """A form that is filled in."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    return {
        "product": "camellia-biscuits",
        "version": "domestic",
        "site": "songsin",
        "day": yesterday,
        "amount": "12,50",
        "currency": "krw",
        "remark": "the seal is missing",
    } | fields


def jpeg(pixels: np.ndarray) -> bytes:
    """A photo with what telephones write into them."""
    exif = Exif()
    exif[0x010F], exif[0x0132] = SECRET_TAG, "2026:07:18 10:11:12"
    stream = io.BytesIO()
    Pictures.fromarray(pixels).save(stream, "JPEG", quality=92, exif=exif)
    return stream.getvalue()


@contextmanager
def form(
    folder: Path, *, case: Path | None = None, throttle: Throttle | None = None, **opened: Callable[..., Any]
) -> Iterator[Form]:
    """The form of the made-up case, signed by the first key of the tests."""
    place = case or fakes.finished_case(folder, sources=2)
    now = fakes.clock(day=22)
    with fakes.opened(place, None, **({"now": now} | opened)) as store:
        moderated = Moderated(store, NO_SEAL)
        with ground_form(store, moderated, machine=InlineEngine()) as app:
            if throttle is not None:
                app.state.throttle = throttle
            try:
                yield Form(place, app, store, moderated)
            finally:
                moderated.close()
