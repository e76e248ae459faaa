"""No test signs with the user's own key, asks an authority that the user's environment names, or keeps what it
prepares among the user's things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import cv2
import faiss
import pytest
from hypothesis import settings

from fakes.objects import Service, running

# Few examples each time, others every time; many by --hypothesis-profile=thorough. No deadlines: the machine is busy.
settings.register_profile("quick", max_examples=30, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile("quick")


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


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tests run in as many processes as there are cores, or more, and OpenMP's threads spin where they get none: the
    tests of recognition, comparison and prepared references took 102 s of the processor with them, 78 s without."""
    cv2.setNumThreads(1)
    faiss.omp_set_num_threads(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL, one for all tests of a process."""
    from fakes.postgres import served

    with served() as address:
        yield address


@pytest.fixture(scope="session")
def objects() -> Iterator[Service]:
    """A service for objects, started for the first test that asks for it."""
    with running() as service:
        yield service


@pytest.fixture
def bucket(objects: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a new bucket in it, with all that it takes to reach it in the environment."""
    for name, value in objects.environment.items():
        monkeypatch.setenv(name, value)
    name = f"market-{uuid4().hex[:12]}"
    objects.client().create_bucket(Bucket=name)
    yield f"s3://{name}"
    objects.fail()
