"""``samegoods account``: accounts are made, listed, changed and removed at the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

pytest.importorskip("argon2", reason="the extra serve is not installed")

from fakes.accounts import GOOD, cheap
from samegoods.cli import main
from samegoods.edges import accounts as edge
from samegoods.edges.accounts import open_accounts


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The accounts of a test; their hashes cost little."""
    place, real = tmp_path / "accounts.db", edge.open_accounts
    monkeypatch.setenv("SAMEGOODS_ACCOUNTS", str(place))
    monkeypatch.setattr(edge, "open_accounts", lambda file: real(file, passwords=cheap()))
    return place


def account(*words: str, typed: str | None = None) -> Result:
    result = CliRunner().invoke(main, ["account", *words], prog_name="samegoods", input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def signs_in(file: Path, name: str, password: str) -> bool:
    with open_accounts(file, passwords=cheap()) as book:
        return book.check(name, password) is not None


def test_an_account_is_made_listed_changed_and_removed(file: Path):
    made = account("add", "Ana", "--role", "administrator", typed=f"{GOOD}\n{GOOD}\n")
    assert (made.exit_code, GOOD in made.output) == (0, False)
    assert signs_in(file, "Ana", GOOD)
    assert account("add", "Ben Lee", "--role", "viewer", "--stdin", typed=f"{GOOD}\n").exit_code == 0
    assert account("role", "ben lee", "--role", "reviewer").exit_code == 0
    assert account("password", "Ben Lee", "--stdin", typed="other words for him\n").exit_code == 0
    assert signs_in(file, "Ben Lee", "other words for him")
    rows = [line.split("  ") for line in account("list").stdout.splitlines()]
    assert [[cell.strip() for cell in row if cell.strip()] for row in rows] == [
        ["name", "role", "failed attempts", "locked"],
        ["Ana", "administrator", "0"],
        ["Ben Lee", "reviewer", "0"],
    ]
    assert account("remove", "Ben Lee").exit_code == 0
    assert "Ben Lee" not in account("list").stdout


def test_the_list_tells_who_is_locked(file: Path):
    account("add", "Ana", "--role", "viewer", "--stdin", typed=GOOD)
    assert [signs_in(file, "Ana", "a wrong password") for _ in range(5)] == [False] * 5
    assert "5                until 20" in account("list").stdout
    account("password", "Ana", "--stdin", typed=GOOD)
    assert "until" not in account("list").stdout


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (["add", "Ben", "--role", "viewer", "--stdin"], "too short\n", "a password has at least 12 characters"),
        (["add", "Ana", "--role", "viewer", "--stdin"], GOOD, "there is an account of this name already"),
        (["add", "a/b", "--role", "viewer", "--stdin"], GOOD, "a name is 1 to 80 letters"),
        (["add", "Ben", "--role", "king", "--stdin"], GOOD, "'king' is not one of"),
        (["add", "Ben", "--stdin"], GOOD, "Missing option '--role'"),
        (["remove", "Ana"], None, "this is the last administrator: make another one first"),
        (["role", "Ana", "--role", "viewer"], None, "this is the last administrator"),
        (["remove", "Eve"], None, "there is no account of this name"),
    ],
    ids=range(8),
)
def test_what_cannot_be_is_one_clear_line(words: list[str], typed: str | None, said: str):
    account("add", "Ana", "--role", "administrator", "--stdin", typed=GOOD)
    result = account(*words, typed=typed)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_file_of_accounts_can_be_named(tmp_path: Path, file: Path):
    other = tmp_path / "other.db"
    account("add", "Ana", "--role", "viewer", "--stdin", "--accounts-file", str(other), typed=GOOD)
    assert signs_in(other, "Ana", GOOD)
    assert "there are no accounts yet" in account("list").output


def test_without_what_it_needs_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "argon2", None)
    assert "accounts need argon2: pip install 'samegoods[serve]'" in account("list").output


def test_every_command_of_the_group_has_help_and_an_example():
    group: Any = main.get_command(click.Context(main), "account")
    for name, one in group.commands.items():
        assert one.short_help
        assert f"samegoods account {name}" in one.help
        assert all(option.help for option in one.params if isinstance(option, click.Option))
