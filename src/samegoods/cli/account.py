"""``samegoods account``: who may sign in to the page for review, and what each may do there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from samegoods.cli import options
from samegoods.cli.tables import aligned
from samegoods.cli.voice import note, voiced

if TYPE_CHECKING:
    from samegoods.records import Account, Role

_ROLES = click.Choice(["viewer", "reviewer", "administrator"])
_role = click.option("--role", type=_ROLES, required=True, help="What the account may do.")
_stdin = click.option("--stdin", is_flag=True, help="Read the password from standard input, for scripts.")


@click.group("account", short_help="Accounts for serve --accounts: add, list, role, password, remove.")
def command() -> None:
    """Who may sign in to the page that `samegoods serve CASE --accounts` serves.

    A viewer looks, a reviewer decides as well, an administrator changes accounts as well. Passwords have at least 12
    characters and are asked for without being shown. Accounts are kept apart from every case, in a file of your own.

    \b
    samegoods account add Ana --role administrator
    samegoods account list
    """


def _named(short_help: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command on one account."""

    def made(function: Callable[..., None]) -> click.Command:
        about: Any = click.argument("name")(options.accounts_file(voiced(function)))
        return command.command(function.__name__, short_help=short_help)(about)

    return made


@_named("Make an account.")
@_role
@_stdin
def add(name: str, role: Role, stdin: bool, accounts_file: Path | None) -> None:
    """Make the account NAME, whose password is asked for.

    \b
    samegoods account add Ana --role reviewer
    """
    from samegoods.wiring.accounts import accounts

    with accounts(accounts_file) as book:
        made = book.add(name, role, _password(stdin))
    note(f"{made.name} may sign in as {made.role}")


@command.command("list", short_help="List the accounts, and which are locked.")
@options.accounts_file
@voiced
def listed(accounts_file: Path | None) -> None:
    """List the accounts: role, failed attempts since the last sign-in, and whether they hear nobody now.

    \b
    samegoods account list
    """
    from samegoods.wiring.accounts import accounts

    with accounts(accounts_file) as book:
        found = book.all()
    if not found:
        note("there are no accounts yet: samegoods account add NAME --role administrator")
        return
    for line in aligned([("name", "role", "failed attempts", "locked"), *map(_row, found)]):
        click.echo(line)


@_named("Give an account another role.")
@_role
def role(name: str, role: Role, accounts_file: Path | None) -> None:
    """Give the account NAME another role; it has to sign in again.

    \b
    samegoods account role Ana --role administrator
    """
    from samegoods.wiring.accounts import accounts

    with accounts(accounts_file) as book:
        changed = book.set_role(name, role)
    note(f"{changed.name} is {changed.role} now, and has to sign in again")


@_named("Give an account another password.")
@_stdin
def password(name: str, stdin: bool, accounts_file: Path | None) -> None:
    """Give the account NAME another password; it has to sign in again, and a lock ends.

    \b
    samegoods account password Ana
    """
    from samegoods.wiring.accounts import accounts

    with accounts(accounts_file) as book:
        changed = book.set_password(name, _password(stdin))
    note(f"{changed.name} has another password, and has to sign in again")


@_named("Remove an account.")
def remove(name: str, accounts_file: Path | None) -> None:
    """Remove the account NAME; what it decided stays, under its name.

    \b
    samegoods account remove Ana
    """
    from samegoods.wiring.accounts import accounts

    with accounts(accounts_file) as book:
        book.remove(name)
    note(f"{name} may not sign in any more")


def _password(stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True)
    return asked


def _row(account: Account) -> tuple[str, ...]:
    if account.shut:
        locked = "until it gets a new password"
    elif account.locked_until is not None and account.locked(datetime.now(UTC)):
        locked = f"until {account.locked_until:%Y-%m-%d %H:%M:%S} UTC"
    else:
        locked = ""
    return account.name, account.role, str(account.failures), locked
