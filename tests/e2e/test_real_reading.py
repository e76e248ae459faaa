"""Real pictures of codes and shelves: a sample of what the benchmark measures whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import samegoods
from samegoods.edges.media import load_picture
from samegoods.edges.readers import OpencvReader, RapidocrReader, ZxingReader, ready
from samegoods.stages.read import read

pytestmark = pytest.mark.slow

DATA = Path(os.environ.get("SAMEGOODS_DATA", Path(__file__).parents[3] / "shared" / "data"))
CODES = {
    "quagga2/ean/image-001.jpg": "3574660239843",
    "quagga2/upc/image-006.jpg": "882428015046",
    "quagga2/upc_e/image-005.jpg": "05096893",
    "zxing-cpp/ean13-4/10.webp": "9780441014989",
}
WITHOUT = ["zxing-cpp/falsepositives-2/15.webp", "zxing-cpp/upca-4/6.webp"]
"""The last one shows a code that is stretched so that both readers take it for others, and for the same ones."""


def there(*names: str) -> list[Path]:
    paths = [DATA / name for name in names]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        pytest.skip(f"set SAMEGOODS_DATA to the folder of real footage; not there: {', '.join(missing)}")
    return paths


def codes(path: Path) -> list[str]:
    """Those of a picture; its lines of text take most of the time, and are not asked for here."""
    return [code.text for code in read(load_picture(path), ready([ZxingReader(), OpencvReader()])).codes]


def test_codes_of_real_pictures():
    found = [codes(path) for path in there(*(f"barcodes/{name}" for name in CODES))]
    assert found == [[text] for text in CODES.values()]


def test_none_where_there_is_none_or_it_cannot_be_told():
    assert [codes(path) for path in there(*(f"barcodes/{name}" for name in WITHOUT))] == [[]] * len(WITHOUT)


def test_the_prices_of_a_shelf():
    (path,) = there("shelves_jp/20240913_161240_1108_1.jpg")
    if not RapidocrReader().state().available:
        pytest.skip(f"rapidocr is not installed: {RapidocrReader().state().detail}")
    (reading,) = samegoods.read([path])
    amounts = sorted(price.amount for price in reading.prices)
    assert amounts == ["129", "179", "179", "299", "299", "399", "399", "399", "399", "499", "579", "99"]
