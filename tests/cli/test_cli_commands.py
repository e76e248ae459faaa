"""The commands: what they print, where, and with which exit code. The work behind them is faked."""

import json
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from samegoods import wiring
from samegoods.cli import main
from samegoods.records import Comparison, Difference, Needed, Showing, Verdict

COMMANDS = [
    "demo",
    "compare",
    "check",
    "watch",
    "read",
    "report",
    "serve",
    "account",
    "audit",
    "purge",
    "verify",
    "export",
    "init",
    "notice",
    "plan",
    "schema",
    "doctor",
]
HEAVY = [
    "av",
    "cryptography",
    "cv2",
    "faiss",
    "httpx",
    "jinja2",
    "jsonschema",
    "matplotlib",
    "numpy",
    "pydantic",
    "rich",
    "scipy",
    "sqlalchemy",
    "yaml",
]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="samegoods")


@pytest.mark.parametrize("words", [["--help"], ["-h"], *([name, "--help"] for name in COMMANDS)], ids=str)
def test_help_loads_nothing_heavy(words: list[str]):
    code = (
        "import sys\nfrom samegoods.cli import main\n"
        f"main({words!r}, standalone_mode=False)\n"
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage:" in done.stdout
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_the_commands_are_those_of_the_contract():
    assert main.list_commands(click.Context(main)) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_and_a_word_on_each_option(name: str):
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert f"samegoods {name}" in (command.help or "")
    assert command.short_help
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


def test_the_version():
    assert run("--version").output.startswith("samegoods, version 0.")


@pytest.mark.parametrize(
    "words", [["unknown"], ["check"], ["check", "c.yaml"], ["compare", "a.png"], ["schema", "x"], ["--loud"]]
)
def test_wrong_use_ends_with_2(words: list[str]):
    assert run(*words).exit_code == 2


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "goes on where it stopped"),
        (ZeroDivisionError("a bug"), 70, "this is a fault in samegoods"),
    ],
)
def test_a_crash_or_interrupt_never_ends_with_1_which_says_different(monkeypatch, error, code, said):
    def raising(*_, **__):
        raise error

    monkeypatch.setattr(wiring, "compare", raising)
    result = run("compare", "a.png", "b.png")
    assert result.exit_code == code
    assert said in result.stderr


def comparison(call: str) -> Comparison:
    region = np.array([[10, 10], [30, 10], [30, 20], [10, 20]], np.float32)
    difference = Difference(
        "colour", "p/export/top", "top", region, 0.021, 9.0, 0.93, "redder than expected", "upper left"
    )
    lacking = Needed("top", 170, 1.5, 4, 0.9, Showing(60, 0.5, 1, 0.9)) if call == "cannot_tell" else None
    packaging = Verdict(call, "a local colour change", (difference,) if call == "different" else (), lacking)
    return Comparison("export", packaging, Verdict("same", "nothing beyond noise"))


@pytest.mark.parametrize(("call", "code"), [("same", 0), ("different", 1), ("cannot_tell", 3)])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_compare_ends_with_the_call(monkeypatch, call: str, code: int, options: list[str]):
    monkeypatch.setattr(wiring, "compare", lambda *_, **__: comparison(call))
    result = run("compare", "a.png", "b.png", *options)
    assert result.exit_code == code
    if options:
        document = json.loads(result.stdout)
        assert (document["schema"], document["call"]) == ("samegoods/comparison/1", call)
        assert document["packaging"]["call"] == call
    else:
        assert result.stdout.splitlines()[0] == call.replace("_", " ")


def test_compare_says_what_differs_and_where(monkeypatch):
    monkeypatch.setattr(wiring, "compare", lambda *_, **__: comparison("different"))
    said = (
        "  colour, top, upper left, at (20, 15): 2.1% of the face, colour distance 9.0, confidence 0.93: "
        "redder than expected"
    )
    assert said in run("compare", "a.png", "b.png").stdout.splitlines()


def test_compare_says_what_would_have_sufficed(monkeypatch):
    monkeypatch.setattr(wiring, "compare", lambda *_, **__: comparison("cannot_tell"))
    said = (
        "  would have sufficed: top: at least 170 px tall in the picture, 1.5 px to a millimetre (here 60 px), "
        "in 4 views or more (here 1)"
    )
    assert said in run("compare", "a.png", "b.png").stdout.splitlines()
    asked = json.loads(run("compare", "a.png", "b.png", "--json").stdout)["packaging"]["needed"]
    assert (asked["height_px"], asked["views"], asked["px_per_mm"], asked["seen"]) == (170, 4, 1.5, 0.9)
    assert asked["had"] == {"height_px": 60, "px_per_mm": 0.5, "views": 1, "seen": 0.9}


def test_compare_passes_on_where_pictures_go(monkeypatch, tmp_path: Path):
    asked = []
    monkeypatch.setattr(
        wiring, "compare", lambda *words, pictures: asked.append((*words, pictures)) or comparison("same")
    )
    run("compare", "a.png", "b.png")
    run("compare", "a.png", "b.png", "-o", tmp_path)
    assert asked == [(Path("a.png"), Path("b.png"), None), (Path("a.png"), Path("b.png"), tmp_path)]


def test_init_begins_a_campaign_and_never_writes_over_one(tmp_path: Path):
    result = run("init", tmp_path / "july")
    file = tmp_path / "july" / "campaign.yaml"
    assert (result.exit_code, result.stdout) == (0, f"{file}\n")
    assert (tmp_path / "july" / "references").is_dir()
    file.write_text("mine")
    again = run("init", tmp_path / "july")
    assert again.exit_code == 2
    assert "left as it is" in again.stderr
    assert file.read_text() == "mine"


@pytest.mark.parametrize("name", ["campaign", "findings", "comparison", "read", "settings"])
def test_schema_prints_a_schema(name: str):
    assert json.loads(run("schema", name).stdout)["$id"] == f"samegoods/{name}/1"


def test_schema_is_that_of_the_campaign_unless_asked_otherwise():
    assert run("schema").stdout == run("schema", "campaign").stdout


def test_report_says_where_it_is(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(wiring, "report", lambda case, **_: case / "report.html")
    assert run("report", tmp_path).stdout == f"{tmp_path / 'report.html'}\n"


def test_report_of_no_case_ends_with_2(tmp_path: Path):
    result = run("report", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")


def test_the_module_runs_as_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "samegoods", "schema", "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: samegoods schema")


def test_the_demo_puts_its_pictures_where_it_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from samegoods import demo

    asked = {}
    market = demo.Market(tmp_path, tmp_path / "campaign.yaml", tmp_path / "footage.csv", None)
    monkeypatch.setattr(demo, "make_market", lambda folder, progress: market)

    def checked(*_: object, **options: object) -> wiring.CheckResult:
        asked.update(options)
        return wiring.CheckResult(None, tmp_path / "report.html", (), (), (), 0)

    monkeypatch.setattr(wiring, "check", checked)
    monkeypatch.setattr(demo, "judge_case", lambda *_: None)
    monkeypatch.setattr(demo, "judge_shares", lambda *_: ())
    monkeypatch.setattr(demo, "lines", lambda _: ())
    monkeypatch.setattr(demo, "share_lines", lambda _: ())
    assert run("demo", "-o", tmp_path, "--evidence", "s3://market").exit_code == 0
    assert asked["evidence"] == "s3://market"
