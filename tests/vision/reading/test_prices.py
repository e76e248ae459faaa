"""The grammar of prices: tiny cases, and what holds for all numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.vision.reading.prices import amounts, currency_in, decimal


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("12,90 €", [("12.90", "EUR")]),
        ("€12.90", [("12.90", "EUR")]),
        ("EUR 3,20", [("3.20", "EUR")]),
        ("£3.50", [("3.50", "GBP")]),
        ("12:90 kr", [("12.90", None)]),
        ("12.90kr", [("12.90", None)]),
        ("12:- ", [("12", None)]),
        ("1.299,00 €", [("1299.00", "EUR")]),
        ("1,299.00 €", [("1299.00", "EUR")]),
        ("1 299,00 kr", [("1299.00", None)]),
        ("US$ 4.99", [("4.99", "USD")]),
        ("$4.99", [("4.99", None)]),
        ("198円", [("198", "JPY")]),
        ("１９８円", [("198", "JPY")]),
        ("¥1,058", [("1058", "JPY")]),
        ("￥1,058", [("1058", "JPY")]),
        ("12,900원", [("12900", "KRW")]),
        ("₩12,900", [("12900", "KRW")]),
        ("250 ₽", [("250", "RUB")]),
        ("цена 250 руб.", [("250", "RUB")]),
        ("18元", [("18", "CNY")]),
        ("20% 1,50€", [("1.50", "EUR")]),
        ("2 € 3 €", [("2", "EUR"), ("3", "EUR")]),
    ],
)
def test_marked_amounts(line: str, expected: list[tuple[str, str | None]]):
    assert [(one.amount, one.currency) for one in amounts(line) if one.marked] == expected


@pytest.mark.parametrize(
    "line",
    [
        "500 g",
        "12食",
        "20袋入",
        "33 cl",
        "EAN 4006209700068",
        "12.05.2024",
        "12:30",
        "9/11",
        "20%",
        "2024年",
        "0,00 €",
        "AB 12C",
        "",
    ],
)
def test_what_is_no_price(line: str):
    assert [one for one in amounts(line) if one.marked] == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2,58 €/kg", ("2.58", "EUR", "kg")),
        ("25,80 kr/kg", ("25.80", None, "kg")),
        ("Jfr pris 39,80/kg", ("39.80", None, "kg")),
        ("1 kg = 2,58 €", ("2.58", "EUR", "kg")),
        ("100g当たり58円", ("58", "JPY", "100 g")),
        ("100g당 1,290원", ("1290", "KRW", "100 g")),
        ("£1.20 per 100 g", ("1.20", "GBP", "100 g")),
    ],
)
def test_prices_for_a_measure(line: str, expected: tuple[str, str | None, str]):
    (one,) = amounts(line)
    assert (one.amount, one.currency, one.unit) == expected


def test_both_prices_of_a_japanese_tag():
    inside, outside = amounts("本体198円（税込213.84円）")
    assert (inside.amount, inside.tax) == ("198", "excluded")
    assert (outside.amount, outside.tax, outside.currency) == ("213.84", "included", "JPY")


@pytest.mark.parametrize(("line", "marked"), [("129", False), ("12,90", False), ("12:90", False), ("税込 129", True)])
def test_a_bare_number_is_not_marked(line: str, marked: bool):
    (one,) = amounts(line)
    assert one.marked == marked


@pytest.mark.parametrize(
    ("text", "expected"),
    [("kr", (True, None)), ("円 税込", (True, "JPY")), ("Krone", (False, None)), ("x", (False, None))],
)
def test_signs_of_money(text: str, expected: tuple[bool, str | None]):
    assert currency_in(text) == expected


@given(st.integers(1, 999_999), st.integers(0, 99), st.sampled_from([(".", ","), (",", "."), (" ", ","), ("", ".")]))
def test_any_amount_is_read_as_it_is_printed(whole: int, cents: int, marks: tuple[str, str]):
    group, point = marks
    printed = f"{whole:,}".replace(",", group) + f"{point}{cents:02d}"
    assert decimal(printed) == f"{whole}.{cents:02d}"
    if whole or cents:
        (one,) = amounts(f"{printed} €")
        assert (one.amount, one.currency) == (f"{whole}.{cents:02d}", "EUR")


@given(st.integers(1, 9_999_999))
def test_won_and_yen_have_no_cents(whole: int):
    assert [one.amount for one in amounts(f"₩{whole:,}")] == [str(whole)]
    assert [one.amount for one in amounts(f"{whole:,}円")] == [str(whole)]


@given(st.text(max_size=40))
def test_no_text_is_too_odd(line: str):
    for one in amounts(line):
        assert one.amount.replace(".", "", 1).isdigit()
