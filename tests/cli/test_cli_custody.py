"""``samegoods verify`` and ``samegoods export``: what they print and end with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes import custody as fakes
from samegoods import wiring
from samegoods.cli import main
from samegoods.custody import Problem, Proof

WRONG = (Problem("custody.jsonl:17", "was changed"), Problem("evidence/ab/x.png", "is missing"))
CUT = (Problem("custody.jsonl", "the last run did not end", True),)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="samegoods")


@pytest.fixture
def proving(monkeypatch: pytest.MonkeyPatch):
    """A verify that finds these problems."""

    def found(*problems: Problem) -> None:
        proof = Proof(problems, ("entry 9 is dated before entry 8",), "f" * 64, 20, {"sources": 2})
        monkeypatch.setattr(wiring, "verify", lambda *_, **__: proof)

    return found


@pytest.mark.parametrize(
    ("problems", "code", "said"),
    [
        ((), 0, f"holds: 20 entries, 2 sources, signed by the key {'f' * 64}"),
        (WRONG, 5, "custody.jsonl:17: was changed"),
        (CUT, 5, "unfinished: custody.jsonl: the last run did not end"),
        (CUT + WRONG, 5, "custody.jsonl: the last run did not end"),
    ],
)
def test_verify_says_in_one_line_whether_it_holds(proving, tmp_path: Path, problems, code: int, said: str):
    proving(*problems)
    result = run("verify", tmp_path, "--key", "k.pem")
    assert (result.exit_code, result.stdout) == (code, f"{said}\n")
    assert "entry 9 is dated before entry 8" in result.stderr
    assert ("and 1 more: --json tells them all" in result.stderr) == (problems == WRONG)


def test_verify_says_where_the_key_is_from(proving, tmp_path: Path):
    proving()
    assert "where a forger could have put another" in run("verify", tmp_path).stderr
    assert "forger" not in run("verify", tmp_path, "--key", "k.pem").stderr
    assert run("-q", "verify", tmp_path).stderr == ""


def test_verify_json_tells_everything(proving, tmp_path: Path):
    proving(*WRONG)
    result = run("verify", tmp_path, "--json")
    assert result.exit_code == 5
    document = json.loads(result.stdout)
    assert (document["schema"], document["state"], document["key_from"]) == ("samegoods/proof/1", "wrong", "case")
    assert [one["where"] for one in document["problems"]] == ["custody.jsonl:17", "evidence/ab/x.png"]
    assert (document["entries"], document["sources"], document["notes"]) == (
        20,
        2,
        ["entry 9 is dated before entry 8"],
    )


def test_a_case_is_exported_and_proven_from_end_to_end(tmp_path: Path):
    case = fakes.finished_case(tmp_path, sources=2)
    key = fakes.key_file(tmp_path)
    (tmp_path / "public.pem").write_text(fakes.key().public_pem)
    done = run("export", case, "-o", tmp_path / "b.zip", "--signing-key", key)
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{tmp_path / 'b.zip'}\n", "")
    for place in (case, tmp_path / "b.zip"):
        proven = run("verify", place, "--key", tmp_path / "public.pem")
        assert (proven.exit_code, proven.stderr) == (0, "")
        assert proven.stdout.startswith("holds: ")
    (case / "report.html").write_text("another")
    assert run("verify", case).stdout.startswith("report.html: is not the file that was published (entry ")
    refused = run("export", case, "-o", tmp_path / "c.zip", "--signing-key", key)
    assert refused.exit_code == 2
    assert "is not exported, since it does not hold: report.html" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "nowhere"], "nowhere: not a bundle that samegoods export has written"),
        (["verify", "."], "there is no case here"),
        (["verify", "case", "--key", "nowhere"], "nowhere: cannot be read"),
        (["verify", "case", "--key", "case/report.html"], "no public key: expected one in PEM form"),
        (["verify", "case", "--footage", "nowhere"], "nowhere: no such folder"),
        (["export", "nowhere", "-o", "b.zip"], "nowhere: there is no case here"),
        (["export", "case", "-o", "b.zip", "--signing-key", "nowhere"], "nowhere: the signing key cannot be read"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_wrong_use_ends_with_2_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
):
    monkeypatch.chdir(tmp_path)
    if "case" in words:
        fakes.finished_case(tmp_path, sources=1)
    (tmp_path / "empty").mkdir()
    result = run(*[word if word != "." else "empty" for word in words])
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_key_is_not_made_for_a_case_that_is_not_there(tmp_path: Path, own_settings: Path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    assert run("report", tmp_path / "nowhere").exit_code == 2
    assert run("export", tmp_path / "nowhere", "-o", tmp_path / "b.zip").exit_code == 2
    assert not (tmp_path / "settings").exists()
