"""From what a user names to files: folders, globs, lists, sites and times."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from samegoods.edges.media import Unreadable, resolve
from samegoods.errors import FootageError

ONE = {"songsin": ZoneInfo("Asia/Pyongyang")}
TWO = {**ONE, "girona": ZoneInfo("Europe/Madrid")}
NINE = datetime(2026, 7, 1, 9)


@pytest.fixture
def folder(tmp_path):
    for name in ("b.mp4", "a.JPG", "notes.txt", ".hidden.mp4", "sub/c.mov", ".git/d.mp4", "sub/list.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def found(*footage: Path | str, site=None, captured_at=None, zones=ONE):
    return resolve([str(f) for f in footage], site=site, captured_at=captured_at, zones=zones)


def names(files, folder):
    return [str(Path(f.path).relative_to(folder)) for f in files]


def listing(folder: Path, text: str) -> Path:
    path = folder / "footage.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_gives_its_media_sorted_without_hidden_ones(folder):
    files, missing = found(folder)
    assert names(files, folder) == ["a.JPG", "b.mp4", "sub/c.mov"]
    assert missing == []


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("*.mp4", ["b.mp4"]),
        ("**/*.mov", ["sub/c.mov"]),
        ("*", ["a.JPG", "b.mp4", "sub/c.mov"]),
        ("?.*", ["a.JPG", "b.mp4"]),
    ],
)
def test_a_glob_gives_media_only(folder, glob, expected):
    assert names(found(folder / glob)[0], folder) == expected


def test_a_file_named_outright_is_taken_whatever_its_suffix(folder):
    assert names(found(folder / "notes.txt")[0], folder) == ["notes.txt"]


def test_a_name_with_brackets_is_a_file_before_it_is_a_glob(folder):
    (folder / "film[1].mp4").write_bytes(b"x")
    assert names(found(folder / "film[1].mp4")[0], folder) == ["film[1].mp4"]


def test_each_file_is_taken_once(folder):
    (folder / "link.mp4").symlink_to(folder / "b.mp4")
    assert names(found(folder / "b.mp4", folder / "sub/../b.mp4", folder)[0], folder) == [
        "b.mp4",
        "a.JPG",
        "sub/c.mov",
    ]


def test_what_is_missing_is_told_and_the_rest_goes_on(folder):
    (folder / "void").mkdir()
    files, missing = found(folder / "b.mp4", folder / "gone.mp4", folder / "*.avi", folder / "void")
    assert len(files) == 1
    assert missing == [
        Unreadable(str(folder / "gone.mp4"), "songsin", "there is no such file"),
        Unreadable(str(folder / "*.avi"), "songsin", "no video or photo matches"),
        Unreadable(str(folder / "void"), "songsin", "there are no videos or photos in this folder"),
    ]


@pytest.mark.parametrize("footage", [(), ("gone.mp4",), ("gone/*.mp4",)])
def test_nothing_at_all_is_wrong_use(footage):
    with pytest.raises(FootageError, match="no footage was found"):
        found(*footage)


def test_streams_are_for_another_command():
    with pytest.raises(FootageError, match="samegoods watch"):
        found("rtsp://camera/1")


@pytest.mark.parametrize(("site", "zones", "expected"), [(None, ONE, "songsin"), ("girona", TWO, "girona")])
def test_the_site_is_the_option_or_the_only_one(folder, site, zones, expected):
    assert {f.site for f in found(folder, site=site, zones=zones)[0]} == {expected}


def test_a_site_that_cannot_be_told_asks_for_the_option(folder):
    with pytest.raises(FootageError, match="give --site, one of: girona, songsin"):
        found(folder, zones=TWO)


def test_an_unknown_site_names_the_known(folder):
    with pytest.raises(FootageError, match="no site 'seoul'; it has: girona, songsin"):
        found(folder, site="seoul", zones=TWO)


def test_a_time_without_offset_is_the_wall_clock_of_the_site(folder):
    (file,) = found(folder / "b.mp4", captured_at=NINE)[0]
    assert (file.captured_at, file.captured_from) == (datetime(2026, 7, 1, 0, tzinfo=UTC), "option")
    (file,) = found(folder / "b.mp4", captured_at=NINE.replace(tzinfo=UTC))[0]
    assert file.captured_at == datetime(2026, 7, 1, 9, tzinfo=UTC)


def test_a_list_places_and_dates_its_files(folder):
    rows = "b.mp4,girona,2026-07-01T09:00,Ana\n\nsub/c.mov,songsin,2026-07-01T09:00+02:00,\n"
    text = f"\ufeffPath, site ,captured_at,who\n{rows}"
    files, missing = found(listing(folder, text), zones=TWO)
    assert names(files, folder) == ["b.mp4", "sub/c.mov"]
    assert [f.site for f in files] == ["girona", "songsin"]
    assert {f.captured_at for f in files} == {datetime(2026, 7, 1, 7, tzinfo=UTC)}
    assert {f.captured_from for f in files} == {"csv"}
    assert missing == []


def test_a_list_may_leave_site_and_time_to_the_options(folder):
    files, _ = found(listing(folder, "path\nb.mp4\nsub\n"), site="girona", captured_at=NINE, zones=TWO)
    assert names(files, folder) == ["b.mp4", "sub/c.mov"]
    assert {(f.site, f.captured_from) for f in files} == {("girona", "option")}


def test_the_option_comes_before_the_list_in_time(folder):
    (file,) = found(listing(folder, "path,captured_at\nb.mp4,2020-01-01\n"), captured_at=NINE)[0]
    assert file.captured_from == "option"


def test_semicolons_as_spreadsheets_write_them(folder):
    (file,) = found(listing(folder, "path;site\nb.mp4;girona\n"), zones=TWO)[0]
    assert file.site == "girona"


def test_a_list_knows_more_than_a_folder(folder):
    files, _ = found(folder, listing(folder, "path,captured_at\nb.mp4,2026-07-01T09:00Z\n"))
    assert [f.captured_from for f in files] == [None, "csv", None]


def test_a_missing_file_of_a_list_keeps_its_site_and_time(folder):
    _, (gone,) = found(listing(folder, "path,captured_at\nb.mp4,\ngone.mp4,2026-07-01T09:00Z\n"))
    assert gone.captured_at == datetime(2026, 7, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"footage.csv:1: path: there is no such column"),
        ("file,site\nb.mp4,girona\n", r"footage.csv:1: path: there is no such column"),
        ("path,site\nb.mp4,girona\n,girona\n", r"footage.csv:3: path: it is empty"),
        ("path,site\n\nb.mp4,seoul\n", r"footage.csv:3: site: .* 'seoul'; it has: girona, songsin"),
        ("path,site\nb.mp4,\n", r"footage.csv:2: which site is it from\? give --site"),
        (
            "path,site,captured_at\nb.mp4,girona,yesterday\n",
            r"footage.csv:2: captured_at: 'yesterday' .* write 2026-",
        ),
        ("path,site\nb.mp4,girona,extra\n", r"footage.csv:2: .* quotes"),
        ("path,site\nsub/list.csv,girona\n", r"footage.csv:2: path: a list cannot name a list"),
        ("path,site\nrtsp://a/b,girona\n", r"footage.csv:2: path: a stream"),
        ("path,site\nb.mp4,girona\nb.mp4,songsin\n", r"footage.csv:3: site: .* placed at girona already"),
        ('path,site\n"b.mp4,girona\n', r"footage.csv:\d: this is no CSV"),
    ],
)
def test_a_wrong_list_names_line_column_and_remedy(folder, text, message):
    with pytest.raises(FootageError, match=message):
        found(listing(folder, text), zones=TWO)


def test_a_list_that_is_no_text(folder):
    (folder / "bad.csv").write_bytes(b"path\n\xff\xfe\n")
    with pytest.raises(FootageError, match="not UTF-8"):
        found(folder / "bad.csv")
