"""What the pictures of codes say, as their sets tell it; corrected where the digits in print say otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from samegoods.records import CodeFormat
from samegoods.vision.reading.check_digits import gtin

AS_PRINTED = {
    "quagga2/ean_extended/image-006.jpg": "4190566906901",
    "zxing-cpp/ean13-2/23.webp": "9784872348880",
    "zxing-cpp/ean13-2/28.webp": "9784872348880",
}
"""Pictures whose set tells another number than the digits under the bars do, read by eye."""
_NAMED = re.compile(r"""['"]name['"]: ['"]([^'"]+)['"],\s*['"]result['"]: ['"](\d+)['"]""")
_PICTURES = {".jpg", ".png", ".webp"}


@dataclass(frozen=True, slots=True)
class Pictured:
    """One picture: its path, its set, its half (odd or even in the set's order) and its content; None for no code."""

    path: Path
    set: str
    half: str
    content: str | None


def pictures(folder: Path) -> list[Pictured]:
    """All pictures whose content is known as text, set by set."""
    found: list[Pictured] = []
    for place in sorted(path for path in folder.glob("*/*") if path.is_dir() and path.name != "expected"):
        told = _told(folder, place)
        halves = ("odd", "even")
        name = f"{place.parent.name}/{place.name}"
        found += [Pictured(path, name, halves[k % 2], content) for k, (path, content) in enumerate(told)]
    return found


def _told(folder: Path, place: Path) -> list[tuple[Path, str | None]]:
    spec = folder / place.parent.name / "expected" / f"{place.name}.spec.ts"
    named = dict(_NAMED.findall(spec.read_text(encoding="utf-8"))) if spec.exists() else {}
    found: list[tuple[Path, str | None]] = []
    for path in sorted(path for path in place.iterdir() if path.suffix in _PICTURES):
        key, text = path.relative_to(folder).as_posix(), path.with_suffix(".txt")
        if place.name.startswith("falsepositives"):
            found.append((path, None))
        elif key in AS_PRINTED:
            found.append((path, AS_PRINTED[key]))
        elif path.name in named:
            found.append((path, named[path.name]))
        elif text.exists():
            found.append((path, text.read_text(encoding="utf-8").strip()))
    return found


def is_right(format: CodeFormat, text: str, content: str | None) -> bool:
    """Whether a code read is the one in the picture. Supplements of two and five digits are left out on both sides."""
    if content is None:
        return False
    number = gtin(format, text)
    if number is None:
        return text.split() == content.split()  # the sets keep other line ends than their codes do
    main = content[:13] if len(content) in (15, 18) else content
    return text == main if len(main) == 8 else number == main.zfill(14)
