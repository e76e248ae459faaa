"""Names are shown in one plain line; files are opened only if they are files, and read only to a limit."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.confinement import share_of_memory
from samegoods.strangers import open_file, read_bytes, shown


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("stall 3.mp4", "stall 3.mp4"),
        ("송신시장/ñandú – café.jpg", "송신시장/ñandú – café.jpg"),
        ("-rf", "-rf"),
        ("a\nfailed: b.mp4: forged", "a\\nfailed: b.mp4: forged"),
        ("\x1b[2J\x07\x7f\x9b", "\\x1b[2J\\x07\\x7f\\x9b"),
        ("photo\u202egpj.exe", "photo\\u202egpj.exe"),
        ("\u2066a\u2028b\u2029c\ufeff", "\\u2066a\\u2028b\\u2029c\\ufeff"),
        (os.fsdecode(b"a\xff.mp4"), "a\\udcff.mp4"),
        ("x" * 5000, "x" * 500 + "…" + "x" * 500),
    ],
)
def test_a_name_is_one_plain_line(name: str, line: str):
    assert shown(name) == line


@given(st.text(st.characters()))
def test_whatever_the_name_it_is_one_line_that_can_be_printed(name: str):
    line = shown(name)
    assert len((line + "|").splitlines()) == 1
    line.encode()
    assert shown(line) == line


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (os.mkfifo, "this is not a file"),
        (Path.mkdir, "Is a directory"),
        (lambda path: path.symlink_to("/dev/zero"), "this is not a file"),
        (lambda path: path.symlink_to(path), "Too many levels"),
        (lambda path: None, "No such file"),
    ],
    ids=["pipe", "folder", "device", "loop", "nothing"],
)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make, said: str):
    path = tmp_path / "a.mp4"
    make(path)
    with pytest.raises(OSError, match=said):
        open_file(path)


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str):
    with pytest.raises(OSError, match=r"no file can have this name|File name too long"):
        open_file(tmp_path / name)


def test_a_file_is_read_to_the_limit_and_no_further(tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_bytes(path, 5) == b"12345"
    with pytest.raises(OSError, match="it has more than 4 bytes, which is the limit"):
        read_bytes(path, 4)


@pytest.mark.parametrize("workers", [1, 2, 64, 1000])
def test_the_share_of_memory_is_enough_for_work_and_no_more_than_sane(workers: int):
    assert 3 << 30 <= share_of_memory(workers) <= 12 << 30
