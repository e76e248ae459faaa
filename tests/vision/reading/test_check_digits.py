"""Check digits, and one spelling for each number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.campaign.values import gtin_check_digit
from samegoods.vision.reading.check_digits import expanded, gtin, is_valid, one_spelling


@pytest.mark.parametrize(
    ("format", "text", "valid"),
    [
        ("ean_13", "4006209700068", True),
        ("ean_13", "4006209700067", False),
        ("ean_13", "400620970006", False),
        ("ean_13", "4006209700068 ", False),
        ("ean_13", "0000000000000", False),
        ("ean_13", "４００６２０９７０００６８", False),
        ("ean_8", "42191605", True),
        ("ean_8", "42191606", False),
        ("upc_a", "036000291452", True),
        ("upc_e", "04965802", True),
        ("upc_e", "04965803", False),
        ("upc_e", "34965802", False),
        ("itf_14", "15400141288763", True),
        ("itf_14", "15400141288764", False),
        ("qr_code", "anything", True),
        ("qr_code", "", False),
        ("code_128", "\r\n", False),
    ],
)
def test_only_right_check_digits_pass(format: str, text: str, valid: bool):
    assert is_valid(format, text) == valid


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("01234505", "012000003455"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234565", "012345000065"),
        ("11234562", "112345000062"),
        ("21234562", None),
    ],
)
def test_upc_e_stands_for_a_upc_a(short: str, whole: str | None):
    assert expanded(short) == whole


@given(st.integers(0, 1), st.integers(0, 999_999))
def test_upc_e_expands_to_twelve_digits_with_its_own_check_digit(system: int, body: int):
    whole = expanded(f"{system}{body:06d}0")
    assert whole is not None
    assert len(whole) == 12
    digit = gtin_check_digit(whole[:-1])
    assert is_valid("upc_e", f"{system}{body:06d}{digit}") == (system + body + digit > 0)


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(body: str, place: int, off: int):
    """What the weights 3 and 1 are for: both are prime to ten."""
    right = f"{body}{gtin_check_digit(body)}"
    wrong = right[:place] + str((int(right[place]) + off) % 10) + right[place + 1 :]
    assert not is_valid("ean_13", wrong)


def test_an_ean_13_that_begins_with_zero_is_a_upc_a():
    assert one_spelling("ean_13", "0036000291452") == ("upc_a", "036000291452")
    assert one_spelling("upc_a", "0036000291452") == ("upc_a", "036000291452")
    assert one_spelling("ean_13", "4006209700068") == ("ean_13", "4006209700068")


def test_formats_of_one_number_meet_in_its_gtin():
    assert gtin("upc_e", "04965802") == gtin("upc_a", expanded("04965802") or "")
    assert gtin("ean_13", "4006209700068") == "04006209700068"
    assert gtin("qr_code", "4006209700068") is None
