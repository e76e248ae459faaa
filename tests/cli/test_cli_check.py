"""``samegoods check``: what it asks for, prints and ends with. The work behind it is faked."""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.campaigns import written
from samegoods import wiring
from samegoods.cli import main
from samegoods.errors import CaseError, MissingPart
from samegoods.records import Finding, Outcome, Source


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="samegoods")


def source(path: str, **other: object) -> Source:
    known = {"sha256": "0", "kind": "video", "site": "songsin", "captured_at": None, "captured_from": None}
    return Source(id=path, path=path, **(known | other))


def finding(**other: object) -> Finding:
    counted = {"same": 2, "different": 1, "cannot_tell": 1, "items": 4}
    shares = {"share_different": 1 / 3, "low": 0.0608, "high": 0.7923, "method": "wilson"}
    bounds = {"share_if_all_same": 0.25, "share_if_all_different": 0.5, "axes": ()}
    place = {"product": "camprodon", "site": "songsin", "in_scope": True, "rule": "the order"}
    return Finding(**(counted | shares | bounds | place | other))


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A check that does nothing but note how it was asked; its result can be set."""

    class Checked:
        asked: dict
        result = wiring.CheckResult(
            case=tmp_path,
            report=tmp_path / "report.html",
            findings=(finding(),),
            items=(),
            sources=((source("a.mp4"), Outcome("ok")),),
            skipped=0,
        )

        def __call__(self, campaign, footage, case, **options):
            self.asked = {"campaign": campaign, "footage": footage, "case": case, **options}
            return self.result

    (tmp_path / "findings.json").write_text('{"schema": "samegoods/findings/1"}\n')
    fake = Checked()
    monkeypatch.setattr(wiring, "check", fake)
    return fake


def with_outcomes(result: wiring.CheckResult, *outcomes: Outcome) -> wiring.CheckResult:
    sources = tuple((source(f"{i}.mp4"), outcome) for i, outcome in enumerate(outcomes))
    return wiring.CheckResult(result.case, result.report, result.findings, (), sources, 1)


def test_check_passes_on_what_it_was_asked(checked, tmp_path: Path):
    result = run(
        *("check", "c.yaml", "a.mp4", "b/", "-o", tmp_path, "--site", "north", "--workers", "3"),
        *("--captured-at", "2026-07-14T09:30+09:00", "--evidence", "s3://market"),
    )
    assert result.exit_code == 0, result.output
    progress = checked.asked.pop("progress")
    assert progress is None
    assert checked.asked == {
        "campaign": Path("c.yaml"),
        "footage": ("a.mp4", "b/"),
        "case": tmp_path,
        "site": "north",
        "captured_at": datetime.fromisoformat("2026-07-14T09:30+09:00"),
        "engine": "local",
        "workers": 3,
        "ray_address": None,
        "anonymous_sources": False,
        "signing_key": None,
        "stamp": None,
        "references_from": (),
        "evidence": "s3://market",
    }


def test_check_prints_counts_share_and_interval_and_where_the_report_is(checked, tmp_path: Path):
    result = run("check", "c.yaml", "a.mp4", "-o", tmp_path)
    head, row, report = result.stdout.splitlines()
    assert head.split() == ["product", "site", "items", "same", "different", "cannot", "tell", "share", "different"]
    assert row.split() == ["camprodon", "songsin", "4", "2", "1", "1", "33%", "(6%", "to", "79%)"]
    assert report == f"report: {tmp_path / 'report.html'}"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"share_different": None, "low": None, "high": None, "items": 1, "cannot_tell": 1}, "unknown"),
        ({"in_scope": False, "rule": "exempt: sold loose"}, "not judged: exempt: sold loose"),
        ({"not_judged": (("before the order", 3),)}, "camprodon at songsin: 3 not judged: before the order"),
    ],
)
def test_check_never_shows_a_share_that_is_none(checked, tmp_path: Path, other: dict, said: str):
    checked.result = wiring.CheckResult(tmp_path, tmp_path / "r", (finding(**other),), (), (), 0)
    assert said in run("check", "c.yaml", "a.mp4", "-o", tmp_path).stdout


def test_check_says_where_nothing_was_seen(checked, tmp_path: Path):
    checked.result = wiring.CheckResult(tmp_path, tmp_path / "r", (), (), (), 0)
    assert "none of the campaign's goods were seen" in run("check", "c.yaml", "a", "-o", tmp_path).stdout


def test_check_ends_with_4_and_names_what_could_not_be_read(checked, tmp_path: Path):
    outcomes = (Outcome("ok"), Outcome("partial", "cut at 3.2 s"), Outcome("failed", "no video in it"))
    checked.result = with_outcomes(checked.result, *outcomes)
    result = run("check", "c.yaml", "a", "-o", tmp_path)
    assert result.exit_code == 4
    assert result.stderr.splitlines()[-2:] == ["partial: 1.mp4: cut at 3.2 s", "failed: 2.mp4: no video in it"]
    assert "camprodon" in result.stdout


def test_check_json_prints_the_findings_alone_and_still_ends_with_4(checked, tmp_path: Path):
    checked.result = with_outcomes(checked.result, Outcome("failed", "empty"))
    result = run("check", "c.yaml", "a", "-o", tmp_path, "--json")
    assert json.loads(result.stdout) == {"schema": "samegoods/findings/1"}
    assert result.stderr == "failed: 0.mp4: empty\n"
    assert result.exit_code == 4


@pytest.mark.parametrize("words", [["-q", "check"], ["check", "-q"]])
def test_quiet_says_results_alone(checked, tmp_path: Path, words: list[str]):
    checked.result = with_outcomes(checked.result, Outcome("ok"))
    loud = run("check", "c.yaml", "a", "-o", tmp_path)
    quiet = run(*words, "c.yaml", "a", "-o", tmp_path)
    assert "done by an earlier run" in loud.stderr
    assert quiet.stderr == ""
    assert quiet.stdout == loud.stdout


@pytest.mark.parametrize("words", [["-v", "check"], ["check", "-v"], ["-v", "check", "-v"]])
def test_verbose_says_what_is_done_once_and_not_in_later_commands(monkeypatch, tmp_path: Path, words):
    log = logging.getLogger("samegoods.wiring.running")
    monkeypatch.setattr(wiring, "plan", lambda *_, **__: log.info("looked at it") or ())
    assert run(*words, "c.yaml", "a", "--dry-run").stderr == "looked at it\n"
    assert run("check", "c.yaml", "a", "--dry-run").stderr == ""


def test_check_wants_a_case_or_a_dry_run(checked):
    result = run("check", "c.yaml", "a.mp4")
    assert result.exit_code == 2
    assert "-o CASE" in result.stderr


def test_a_time_that_is_none_is_refused(checked, tmp_path: Path):
    result = run("check", "c.yaml", "a", "-o", tmp_path, "--captured-at", "yesterday")
    assert result.exit_code == 2
    assert "'yesterday' is no ISO 8601 time" in result.stderr


def test_a_dry_run_says_what_would_be_looked_at(monkeypatch: pytest.MonkeyPatch):
    when = datetime(2026, 7, 14, 0, 30, tzinfo=UTC)
    planned = (
        wiring.Planned(source("a.mp4", captured_at=when, captured_from="csv"), 12.34, None),
        wiring.Planned(source("b.jpg", kind="photo"), None, "there is no such file"),
    )
    monkeypatch.setattr(wiring, "plan", lambda *_, **__: planned)
    result = run("check", "c.yaml", "a.mp4", "b.jpg", "--dry-run")
    assert result.exit_code == 0
    _, first, second, problem = result.stdout.splitlines()
    assert first.split() == ["a.mp4", "video", "songsin", "2026-07-14T00:30:00+00:00", "csv", "12.3", "s"]
    assert second.split() == ["b.jpg", "photo", "songsin", "unknown", "nothing"]
    assert problem == "b.jpg: there is no such file"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (CaseError("the folder is in use"), "Error: the folder is in use\n"),
        (MissingPart("no ray here; use --engine local"), "Error: no ray here; use --engine local\n"),
    ],
)
def test_bad_input_ends_with_2_and_one_message(monkeypatch, tmp_path: Path, error: Exception, message: str):
    def raising(*_, **__):
        raise error

    monkeypatch.setattr(wiring, "check", raising)
    result = run("check", "c.yaml", "a", "-o", tmp_path)
    assert (result.exit_code, result.stderr, result.stdout) == (2, message, "")


def test_a_campaign_with_faults_ends_with_2_and_names_line_and_key(tmp_path: Path):
    file = written(tmp_path)
    file.write_text(file.read_text().replace("EUR", "euro").replace("july-order", ""))
    result = run("check", file, tmp_path, "-o", tmp_path / "case")
    assert result.exit_code == 2
    assert f"{file}:2: campaign: expected text" in result.stderr
    assert f"{file}:19: products[0].versions.export.price.currency:" in result.stderr
    assert not (tmp_path / "case").exists()


def test_without_ray_one_line_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    footage = tmp_path / "a.png"
    footage.write_bytes(b"\x89PNG\r\n\x1a\n")
    result = run("check", written(tmp_path), footage, "-o", tmp_path / "case", "--engine", "ray")
    assert result.exit_code == 2
    assert result.stderr == "Error: Ray is not installed: pip install 'samegoods[ray]', or use --engine local\n"
    assert not (tmp_path / "case").exists()


@pytest.mark.parametrize(
    ("engine", "asked"), [("ray", "head:6379"), ("local", None)], ids=["of ray", "not of this machine"]
)
def test_the_address_of_a_cluster_may_be_named_by_the_environment(checked, tmp_path: Path, engine: str, asked):
    words = ["check", "c.yaml", "a.mp4", "-o", str(tmp_path), "--engine", engine]
    result = CliRunner().invoke(main, words, env={"RAY_ADDRESS": "head:6379"})
    assert result.exit_code == 0, result.output
    assert checked.asked["ray_address"] == asked
