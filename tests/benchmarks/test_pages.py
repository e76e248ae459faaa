"""The page of benchmarks is what the kept results say, and is made anew as it stands."""

import json
import re

import pytest

from pages import ORDER, PAGE, RESULTS, ROOT, SCALE, Result, Table, load, markdown, page, store, told_in
from plots import calibration
from scorers import Told, reliability

TABLE = Table("Two things.", ("a", "b|c"), (("1", "2"), ("3", "4")))


def test_what_is_kept_is_read_back(tmp_path):
    result = Result("n", "T", "Q?", (TABLE,), ("A note.",), (("p.svg", "shows"),), ({"x": 1}, {"x": 2}), "2 cores")
    path = store(result, tmp_path)
    assert load(path) == Result("n", "T", "Q?", (TABLE,), ("A note.",), (("p.svg", "shows"),), (), "2 cores")
    assert (tmp_path / "n.csv").read_text() == "x\n1\n2\n"


def test_a_table_as_markdown():
    assert markdown(TABLE) == "| a | b\\|c |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"


def test_a_table_refuses_a_row_of_another_width():
    with pytest.raises(ValueError, match="expected 2 cells, found 1"):
        Table("", ("a", "b"), (("1",),))


def test_a_picture_is_the_same_bytes_again(tmp_path):
    rows = [Told("x", "a", None, 0.0, "a" if k % 5 else "b", None, k / 20) for k in range(20)]
    bins = reliability(rows, (0, 0.5, 1))
    for name in ("a.svg", "b.svg"):
        calibration(bins, tmp_path / name)
    first, again = ((tmp_path / name).read_bytes() for name in ("a.svg", "b.svg"))
    assert first == again
    assert b"<dc:date>" not in first


def test_the_page_is_made_of_what_is_kept():
    kept = [RESULTS / f"{name}.json" for name in ORDER]
    assert PAGE.read_text(encoding="utf-8") == page([load(path) for path in kept if path.exists()])


def test_the_page_on_scale_tells_what_is_kept():
    text = SCALE.read_text(encoding="utf-8")
    results = [load(RESULTS / f"{name}.json") for name in ("engines", "country")]
    assert text == told_in(text, results)
    assert all(f"<!-- {result.name} -->\n\n{result.tables[0].caption}" in text for result in results)


@pytest.mark.parametrize("name", ORDER)
def test_every_benchmark_has_a_file_and_is_kept_or_named_as_missing(name):
    assert (ROOT / "benchmarks" / f"{name}.py").is_file()
    result = RESULTS / f"{name}.json"
    if not result.exists():  # the page must then say so
        assert "Not measured yet: " in PAGE.read_text(encoding="utf-8")
        assert f"`{name}`" in PAGE.read_text(encoding="utf-8")
        return
    document = json.loads(result.read_text(encoding="utf-8"))
    assert document["name"] == name
    assert re.fullmatch(r"\d+ cores, Python 3\.\d+\.\d+", document["machine"])
