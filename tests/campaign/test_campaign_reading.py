"""The campaign file: what is right is read, and keeps its promises."""

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fakes.campaigns import GOOD, written
from samegoods.campaign import (
    Campaign,
    Order,
    Price,
    Product,
    ReferenceSpec,
    Site,
    Version,
    json_schema,
    load,
    skeleton,
)
from samegoods.campaign.values import gtin_check_digit
from samegoods.errors import BadReference, CampaignError, FootageError


def test_a_campaign_is_read_to_its_last_key(tmp_path: Path):
    campaign = load(written(tmp_path))
    assert campaign.campaign == "july-order"
    assert campaign.order.in_force == date(2026, 7, 1)
    assert campaign.order.requires == ("packaging", "quality")
    assert campaign.order.exempt[0].reason == "sold loose by the grower"
    assert campaign.site("songsin").timezone == ZoneInfo("Asia/Pyongyang")
    export = campaign.product("camprodon").versions["export"]
    assert export.gtin == ("8410000000009",)
    assert export.price == Price(amount=Decimal("3.2"), currency="EUR")
    (reference,) = export.references
    assert (reference.face, reference.width_mm, reference.corners) == ("top", 220.0, None)
    assert reference.image == (tmp_path / "references" / "top.png").resolve()


def test_a_file_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(CampaignError, match=r"nowhere\.yaml:1: \(file\): cannot be read: No such file"):
        load(tmp_path / "nowhere.yaml")
    with pytest.raises(CampaignError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_other_encodings_than_utf_8_are_told(tmp_path: Path):
    file = written(tmp_path)
    file.write_bytes(GOOD.replace("Songsin", "Sŏngsin").encode("utf-16"))
    with pytest.raises(CampaignError, match="save it as UTF-8"):
        load(file)
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("Songsin", "Sŏngsin").encode())
    assert load(file).site("songsin").name == "Sŏngsin Market"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-01 ", date(2026, 7, 1)),
        ("'2026-07-01' ", date(2026, 7, 1)),
        ("2026-07-01T00:00:00Z ", datetime(2026, 7, 1, tzinfo=UTC)),
        ("'2026-07-01T09:00+09:00' ", datetime(2026, 7, 1, 9, tzinfo=timezone(timedelta(hours=9)))),
    ],
)
def test_the_order_is_in_force_from_a_date_or_an_aware_time(tmp_path: Path, text: str, expected: date):
    assert load(written(tmp_path, GOOD.replace("2026-07-01 ", text))).order.in_force == expected


@pytest.mark.parametrize("empty", ["domestic:\n", "domestic: {}\n", "domestic: {references: []}\n"])
def test_a_version_may_be_listed_with_no_reference_yet(tmp_path: Path, empty: str):
    text = GOOD[: GOOD.index("domestic:")] + empty
    assert load(written(tmp_path, text)).product("camprodon").versions["domestic"] == Version()


def test_a_category_that_the_order_does_not_name_is_out_of_scope_and_no_error(tmp_path: Path):
    campaign = load(written(tmp_path, GOOD.replace("category: confectionery", "category: toys")))
    assert campaign.product("camprodon").category == "toys"


def test_who_asks_for_what_is_not_listed(tmp_path: Path):
    campaign = load(written(tmp_path))
    with pytest.raises(FootageError, match="no site 'north'; it lists songsin"):
        campaign.site("north")
    with pytest.raises(KeyError):
        campaign.product("tea")


def test_the_digest_follows_content_and_pictures_and_nothing_else(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
):
    file = written(tmp_path)
    before = load(file).digest
    assert load(written(tmp_path, "# a comment\n" + GOOD)).digest == before
    assert load(written(tmp_path, GOOD.replace("july", "june"))).digest != before

    moved = tmp_path_factory.mktemp("moved")
    tmp_path.rename(moved / "there")
    file = moved / "there" / "campaign.yaml"
    file.write_text(GOOD)
    assert load(file).digest == before

    (moved / "there" / "references" / "top.png").write_bytes(b"another top")
    assert load(file).digest != before


def test_the_digest_of_a_picture_that_is_gone_says_so(tmp_path: Path):
    campaign = load(written(tmp_path))
    (tmp_path / "references" / "top.png").unlink()
    with pytest.raises(BadReference, match=r"top\.png: No such file"):
        _ = campaign.digest


def test_a_campaign_can_be_sent_to_a_worker(tmp_path: Path):
    campaign = load(written(tmp_path))
    assert pickle.loads(pickle.dumps(campaign)) == campaign


def test_a_campaign_made_by_hand_is_held_to_the_same():
    site = Site(id="a", name="A", timezone=ZoneInfo("UTC"), notice="at the gate")
    order = Order(title="t", in_force=date(2026, 7, 1), requires=("quality",))
    reference = ReferenceSpec(image=Path("top.png"), face="top")
    good = Product(id="p", name="P", category="c", versions={"export": Version(references=(reference,))})
    parts = {"samegoods": 1, "campaign": "x", "order": order, "sites": (site,)}
    assert Campaign(**parts, products=(good,)).product("p") == good
    with pytest.raises(ValidationError, match="taken by an earlier one"):
        Campaign(**parts, products=(good, good))
    with pytest.raises(ValidationError, match="frozen"):
        good.name = "Q"


@pytest.mark.parametrize(
    ("gtin", "digit"), [("8410000000009", 9), ("036000291452", 2), ("96385074", 4), ("10614141543219", 9)]
)
def test_check_digits(gtin: str, digit: int):
    assert gtin_check_digit(gtin[:-1]) == digit


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 12), st.integers(1, 9))
def test_a_check_digit_shows_any_single_wrong_digit(body: str, at: int, by: int):
    other = body[:at] + str((int(body[at]) + by) % 10) + body[at + 1 :]
    assert gtin_check_digit(other) != gtin_check_digit(body)


def test_the_schema_takes_what_load_takes():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    plain = yaml.load(GOOD, Loader=yaml.BaseLoader)
    plain["samegoods"] = 1
    reference = plain["products"][0]["versions"]["export"]["references"][0]
    reference["width_mm"] = 220
    jsonschema.validate(plain, schema)
    reference["widht_mm"] = 1
    with pytest.raises(jsonschema.ValidationError, match="widht_mm"):
        jsonschema.validate(plain, schema)


def test_the_skeleton_wants_only_its_notice_and_its_picture(tmp_path: Path):
    text = skeleton()
    with pytest.raises(CampaignError) as caught:
        load(written(tmp_path, text))
    assert [key for _, key, _ in caught.value.problems] == [
        "sites[0].notice",
        "products[0].versions.export.references[0].image",
    ]
    text = text.replace("TODO: where the public is told of the filming", "at both gates")
    picture = tmp_path / "references" / "example-biscuits-export-front.png"
    picture.write_bytes(b"a picture")
    assert load(written(tmp_path, text)).campaign == "my-campaign"
    uncommented = text.replace("  # categories:", "  categories:").replace("  # exempt:\n  #", "  exempt:\n   ")
    uncommented = uncommented.replace("# gtin:", "gtin:").replace("# price:", "price:")
    uncommented = uncommented.replace("# width_mm:", "width_mm:").replace("# corners:", "corners:")
    uncommented = uncommented.replace("# public_notice:", "public_notice:").replace("\n#   ", "\n  ")
    whole = load(written(tmp_path, uncommented.replace("# retention_days:", "retention_days:")))
    assert whole.order.exempt
    assert whole.retention_days == 180
    assert whole.public_notice is not None
    assert whole.public_notice.operator == "Who films"
    assert list(whole.public_notice.languages) == ["ko"]
