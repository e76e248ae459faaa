"""Strangers' bytes in a process of their own: what crashes or hangs there costs one file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from fakes.campaigns import written
from fakes.footage import pattern, write_photo
from samegoods import wiring
from samegoods.campaign import load
from samegoods.edges.engines import Failed, InlineEngine, LocalEngine
from samegoods.errors import BadReference, FootageError, MediaError, SamegoodsError
from samegoods.wiring.apart import apart, each_apart
from samegoods.wiring.pictures import references_of
from samegoods.wiring.planning import opened

KILL = "__import__('os').kill(__import__('os').getpid(), 11)"
REFUSE = "(_ for _ in ()).throw(__import__('samegoods.errors').errors.BadReference('a.png: too small'))"


def test_results_come_in_the_order_of_the_items_and_errors_keep_their_kind():
    slow = "[__import__('time').sleep(0.6), 1][1]"
    first, second, third, fourth = each_apart(eval, [slow, KILL, REFUSE, "4"], LocalEngine(workers=2))
    assert (first, fourth) == (1, 4)
    assert second == Failed(KILL, "the worker process ended on it twice (killed, out of memory or a crash)")
    assert isinstance(third, BadReference)
    assert str(third) == "a.png: too small"


def test_one_piece_of_work_raises_what_it_came_to():
    assert apart(eval, "3", what="a.png") == 3
    with pytest.raises(BadReference, match=r"a\.png: too small"):
        apart(eval, REFUSE, what="a.png")
    with pytest.raises(MediaError, match=r"b\.png: the worker process ended on it twice"):
        apart(eval, KILL, what="b.png")


class Crashing(InlineEngine):
    """Its worker ends on every item that names a file."""

    def __init__(self, name: str) -> None:
        self.name = name

    def map(self, fn, items: Iterable, **options):
        for item in items:
            if self.name in repr(item):
                yield Failed(item, "it was stuck")
            else:
                yield from super().map(fn, [item], **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written(tmp_path)
    for name in ("top.png", "top-domestic.png"):
        write_photo(tmp_path / "references" / name, pattern())
    (tmp_path / "footage").mkdir()
    write_photo(tmp_path / "footage" / "a.png", pattern())
    write_photo(tmp_path / "footage" / "b.png", pattern()[::-1].copy())
    return tmp_path


def test_a_file_whose_header_ends_its_reader_is_told_and_the_rest_is_looked_at(folder: Path):
    study = load(folder / "campaign.yaml")
    media = opened(study, [folder / "footage"], Crashing("b.png"), site=None, captured_at=None)
    for one in media:
        list(one.frames())
    assert [(Path(one.source.path).name, one.outcome.status, one.outcome.reason) for one in media] == [
        ("a.png", "ok", None),
        ("b.png", "failed", "it was stuck"),
    ]
    assert all(one.source.sha256 for one in media)


def test_a_reference_that_ends_its_reader_is_named(folder: Path):
    study = load(folder / "campaign.yaml")
    with pytest.raises(BadReference, match=r"top-domestic\.png: it was stuck"):
        list(references_of(study, Crashing("top-domestic.png")))


def test_references_are_loaded_by_workers_in_the_order_of_the_file(folder: Path):
    with LocalEngine(workers=2) as machine:
        loaded = list(references_of(load(folder / "campaign.yaml"), machine))
    assert [one.id for one in loaded] == ["camprodon/export/top", "camprodon/domestic/top"]


@pytest.mark.parametrize("other", ["/dev/zero", "pipe.png", "gone.png", "-o"])
def test_what_is_no_picture_is_refused_in_one_line(folder: Path, other: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder)
    os.mkfifo(folder / "pipe.png")
    with pytest.raises(SamegoodsError) as caught:
        wiring.compare("references/top.png", other)
    assert str(caught.value).startswith(f"{other}: ")
    assert len(str(caught.value).splitlines()) == 1


def test_reading_goes_on_after_a_picture_that_is_none(folder: Path):
    os.mkfifo(folder / "pipe.png")
    pipe, picture = wiring.read([folder / "pipe.png", folder / "footage" / "a.png"])
    assert (pipe.problem, picture.problem) == ("this is not a file", None)
    with pytest.raises(FootageError, match="no picture was found"):
        wiring.read([])
