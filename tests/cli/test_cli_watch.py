"""``samegoods watch``: what it asks for, prints and logs. The work behind it is faked."""

from __future__ import annotations

import json
import logging
import math
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from samegoods.cli import main
from samegoods.records import Examined, Outcome, Source
from samegoods.wiring import watching
from samegoods.wiring.turning import Turned


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["watch", "july.yaml", *words], prog_name="samegoods")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict:
    """How the watch was asked for; it hears of one source and one finding, and ends."""
    how: dict = {}

    def fake(campaign, sources, case, **options):
        how.update(options, campaign=campaign, sources=sources, case=case)
        start = datetime(2026, 7, 14, 9, 5, tzinfo=UTC)
        source = Source("s", "rtsp://10.0.0.7/stall", "0", "stream", "songsin", start, "clock")
        options["hearers"].source(Examined(source, Outcome("partial", "nothing came for 3 s", 300.0)))
        options["hearers"].turned(Turned(SimpleNamespace(product="tea", site="songsin"), "same", "cannot_tell"))
        logging.getLogger("samegoods.wiring").info("a line", extra={"source": source.path})
        return Path(case) / "report.html"

    monkeypatch.setattr(watching, "watch", fake)
    return how


def test_sources_and_findings_are_a_line_each(asked: dict):
    done = run("rtsp://10.0.0.7/stall", "in", "-o", "case", "--site", "songsin")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "songsin 2026-07-14T09:05:00Z rtsp://10.0.0.7/stall: partial: nothing came for 3 s: 0 packs",
        "tea at songsin: same, and now cannot tell",
        f"report: {Path('case') / 'report.html'}",
    ]
    assert (asked["sources"], asked["site"]) == (("rtsp://10.0.0.7/stall", "in"), "songsin")
    assert asked["pace"] == watching.Pace(300.0, 10.0, 300.0, math.inf)
    assert (asked["hearers"].alerts, asked["hearers"].metrics) == (None, None)


def test_pictures_lie_where_it_is_asked(asked: dict):
    run("in", "-o", "case", "--evidence", "s3://market")
    assert asked["evidence"] == "s3://market"


def test_the_pace_is_as_asked(asked: dict):
    run("in", "-o", "case", "--length", "60", "--every", "2", "--refresh", "0", "--for", "90")
    assert asked["pace"] == watching.Pace(60.0, 2.0, 0.0, 90.0)


def test_the_log_is_json_on_the_standard_error(asked: dict):
    pytest.importorskip("pythonjsonlogger", reason="needs the extra samegoods[watch]")
    done = run("in", "-o", "case", "--log", "json", "-q")
    (line,) = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"message": "a line", "level": "INFO", "source": "rtsp://10.0.0.7/stall"}.items() <= line.items()
    assert datetime.fromisoformat(line["at"]).utcoffset() is not None
    assert logging.getLogger("samegoods").handlers == []


def test_metrics_are_served_where_they_are_asked_for(asked: dict):
    pytest.importorskip("prometheus_client", reason="needs the extra samegoods[watch]")
    done = run("in", "-o", "case", "--metrics", "0")
    assert "metrics: http://127.0.0.1:" in done.stderr
    assert asked["hearers"].metrics is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("in",), "Missing option '-o'"),
        (("-o", "case"), "Missing argument 'SOURCES...'"),
        (("in", "-o", "case", "--webhook", "https://a/b"), "go together"),
        (("in", "-o", "case", "--length", "0"), "--length"),
        (("in", "-o", "case", "--log", "xml"), "--log"),
    ],
)
def test_wrong_use_is_refused(words: tuple[str, ...], said: str):
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.stderr
