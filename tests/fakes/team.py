"""A made-up case that is served to a team: an account of each role, and clients that have signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes import served as fakes
from fakes.accounts import GOOD, cheap
from fakes.served import Served
from samegoods.edges.accounts import Accounts, open_accounts
from samegoods.edges.web.visitors import Session

NAMES = {"viewer": "Vic", "reviewer": "Rae", "administrator": "Ana"}


class Team:
    """A case that is served to accounts, and these."""

    def __init__(self, served: Served, book: Accounts) -> None:
        self.served = served
        self.book = book
        self.app = served.app
        self.door = served.app.state.door

    def client(self, role: str | None = None, **headers: str) -> Any:
        """A client with a session of a role's account; None for nobody. It has not paid for a hash."""
        client = self.served.client(enter=False, **headers)
        if role is not None:
            client.cookies.set(self.door.cookie, self.door.sessions.begin(self.session(role)))
        return client

    def session(self, role: str) -> Session:
        """A session of a role's account, which nobody has yet."""
        account = self.book.get(NAMES[role])
        assert account is not None
        return Session(account.name, account.role, "en", stamp=account.stamp)


@contextmanager
def team(folder: Path, **options: Any) -> Iterator[Team]:
    """Serve the made-up case to Vic, Rae and Ana, whose password is the tests' good one."""
    with open_accounts(folder / "accounts.db", passwords=cheap()) as book:
        for role, name in NAMES.items():
            book.add(name, role, GOOD)  # type: ignore[arg-type]
        with fakes.served(folder, accounts=book, **options) as served:
            yield Team(served, book)


def signed_in(one: Team, name: str, password: str = GOOD, **headers: str) -> Any:
    """A client that has come in by the form."""
    client = one.client(**headers)
    assert login(client, name, password).status_code == 303
    return client


def login(client: Any, name: str, password: str, **fields: str) -> Any:
    """Send the form of the page where one signs in."""
    page = client.get("/login").text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    return client.post("/login", data={"csrf": csrf, "name": name, "password": password} | fields)
