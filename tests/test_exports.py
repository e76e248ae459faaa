"""The public names, frozen: a change here is a change for everyone who imports them."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import samegoods

PUBLIC = [
    "Campaign",
    "CampaignError",
    "CheckResult",
    "Code",
    "Comparison",
    "Difference",
    "Finding",
    "FootageError",
    "Judgement",
    "Needed",
    "Outcome",
    "Price",
    "Progress",
    "Reading",
    "SamegoodsError",
    "Showing",
    "Source",
    "TextLine",
    "Verdict",
    "__version__",
    "check",
    "compare",
    "read",
]


def test_the_public_names():
    assert sorted(samegoods.__all__) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there(name: str):
    assert name in dir(samegoods)
    assert getattr(samegoods, name).__doc__ if name != "__version__" else samegoods.__version__


def test_other_names_are_not():
    with pytest.raises(AttributeError, match="no attribute 'cheque'"):
        _ = samegoods.cheque


def test_the_version_is_that_of_the_package():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == samegoods.__version__


def test_importing_loads_nothing_heavy():
    code = "import sys, samegoods; print('numpy' in sys.modules or 'pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
