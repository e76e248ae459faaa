"""Settings by file and environment: derived from the commands, so that no option can be forgotten."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.core import ParameterSource
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from samegoods.cli import main
from samegoods.cli.settings import FILE, PREPARED_GB, key, options_of, schema, unread, variable, variables, walk
from samegoods.cli.settings_file import line_of
from samegoods.edges.catalogue.room import VARIABLE

SOURCE = Path(__file__).parents[2] / "src"
LEAVES = [(path, one) for path, one in walk(main) if path and not isinstance(one, click.Group)]
OPTIONS = [(path, command, option) for path, command in LEAVES for option in options_of(command)]
Case = tuple[tuple[str, ...], click.Command, click.Option]


def name_of(case: Case) -> str:
    return variable(case[0], case[2])


every_option = pytest.mark.parametrize("case", OPTIONS, ids=name_of)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(main, list(words), prog_name="samegoods", env=environment)


def sample(option: click.Option) -> Any:
    """A value that the option takes: a date also passes for a name, a URL or a path."""
    match option.type:
        case _ if option.is_flag:
            return True
        case click.Choice() as kind:
            return kind.choices[-1]
        case click.FloatRange() as kind:
            return 0.25 if kind.min is None or kind.min < 1 else kind.min
        case _ if option.type is click.INT or isinstance(option.type, click.IntRange):
            return 7
    return "2026-07-14"


def needed(command: click.Command, but: click.Option) -> list[str]:
    """The words without which a command is not run."""
    words = []
    for one in command.params:
        if isinstance(one, click.Argument) and one.required:
            words.append(one.type.choices[0] if isinstance(one.type, click.Choice) else "x")
        elif isinstance(one, click.Option) and one.required and one is not but:
            words += [one.opts[-1], str(sample(one))]
    return words


def taken(case: Case, monkeypatch: pytest.MonkeyPatch, *words: str, **environment: str) -> tuple[Any, Any]:
    """What a command gets for an option, and whence; the command itself is not run."""
    path, command, option = case
    seen: list[tuple[Any, Any]] = []

    def instead(**given: Any) -> None:
        source = click.get_current_context().get_parameter_source(option.name or "")
        seen.append((given.get(option.name or ""), source))

    monkeypatch.setattr(command, "callback", instead)
    result = run(*path, *needed(command, option), *words, **environment)
    assert result.exit_code == 0, result.output
    return seen[0]


def given_as_option(case: Case) -> list[str]:
    option = case[2]
    return [option.opts[-1]] if option.is_flag else [option.opts[-1], str(sample(option))]


def written(case: Case) -> str:
    path, _, option = case
    value = [sample(option)] if option.multiple else sample(option)
    return f"[{'.'.join(path)}]\n{key(option)} = {json.dumps(value)}\n"


@every_option
def test_every_option_may_be_a_variable(case: Case, monkeypatch: pytest.MonkeyPatch):
    told = str(sample(case[2]))
    value, source = taken(case, monkeypatch, **{name_of(case): told})
    assert source is ParameterSource.ENVIRONMENT
    assert value == taken(case, monkeypatch, *given_as_option(case))[0]


@every_option
def test_every_option_may_stand_in_the_file(case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    expected, _ = taken(case, monkeypatch, *given_as_option(case))
    if isinstance(case[2].type, click.Path):  # from the file's folder, which the last test below moves away
        several = expected if case[2].multiple else (expected,)
        there = tuple(type(one)(tmp_path / one) for one in several)
        expected = there if case[2].multiple else there[0]
    file = tmp_path / "own.toml"
    file.write_text(written(case), encoding="utf-8")
    value, source = taken(case, monkeypatch, SAMEGOODS_CONFIG=str(file))
    assert source is ParameterSource.DEFAULT_MAP
    assert value == expected


@every_option
def test_every_option_is_in_the_schema_with_its_variable(case: Case):
    table = schema()
    for name in case[0]:
        table = table["properties"][name]
    told = table["properties"][key(case[2])]
    assert told["description"]
    assert told["x-environment"][0] == name_of(case)


def test_the_schema_is_one_and_is_printed():
    jsonschema.Draft202012Validator.check_schema(schema())
    assert json.loads(run("schema", "settings").stdout) == schema()


def test_no_two_options_read_one_variable_of_their_own():
    names = [name_of(case) for case in OPTIONS]
    assert len(set(names)) == len(names)
    shared = {name for _, _, option in OPTIONS for name in variables(option)[1:]}
    assert not shared & set(names)


def test_what_the_edges_read_themselves_the_options_read_first():
    """Else the file would count for more than such a variable."""
    texts = [file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py")]
    read = {name for text in texts for name in re.findall(r'^VARIABLE = "(SAMEGOODS_\w+)"', text, re.MULTILINE)}
    assert {"SAMEGOODS_SIGNING_KEY", "SAMEGOODS_TIMESTAMP_URL"} <= read
    assert read - {PREPARED_GB} <= {name for _, _, option in OPTIONS for name in variables(option)[1:]}


WORKERS = next(case for case in OPTIONS if name_of(case) == "SAMEGOODS_CHECK_WORKERS")
SIGNING = next(case for case in OPTIONS if name_of(case) == "SAMEGOODS_CHECK_SIGNING_KEY")


@pytest.mark.parametrize(
    ("words", "environment", "file", "expected"),
    [
        ([], {}, "", None),
        ([], {}, "[check]\nworkers = 2", 2),
        ([], {"SAMEGOODS_CHECK_WORKERS": "3"}, "[check]\nworkers = 2", 3),
        (["--workers", "4"], {"SAMEGOODS_CHECK_WORKERS": "3"}, "[check]\nworkers = 2", 4),
        (["--workers", "4"], {}, "[check]\nworkers = 2", 4),
        ([], {"SAMEGOODS_CHECK_WORKERS": ""}, "[check]\nworkers = 2", 2),
    ],
)
def test_what_counts_first(words, environment, file, expected, monkeypatch):
    Path(FILE).write_text(file, encoding="utf-8")
    assert taken(WORKERS, monkeypatch, *words, **environment)[0] == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "file.pem"),
        ({"SAMEGOODS_SIGNING_KEY": "/all.pem"}, "/all.pem"),
        ({"SAMEGOODS_SIGNING_KEY": "/all.pem", "SAMEGOODS_CHECK_SIGNING_KEY": "/check.pem"}, "/check.pem"),
    ],
)
def test_the_variable_of_all_commands_counts_for_less_than_that_of_one(environment, expected, monkeypatch):
    Path(FILE).write_text('[check]\nsigning-key = "file.pem"', encoding="utf-8")
    assert taken(SIGNING, monkeypatch, **environment)[0] == Path(expected)


def test_paths_in_the_file_are_from_its_folder(monkeypatch, tmp_path: Path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "own.toml").write_text('[check]\nreferences-from = ["pictures", "/all"]', encoding="utf-8")
    case = next(one for one in OPTIONS if name_of(one) == "SAMEGOODS_CHECK_REFERENCES_FROM")
    value, _ = taken(case, monkeypatch, SAMEGOODS_CONFIG="there/own.toml")
    assert value == (Path("there/pictures"), Path("/all"))


def test_a_named_file_takes_the_place_of_the_one_in_the_folder(monkeypatch):
    Path(FILE).write_text("[check]\nworkers = 2", encoding="utf-8")
    Path("own.toml").write_text("[check]\nworkers = 5", encoding="utf-8")
    Path("other.toml").write_text("[check]\nworkers = 6", encoding="utf-8")
    assert taken(WORKERS, monkeypatch, SAMEGOODS_CONFIG="own.toml")[0] == 5
    monkeypatch.setenv("SAMEGOODS_CONFIG", "other.toml")
    seen: list[int] = []
    monkeypatch.setattr(WORKERS[1], "callback", lambda **given: seen.append(given["workers"]))
    assert run("--config", "own.toml", "check", "campaign.yaml", "clips").exit_code == 0
    assert seen == [5]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[check]\n\nworkers = 0", "samegoods.toml:3: check.workers: 0 is less than the minimum of 1"),
        ("[check]\nworkers = 'two'", "samegoods.toml:2: check.workers: expected integer, found 'two'"),
        ("[check]\nworkers = true", "samegoods.toml:2: check.workers: expected integer, found True"),
        ("check.engine = 'moon'", "samegoods.toml:1: check.engine: 'moon' is not one of"),
        ("[check]\nwrkers = 2", "samegoods.toml:2: check.wrkers: unknown key: did you mean workers?"),
        ("[check]\nsigning_key = 'a'", "samegoods.toml:2: check.signing_key: unknown key: did you mean signing-key?"),
        ("[chek]\nworkers = 2", "samegoods.toml:1: chek: unknown table: did you mean check?"),
        ("workers = 2", "samegoods.toml:1: workers: unknown table: known are demo, compare, check"),
        ("[check]\nreferences-from = [3]", "check.references-from[0]: expected string, found 3"),
        ("[check]\ncaptured-at = 'noon'", "samegoods.toml:2: check.captured-at: 'noon' is no ISO 8601 time"),
        ("[check]\nworkers = 2\nworkers = 3", "samegoods.toml:3: not TOML: Cannot overwrite a value"),
        ("[check", "samegoods.toml:1: not TOML: Expected ']'"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_line(text: str, said: str):
    Path(FILE).write_text(text, encoding="utf-8")
    result = run("check", "campaign.yaml", "clips", "-o", "case")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_every_problem_of_the_file_is_told_at_once():
    Path(FILE).write_text("[plan]\nmargin = 3\n[serve]\nport = 0\n", encoding="utf-8")
    said = run("init", "july").stderr.splitlines()
    assert [line.split(": ")[-2] for line in said] == ["plan.margin", "serve.port"]
    assert not Path("july").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read"), (b"\xff\xfe", "not UTF-8"), (b"#" * (1 << 21), "larger than")],
)
def test_a_file_that_is_none_is_one_clear_line(content: bytes | None, said: str):
    if content is not None:
        Path("own.toml").write_bytes(content)
    result = run("--config", "own.toml", "init", "july")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: own.toml: ")
    assert said in result.stderr


def test_a_wrong_variable_is_named():
    result = run("check", "campaign.yaml", "clips", SAMEGOODS_CHECK_WORKERS="many")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: SAMEGOODS_CHECK_WORKERS: 'many' is not a valid integer" in result.stderr


def test_a_file_found_in_the_folder_is_said_unless_it_is_to_be_quiet():
    Path(FILE).write_text("[check]\nworkers = 2", encoding="utf-8")
    said = "with the settings of samegoods.toml in this folder\n"
    assert run("init", "one").stderr.startswith(said)
    assert run("init", "two", "-q").stderr == ""
    assert run("-q", "init", "three").stderr == ""
    assert said not in run("--config", FILE, "init", "four").stderr


def test_a_variable_that_nothing_reads_is_found():
    told = {"SAMEGOODS_CONFIG": "", VARIABLE: "", "SAMEGOODS_SIGNING_KEY": "", "SAMEGOODS_CHECK_SITE": "", "HOME": ""}
    assert unread(told) == []
    assert unread({**told, "SAMEGOODS_CHECK_SIGHT": "songsin"}) == ["SAMEGOODS_CHECK_SIGHT"]


names = st.sampled_from([(".".join(path), key(option)) for path, _, option in OPTIONS])


@given(st.lists(names, unique=True, min_size=1, max_size=12), st.data())
def test_the_line_of_a_key_is_where_it_stands(places: list[tuple[str, str]], data: st.DataObject):
    lines: list[str] = []
    where: dict[tuple[str, ...], int] = {}
    for table in dict.fromkeys(table for table, _ in places):
        lines += [*data.draw(st.lists(st.sampled_from(["", "# port = 1"]), max_size=2)), f"[{table}]"]
        where[tuple(table.split("."))] = len(lines)
        for name in (one for of, one in places if of == table):
            lines.append(data.draw(st.sampled_from([f"{name} = 1", f'  "{name}"=1', f"{name}   = 1  # port = 2"])))
            where[(*table.split("."), name)] = len(lines)
    text = "\n".join(lines)
    assert {place: line_of(text, place) for place in where} == where
