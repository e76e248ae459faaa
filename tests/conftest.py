"""No test signs with the user's own key, asks an authority that the user's environment names, or keeps what it
prepares among the user's things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for settings that is the tests' own, and theirs that run as processes."""
    folder = tmp_path_factory.mktemp("settings")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("SAMEGOODS_SIGNING_KEY", raising=False)
        patch.delenv("SAMEGOODS_TIMESTAMP_URL", raising=False)
        yield folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL, one for all tests of a process."""
    from fakes.postgres import served

    with served() as address:
        yield address
