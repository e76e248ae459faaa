"""Photos from the ground through the whole wall, in a worker of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from skimage import data

pytest.importorskip("fastapi", reason="the extra serve is not installed")
pytest.importorskip("limits", reason="the extra serve is not installed")

from fakes import cases
from fakes import custody as fakes
from fakes.form import jpeg
from fakes.ground import SENT
from samegoods import wiring
from samegoods.edges.case import CaseStore
from samegoods.edges.engines import LocalEngine
from samegoods.edges.ground import new_code
from samegoods.records import Image, Reference
from samegoods.render.photo import Pose, photograph
from samegoods.render.random_pack import random_pack
from samegoods.wiring.auditing import searched_case
from samegoods.wiring.custody import NO_SEAL
from samegoods.wiring.ground import CaseBox, LookAt
from samegoods.wiring.moderating import Moderated

PACK = random_pack(3)


@dataclass(frozen=True)
class Opened:
    store: CaseStore
    box: CaseBox
    machine: LocalEngine


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A case whose biscuits look like a rendered pack, and a warm worker."""
    folder = tmp_path_factory.mktemp("photos")
    campaign = cases.campaign(folder / "campaign")
    mask = np.ones(PACK.shape[:2], bool)
    with fakes.opened(folder / "case", campaign) as store, LocalEngine(workers=1) as machine:
        store.keep_references([Reference(f"{SENT.product}/export/front", SENT.product, "export", "front", PACK, mask)])
        cases.publish(store, campaign)
        store.conclude()
        yield Opened(store, CaseBox(store, machine, Moderated(store, NO_SEAL)), machine)


def with_person(seed: int = 3) -> Image:
    """A photo of the pack, and a person's face beside it."""
    photo = photograph(PACK, pose=Pose(height_px=320, tilt_deg=8), seed=seed).pixels.copy()
    person = data.astronaut()[0:220, 120:320]
    wide = np.full((max(photo.shape[0], 240), photo.shape[1] + 220, 3), 120, np.uint8)
    wide[: photo.shape[0], : photo.shape[1]] = photo
    wide[10:230, photo.shape[1] + 10 : photo.shape[1] + 210] = person
    return wide


def test_of_a_photo_the_pack_alone_is_kept(opened: Opened):
    photo = jpeg(with_person())
    taken = opened.box.send(SENT, [photo, jpeg(data.astronaut())], new_code())
    assert taken.photos == ("kept", "no_goods")
    (report,) = opened.store.reports()
    (item,) = report.items
    assert (item.product, item.version) == (SENT.product, "export")
    assert item.packaging in ("same", "cannot_tell"), "it is a photo of the reference itself"
    pictures = {path.relative_to(opened.store.folder).as_posix() for path in opened.store.folder.rglob("*.png")}
    assert pictures == {*report.pictures, *(one.picture for one in opened.store.references())}
    assert wiring.verify(opened.store.folder).state == "holds"
    audited = searched_case(opened.store.address, now=fakes.clock())
    assert audited.suspect == 0
    held = b"".join(file.read_bytes() for file in opened.store.folder.rglob("*") if file.is_file())
    runs = [photo[i : i + 24] for i in range(1000, len(photo) - 24, 997)]
    assert runs
    assert not [run for run in runs if run in held], "of the photo itself no byte run is stored"


def test_what_cannot_be_read_is_said_and_a_photo_that_ends_its_process_costs_no_report(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    sent = SENT.model_copy(update={"remark": "broken"})
    broken = [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(40)]
    assert opened.box.send(sent, broken, new_code()).photos == ("unreadable",) * 3
    monkeypatch.setattr(LookAt, "__reduce__", lambda self: (os._exit, (9,)))
    taken = opened.box.send(SENT.model_copy(update={"remark": "later"}), [b"any"], new_code())
    assert taken.photos == ("unreadable",)
    assert opened.store.reports()[-1].remark == "later", "the report itself is kept"
