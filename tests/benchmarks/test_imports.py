"""Every benchmark still finds what it measures: most are run seldom, and names move on without them."""

from importlib import import_module
from pathlib import Path

import pytest

import pages

PEERS = {"deface"}
NAMES = sorted(file.stem for file in Path(pages.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_can_be_imported(name):
    try:
        assert import_module(name).__doc__
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in PEERS:
            raise
        pytest.skip(f"{error.name} is installed by the benchmarks alone")


def test_every_benchmark_of_the_page_is_there():
    assert set(pages.ORDER) <= set(NAMES)
