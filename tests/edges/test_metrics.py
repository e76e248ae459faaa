"""Figures for Prometheus: what is counted, and served on this machine alone."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from samegoods.edges.metrics import Metrics
from samegoods.errors import WatchError
from samegoods.records import Gap, Health, Outcome

parser = pytest.importorskip("prometheus_client.parser", reason="metrics need the extra samegoods[watch]")
CAMERA = "rtsp://10.0.0.7/stall"


def read(metrics: Metrics) -> dict[str, float]:
    """What is served, by name and the labels but that of the source."""
    with metrics.served(0) as port, urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        families = parser.text_string_to_metric_families(answer.read().decode())
    found = {}
    for sample in (one for family in families for one in family.samples):
        labels = [value for name, value in sorted(sample.labels.items()) if name != "source"]
        found["/".join([sample.name, *labels])] = sample.value
    return found


def test_what_a_stream_came_to_is_added_up():
    metrics = Metrics()
    gaps = (Gap(0, 2.5, "lost"), Gap(7, 8, "lost"))
    health = Health(250, 40, 3, 10_000, gaps, black_s=4.0, frozen_s=31.0)
    metrics.received(CAMERA, Outcome("partial"), health, turned=1)
    metrics.received(CAMERA, Outcome("ok"), Health(250, 40, 0, 10_000), turned=0)
    metrics.examined("uploads", Outcome("failed"))
    found = read(metrics)
    told = {
        "stretches_total/ok": 1,
        "stretches_total/partial": 1,
        "files_total/failed": 1,
        "frames_total": 500,
        "frames_passed_over_total": 3,
        "received_bytes_total": 20_000,
        "gaps_total": 2,
        "gap_seconds_total": 3.5,
        "black_seconds_total": 4,
        "frozen_seconds_total": 31,
        "turned_total": 1,
    }
    assert {name: found[f"samegoods_{name}"] for name in told} == told
    assert found["samegoods_done_timestamp_seconds"] > 1e9


def test_a_port_that_is_taken_is_refused_with_a_remedy():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WatchError, match="another port"), Metrics().served(port):
            pass
