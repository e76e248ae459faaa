"""Words and numbers compared as text: what is missing, changed or added, and what declares contents.

Readers confuse letters that look alike, the more so the softer the picture; so two spellings are held to be one line
unless they are further apart than such slips put them (an edit distance with dear and cheap substitutions, after
V. Levenshtein 1966 and R. Wagner & M. Fischer 1974). A digit is never a slip for another digit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from samegoods.records import TextLine

FAR = 1.5
"""The distance from which two spellings are two texts: more than one clear letter, or a digit and a slip."""
_SLIP = 0.35
_ALIKE = (
    *("aeocsg", "il1jtfr!|", "o0dqc", "5s", "8b3", "6bg", "2z", "uvnwyh", "mnrw", "hbkl"),
    *("ceg", "xk", "pn", "ft", "yg", ".,:;'-", "vy"),
)
_DIGIT = 1.5
"""One digit for another: the weight is another."""

_UNITS = (
    r"(?:kg|g|mg|µg|ug|ml|cl|dl|l|lt|oz|lb|lbs|fl\s?oz|kj|kcal|cal|caps|pcs|%"
    r"|г|кг|мл|л|ккал|그램|킬로그램|리터|克|公斤|毫升|グラム)"
)
_QUANTITY = re.compile(rf"(?<![\w.,])\d+(?:[.,]\d+)?\s?{_UNITS}(?:\s?[e℮])?(?!\w)", re.IGNORECASE)
_INGREDIENTS = re.compile(
    r"ingr[eé]dient|zutaten|ingrediënten|ingrediens|sk[lł]adniki|složení|zlo[zž]en|összetev|ainesosa|sestavine|sastojci"
    r"|состав|съставки|склад|원재료|성분|原材料|配料|成分",
    re.IGNORECASE,
)
_DECLARES = re.compile(
    r"\bnet\b|netto|\bpoids\b|\bpeso\b|нетто|масса|내용량|중량|内容量|净含量|energy|energie|énergie|brennwert|protein"
    r"|eiwei[sß]|grasas|\bfett?\b|\bfat\b|\bsugars?\b|zucker|\bsalt\b|\bsalz\b|\bsel\b|carbohydrat|kohlenhydrat|열량"
    r"|나트륨|탄수화물|단백질|지방|熱量|脂質|食塩|エネルギー|калори|белк|жир",
    re.IGNORECASE,
)
_LIST_REACH = 1.9
"""How far below each other, in heights, the lines of a list of ingredients stand."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a line's words, each as it is printed."""

    missing: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def letters(self) -> int:
        """How many letters and digits are concerned, on the side that has more of them."""
        return max(sum(c.isalnum() for c in " ".join(side)) for side in (self.missing, self.added))


def folded(text: str) -> str:
    """A text without what readers add or lose at random: spaces, case, accents, most signs."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    kept = unicodedata.normalize("NFC", kept)  # Hangul falls apart into its letters, and is put together again
    kept = re.sub(r"(?<=\d)[,:](?=\d)", ".", kept)
    return re.sub(r"(?<!\d)\.|\.(?!\d)|[^\w.%]|_", "", kept)


def distance(one: str, other: str) -> float:
    """How far two texts are apart, in letters; what readers confuse counts ``_SLIP``, a digit for a digit 1.5."""
    a, b = folded(one), folded(other)
    row = np.arange(len(b) + 1, dtype=float)
    for i, letter in enumerate(a, 1):
        before, row = row, np.empty_like(row)
        row[0] = i
        for j, against in enumerate(b, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + _cost(letter, against))
    return float(row[-1])


def _cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one.isdigit() and other.isdigit():
        return _DIGIT
    return _SLIP if any(one in group and other in group for group in _ALIKE) else 1.0


def is_other(due: str, text: str) -> bool:
    """Whether a text is another one, and not the due one misread.

    Words are long: in a line of many letters more slips come together, so the limit grows with the square root.
    """
    limit = FAR * max(1.0, float(np.sqrt(len(folded(due)) / 12)))
    if numbers(due) != numbers(text) and distance(due, text) >= _DIGIT:
        return True
    return distance(due, text) >= limit


def numbers(text: str) -> tuple[str, ...]:
    """The numbers of a text in their order, as printed but for the decimal sign."""
    plain = re.sub(r"(?<=\d),(?=\d)", ".", unicodedata.normalize("NFKC", text))
    return tuple(re.findall(r"\d+(?:\.\d+)?", plain))


def change(due: str, text: str) -> Change:
    """The words that are missing and those that were added; words that only seem to differ count as the same."""
    before, after = due.split(), text.split()
    matcher = SequenceMatcher(None, [folded(w) for w in before], [folded(w) for w in after], autojunk=False)
    missing: list[str] = []
    added: list[str] = []
    for what, i0, i1, j0, j1 in matcher.get_opcodes():
        gone, come = " ".join(before[i0:i1]), " ".join(after[j0:j1])
        if what == "equal" or (gone and come and not is_other(gone, come)):
            continue
        missing += before[i0:i1]
        added += after[j0:j1]
    return Change(tuple(missing), tuple(added))


def declares(text: str) -> bool:
    """Whether a line states contents: a weight or volume, a share, ingredients or nutrition."""
    return any(pattern.search(text) for pattern in (_QUANTITY, _INGREDIENTS, _DECLARES))


def declared(lines: Sequence[TextLine]) -> tuple[bool, ...]:
    """For each line of a face, from top to bottom, whether it states contents.

    A list of ingredients goes on below the line that names it, as long as lines follow each other closely.
    """
    found: list[bool] = []
    boxes = [(line.quad.min(axis=0), line.quad.max(axis=0)) for line in lines]
    listed: set[int] = set()
    for i, line in enumerate(lines):
        (left, top), (right, bottom) = boxes[i]
        height = max(1.0, float(bottom - top))
        begins = bool(_INGREDIENTS.search(line.text))
        above = (
            j
            for j in listed
            if abs(float(boxes[j][0][1]) - float(top)) < _LIST_REACH * height
            and float(boxes[j][0][0]) < float(right)
            and float(boxes[j][1][0]) > float(left)
        )
        if begins or next(above, None) is not None:
            listed.add(i)
        found.append(i in listed or declares(line.text))
    return tuple(found)
