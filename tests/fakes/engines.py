"""A Ray cluster on this machine, for the tests that need one."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest


def started_ray() -> Iterator[None]:
    """Two cores of Ray, started once for a module: it takes seven seconds and more. Engines use it, and leave it."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS_SKIP_REGEX": "."}
    ray = pytest.importorskip("ray", reason="ray is not installed: pip install 'samegoods[ray]'")
    folder = tempfile.mkdtemp(prefix="samegoods-ray-")
    ray.init(
        address="local",
        num_cpus=2,
        include_dashboard=False,
        object_store_memory=128 << 20,
        log_to_driver=False,
        logging_level=logging.ERROR,
        _temp_dir=folder,
    )
    yield
    ray.shutdown()
    shutil.rmtree(folder, ignore_errors=True)
