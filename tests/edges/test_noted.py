"""What is remembered of reference pictures, and when it is not."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from fakes import cases
from samegoods.edges.catalogue.kin import TwinsBefore
from samegoods.edges.catalogue.lines import LinesBefore
from samegoods.edges.catalogue.noted import Noted
from samegoods.records import PersonBox, Reference, TextLine
from samegoods.vision.recognition.catalogue import Sibling

BOX = PersonBox("face", (1.0, 2.0, 30.5, 40.0), 0.9, "mtcnn")
Boxes = tuple[PersonBox, ...]


def noted(folder: Path, *, by: bytes = b"eyes 1") -> Noted[Boxes]:
    return Noted("searched", [by], Boxes, folder)


def filled(folder: Path) -> None:
    noted(folder).put(b"a pack", ())
    noted(folder).put(b"a pack with a face", (BOX,))


def test_what_was_noted_is_known_to_the_next_and_nothing_else(tmp_path: Path):
    filled(tmp_path)
    again = noted(tmp_path)
    assert again.get(b"a pack") == ()
    assert again.get(b"a pack with a face") == (BOX,)
    assert again.get(b"another pack") is None


def test_other_eyes_have_seen_nothing(tmp_path: Path):
    filled(tmp_path)
    assert noted(tmp_path, by=b"eyes 2").get(b"a pack") is None


@pytest.mark.parametrize("spoilt", [b"", b"{", b"7", b'[{"kind": "face"}]', b"\xff" * 9])
def test_a_file_that_is_none_of_ours_says_nothing(tmp_path: Path, spoilt: bytes):
    noted(tmp_path).put(b"a pack", ())
    (file,) = tmp_path.rglob("*.json")
    file.write_bytes(spoilt)
    assert noted(tmp_path).get(b"a pack") is None
    noted(tmp_path).put(b"a pack", ())
    assert noted(tmp_path).get(b"a pack") == ()


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    filled(tmp_path / "file")
    assert noted(tmp_path / "file").get(b"a pack") is None


def test_what_other_versions_left_long_ago_is_removed(tmp_path: Path):
    noted(tmp_path, by=b"eyes 1").put(b"a pack", ())
    noted(tmp_path, by=b"eyes 2").put(b"a pack", ())
    (old, *_), long_ago = sorted((tmp_path / "searched").iterdir()), time.time() - 90 * 86_400
    os.utime(old, (long_ago, long_ago))
    noted(tmp_path, by=b"eyes 3").put(b"a pack", ())
    assert not old.exists()
    assert len(list((tmp_path / "searched").iterdir())) == 2


def test_the_lines_of_a_reference_are_read_once_and_the_same_to_the_bit(tmp_path: Path):
    quad = np.array([(0.1, 1 / 3), (90.7, 2), (91, 30.123456), (0, 29)], np.float32)
    line = TextLine("치약 120 g", quad, 1 / 7, "korean", "tesseract")
    asked: list[Reference] = []
    first, second = (LinesBefore(lambda one: asked.append(one) or [line], [b"readers"], tmp_path) for _ in range(2))
    reference = cases.references()[0]
    (fresh,), (known,) = first(reference), second(reference)
    assert len(asked) == 1
    assert (known.text, known.score, known.language, known.reader) == (line.text, 1 / 7, "korean", "tesseract")
    assert known.quad.dtype == np.float32
    assert known.quad.tobytes() == fresh.quad.tobytes() == quad.tobytes()
    (_,) = LinesBefore(lambda one: asked.append(one) or [line], [b"other readers"], tmp_path)(reference)
    assert len(asked) == 2


def test_twins_are_found_once_and_the_same_to_the_bit(tmp_path: Path):
    onto = np.random.default_rng(1).normal(size=(3, 3))
    asked: list[int] = []
    first, second = (TwinsBefore([b"all references"], tmp_path) for _ in range(2))
    find = lambda i: asked.append(i) or (Sibling(4, onto),)  # noqa: E731
    (fresh,), (known,) = first(2, find), second(2, find)
    assert asked == [2]
    assert (known.owner, known.onto.tobytes()) == (4, onto.tobytes())
    assert fresh.onto.tobytes() == onto.tobytes()
    TwinsBefore([b"one more reference"], tmp_path)(2, find)
    assert asked == [2, 2]
