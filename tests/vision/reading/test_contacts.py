"""What tells how to reach a person, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.vision.reading.contacts import is_contact


@pytest.mark.parametrize(
    "line",
    [
        "Kim 010-1234-5678",
        "010 1234 5678",
        "+49 (0)30 901820",
        "+82-2-312-3456",
        "tel 65432",
        "Tel: 030/901820",
        "ask for Jana 0151 23456789",
        "전화 02-312-3456",
        "тел. 8 (495) 123-45-67",
        "☎ 123 456",
        "０１０－１２３４－５６７８",
        "jana@example.org",
        "jana @example",
        "5551234",
    ],
)
def test_numbers_and_addresses_are_seen(line: str):
    assert is_contact(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Camprodon biscuits",
        "300 g e",
        "best before 12.05.2026",
        "2026-05-12",
        "20260512",
        "31/12/26",
        "8410000000009",
        "8 410000 000009",
        "LOT 1234",
        "1 299,00 kr",
        "12,90 € / kg",
        "Energy 2104 kJ / 503 kcal",
        "telegraph 1900",
        "100 % cotton",
        "E 330, E 331, E 332",
    ],
)
def test_what_packs_print_is_none(line: str):
    assert not is_contact(line)


@given(
    st.lists(st.integers(0, 9999), min_size=3, max_size=3),
    st.sampled_from([" ", "-", ".", "/", " - "]),
    st.sampled_from(["", "Kim ", "call "]),
)
def test_three_groups_with_a_country_are_a_number_however_they_are_parted(groups, mark, before):
    assert is_contact(f"{before}+82{mark}{mark.join(f'{one:04d}' for one in groups)}")


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str):
    assert is_contact(text) in (True, False)
