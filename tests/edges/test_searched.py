"""What the audit remembers of reference pictures, and when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from samegoods.edges.catalogue.searched import SearchedBefore
from samegoods.records import PersonBox

BOX = PersonBox("face", (1.0, 2.0, 30.5, 40.0), 0.9, "mtcnn")


def noted(folder: Path, *, by: bytes = b"eyes 1") -> SearchedBefore:
    searched = SearchedBefore([by], folder)
    searched.note(b"a pack", ())
    searched.note(b"a pack with a face", (BOX,))
    searched.keep()
    return searched


def test_what_was_seen_is_known_to_the_next_and_nothing_else(tmp_path: Path):
    noted(tmp_path)
    again = SearchedBefore([b"eyes 1"], tmp_path)
    assert again.seen(b"a pack") == ()
    assert again.seen(b"a pack with a face") == (BOX,)
    assert again.seen(b"another pack") is None


def test_other_eyes_have_seen_nothing(tmp_path: Path):
    noted(tmp_path)
    assert SearchedBefore([b"eyes 2"], tmp_path).seen(b"a pack") is None


def test_two_that_search_at_once_both_remember(tmp_path: Path):
    first, second = SearchedBefore([b"eyes"], tmp_path), SearchedBefore([b"eyes"], tmp_path)
    first.note(b"one", ())
    second.note(b"two", ())
    first.keep()
    second.keep()
    again = SearchedBefore([b"eyes"], tmp_path)
    assert (again.seen(b"one"), again.seen(b"two")) == ((), ())


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[1]", b'{"a": [{"kind": "face"}]}', b"\xff" * 9])
def test_a_file_that_is_none_of_ours_says_nothing(tmp_path: Path, spoilt: bytes):
    noted(tmp_path)
    (file,) = tmp_path.glob("*.json")
    file.write_bytes(spoilt)
    searched = SearchedBefore([b"eyes 1"], tmp_path)
    assert searched.seen(b"a pack") is None
    searched.note(b"a pack", ())
    searched.keep()
    assert SearchedBefore([b"eyes 1"], tmp_path).seen(b"a pack") == ()


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    noted(tmp_path / "file")
    assert SearchedBefore([b"eyes 1"], tmp_path / "file").seen(b"a pack") is None
