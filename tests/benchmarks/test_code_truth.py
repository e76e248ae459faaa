"""The truth about the pictures of codes, as the benchmark takes it from their sets."""

from pathlib import Path

import pytest

from code_truth import is_right, pictures
from shelf_tags import TAGS


@pytest.mark.parametrize(
    ("format", "text", "content", "right"),
    [
        ("ean_13", "4006209700068", "4006209700068", True),
        ("upc_a", "036000291452", "036000291452", True),
        ("upc_a", "036000291452", "0036000291452", True),
        ("ean_13", "4198716008901", "419871600890101", True),
        ("ean_13", "9780544668256", "978054466825652495", True),
        ("upc_e", "04965802", "04965802", True),
        ("upc_e", "04965802", "04965803", False),
        ("ean_8", "42191605", "42191605", True),
        ("ean_13", "4006209700068", "4006209700075", False),
        ("ean_13", "4006209700068", None, False),
        ("qr_code", "a\r\nb\r\n", "a\nb", True),
        ("qr_code", "a", "b", False),
    ],
)
def test_right_and_wrong(format: str, text: str, content: str | None, right: bool):
    assert is_right(format, text, content) == right


def test_the_sets_are_read_as_they_lie(tmp_path: Path):
    for name in ("q/ean/1.jpg", "q/ean/2.jpg", "z/ean13-1/a.webp", "z/ean13-1/b.webp", "z/falsepositives-1/n.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "q/expected").mkdir()
    (tmp_path / "q/expected/ean.spec.ts").write_text("{ 'name': '1.jpg', 'result': '123', format: 'ean_13' },")
    (tmp_path / "z/ean13-1/a.txt").write_text("456\n")
    found = [(one.set, one.path.name, one.half, one.content) for one in pictures(tmp_path)]
    assert found == [
        ("q/ean", "1.jpg", "odd", "123"),
        ("z/ean13-1", "a.webp", "odd", "456"),
        ("z/falsepositives-1", "n.png", "odd", None),
    ]


def test_the_tags_lie_in_their_pictures():
    for tags in TAGS.values():
        assert all(0 <= x < 1920 and 0 <= y < 1080 for x, y, _ in tags)
        assert all(amount is None or amount.isdigit() for *_, amount in tags)
