"""Whatever a campaign file holds, it is a campaign or a CampaignError, and nothing else."""

from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.campaigns import GOOD, written
from samegoods.campaign import Campaign, load
from samegoods.errors import CampaignError

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates()
_KEYS = st.sampled_from(["samegoods", "campaign", "order", "sites", "products", "id", "versions", "export"])
_TREES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | _LEAVES, inner, max_size=4)
)


def survives(folder: Path, raw: bytes) -> None:
    file = folder / "fuzz.yaml"
    file.write_bytes(raw)
    result = outcome(file)
    if isinstance(result, Campaign):
        return
    assert result.problems
    assert all(line >= 1 and key and message for line, key, message in result.problems)
    lines = [line for line, _, _ in result.problems]
    assert lines == sorted(lines)


def outcome(file: Path) -> Campaign | CampaignError:
    try:
        return load(file)
    except CampaignError as error:
        return error


_FUZZ = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@_FUZZ
@given(tree=_TREES)
def test_any_tree_is_a_campaign_or_a_campaign_error(tmp_path: Path, tree: object):
    survives(tmp_path, yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass"))


@_FUZZ
@given(raw=st.binary(max_size=60) | st.text("ab:-[]{}&*!|>'\"#%@`?,\n\t 01~", max_size=60).map(str.encode))
def test_any_bytes_are_a_campaign_or_a_campaign_error(tmp_path: Path, raw: bytes):
    survives(tmp_path, raw)


@_FUZZ
@given(at=st.integers(0, len(GOOD)), cut=st.integers(0, 12), put=st.text(max_size=6))
def test_a_campaign_with_a_slip_is_a_campaign_or_a_campaign_error(tmp_path: Path, at: int, cut: int, put: str):
    written(tmp_path)
    survives(tmp_path, (GOOD[:at] + put + GOOD[at + cut :]).encode("utf-8", "surrogatepass"))
