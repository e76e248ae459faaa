"""Accounts: what is kept of a password, who is kept waiting, and who may read the file."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("argon2", reason="the extra serve is not installed")

from argon2 import PasswordHasher

from fakes.accounts import GOOD, Clock, cheap
from samegoods.edges.accounts import Accounts, Passwords, open_accounts
from samegoods.edges.accounts.book import FREE_TRIES, MOST_FAILURES
from samegoods.errors import AccountError
from samegoods.records import wait_s
from samegoods.records.accounts import LONGEST_WAIT_S

POSIX = pytest.mark.skipif(os.name != "posix", reason="this system has no such permissions")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    with open_accounts(tmp_path / "accounts.db", passwords=cheap(), now=clock) as one:
        yield one


def hash_of(file: Path, name: str = "Ana") -> str:
    with sqlite3.connect(file) as db:
        (found,) = db.execute("SELECT password FROM accounts WHERE name = ?", [name]).fetchone()
    return str(found)


# The file.


@POSIX
def test_the_file_is_made_for_its_owner_alone(tmp_path: Path):
    file = tmp_path / "new" / "accounts.db"
    with open_accounts(file, passwords=cheap()) as book:
        book.add("Ana", "viewer", GOOD)
        rights = {one.name: oct(one.stat().st_mode & 0o777) for one in file.parent.iterdir()}
    assert rights == {"accounts.db": "0o600", "accounts.db-wal": "0o600", "accounts.db-shm": "0o600"}
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_the_users_own_file_is_another_than_a_named_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    with open_accounts(passwords=cheap()) as book:
        book.add("Ana", "viewer", GOOD)
    monkeypatch.setenv("SAMEGOODS_ACCOUNTS", str(tmp_path / "named.db"))
    with open_accounts(passwords=cheap()) as book:
        assert len(book) == 0
    with open_accounts(tmp_path / "own" / "samegoods" / "accounts.db", passwords=cheap()) as book:
        assert [one.name for one in book.all()] == ["Ana"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="this user may write to any file")
def test_a_file_that_cannot_be_written_is_one_clear_line(tmp_path: Path):
    file = tmp_path / "accounts.db"
    with open_accounts(file, passwords=cheap()):
        pass
    file.chmod(0o400)
    with (
        open_accounts(file, passwords=cheap()) as book,
        pytest.raises(AccountError, match=r"accounts\.db: .*cannot be"),
    ):
        book.add("Ana", "viewer", GOOD)


def test_a_file_that_is_damaged_while_it_is_open_is_one_clear_line(tmp_path: Path):
    with open_accounts(tmp_path / "accounts.db", passwords=cheap()) as book:
        with sqlite3.connect(book.file) as db:
            db.execute("DROP TABLE accounts")
        for act in (book.all, lambda: book.get("Ana"), lambda: book.check("Ana", GOOD)):
            with pytest.raises(AccountError, match=r"accounts\.db: the accounts cannot be read or written: no such"):
                act()


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int):
    file = tmp_path / "accounts.db"
    file.touch()
    file.chmod(mode)
    with pytest.raises(AccountError, match="others may read the accounts: chmod 600"), open_accounts(file):
        pass


def test_what_is_no_file_of_accounts_is_refused(tmp_path: Path):
    wrong, later, link = tmp_path / "wrong.db", tmp_path / "later.db", tmp_path / "link.db"
    for file in (wrong, later):
        file.touch(mode=0o600)
    wrong.write_bytes(b"no data base at all, but a text that is long enough to be taken for one" * 20)
    with sqlite3.connect(later) as db:
        db.execute("PRAGMA user_version = 2")
    link.symlink_to(later)
    for file, said in ((wrong, "is no file of accounts"), (later, "a later release"), (link, "is a link")):
        with pytest.raises(AccountError, match=said), open_accounts(file, passwords=cheap()):
            pass
    with pytest.raises(AccountError, match="name a file with --accounts-file"), open_accounts(wrong / "x.db"):
        pass


# Passwords.


def test_a_password_is_kept_as_an_argon2id_hash_with_its_salt(tmp_path: Path):
    with open_accounts(tmp_path / "accounts.db") as book:
        book.add("Ana", "viewer", GOOD)
        book.add("Ben", "viewer", GOOD)
    one, other = (hash_of(tmp_path / "accounts.db", name) for name in ("Ana", "Ben"))
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert one != other
    assert GOOD.encode() not in (tmp_path / "accounts.db").read_bytes()


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_sign_in(tmp_path: Path):
    file = tmp_path / "accounts.db"
    with open_accounts(file, passwords=cheap()) as book:
        book.add("Ana", "viewer", GOOD)
    before, stronger = hash_of(file), Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    with open_accounts(file, passwords=stronger) as book:
        assert book.check("Ana", "another password") is None
        assert hash_of(file) == before
        stamp = book.get("Ana").stamp
        assert book.check("Ana", GOOD).stamp == stamp
        assert "t=2" in hash_of(file) != before
        assert book.check("Ana", GOOD) is not None


@pytest.mark.parametrize(
    ("password", "said"), [("x" * 11, "at least 12"), ("", "at least 12"), ("x" * 257, "at most")]
)
def test_a_password_is_long_enough_and_not_too_long(book: Accounts, password: str, said: str):
    with pytest.raises(AccountError, match=said):
        book.add("Ana", "viewer", password)
    book.add("Ana", "viewer", GOOD)
    with pytest.raises(AccountError, match=said):
        book.set_password("Ana", password)
    assert book.check("Ana", password) is None


@given(password=st.text(min_size=12, max_size=40))
def test_the_password_fits_and_no_other_does(password: str):
    passwords = cheap()
    kept = passwords.hashed(password)
    assert passwords.fits(kept, password)
    assert not passwords.fits(kept, password + "x")
    assert not passwords.fits(None, password)


def test_letters_are_the_same_however_they_were_typed():
    passwords = cheap()
    assert passwords.fits(passwords.hashed("비밀번호는 열두 글자보다 길게"), "비밀번호는 열두 글자보다 길게")


# Names and roles.


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\nb", "\u202eana", "x" * 81, ".ana", "<b>", "-x"])
def test_what_is_no_name_is_refused(book: Accounts, name: str):
    with pytest.raises(AccountError, match="a name is 1 to 80 letters"):
        book.add(name, "viewer", GOOD)


@pytest.mark.parametrize("other", ["Ana", "ana", "ANA", " Ana ", "Ａｎａ"])
def test_no_two_names_look_alike(book: Accounts, other: str):
    book.add("Ana", "viewer", GOOD)
    with pytest.raises(AccountError, match="of this name already"):
        book.add(other, "reviewer", GOOD)
    assert book.check(other, GOOD).name == "Ana"


def test_the_last_administrator_stays(book: Accounts):
    book.add("Ana", "administrator", GOOD)
    book.add("Ben", "reviewer", GOOD)
    for act in (lambda: book.remove("ana"), lambda: book.set_role("Ana", "viewer")):
        with pytest.raises(AccountError, match="the last administrator"):
            act()
    book.set_role("Ben", "administrator")
    book.remove("Ana")
    assert [(one.name, one.role) for one in book.all()] == [("Ben", "administrator")]


def test_of_two_administrators_who_leave_at_once_one_stays(book: Accounts):
    for name in ("Ana", "Ben"):
        book.add(name, "administrator", GOOD)
    refused: list[str] = []

    def leave(name: str) -> None:
        try:
            book.remove(name)
        except AccountError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=leave, args=(name,)) for name in ("Ana", "Ben")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(book), len(refused)) == (1, 1)


def test_whoever_is_not_there_cannot_be_changed(book: Accounts):
    acts = (
        lambda: book.remove("Eve"),
        lambda: book.set_role("Eve", "viewer"),
        lambda: book.set_password("Eve", GOOD),
    )
    for act in acts:
        with pytest.raises(AccountError, match="no account of this name"):
            act()


def test_the_stamp_changes_with_role_and_password_and_with_a_new_account_of_the_name(book: Accounts):
    book.add("Zoe", "administrator", GOOD)
    stamps = [book.add("Ana", "viewer", GOOD).stamp]
    assert book.check("Ana", GOOD).stamp == stamps[0]
    stamps += [book.set_role("Ana", "reviewer").stamp, book.set_password("Ana", GOOD).stamp]
    book.remove("Ana")
    stamps.append(book.add("Ana", "viewer", GOOD).stamp)
    assert len(set(stamps)) == 4


# Lock-out.


def failed(book: Accounts, times: int) -> None:
    for _ in range(times):
        assert book.check("Ana", "a wrong password") is None


def test_after_some_failures_the_right_password_is_not_heard_for_a_while(
    book: Accounts, clock: Clock, caplog: pytest.LogCaptureFixture
):
    book.add("Ana", "viewer", GOOD)
    failed(book, FREE_TRIES - 1)
    assert book.check("Ana", GOOD) is not None
    failed(book, FREE_TRIES)
    assert [one.name for one in book.locked()] == ["Ana"]
    assert "the account Ana is locked: 5 failed attempts" in caplog.text
    assert book.check("Ana", GOOD) is None
    clock.on(wait_s(FREE_TRIES, free=FREE_TRIES) + 1)
    assert book.check("Ana", GOOD) is not None
    assert (book.get("Ana").failures, book.locked()) == (0, ())


def test_the_wait_grows_and_what_is_tried_meanwhile_does_not_lengthen_it(book: Accounts, clock: Clock):
    book.add("Ana", "viewer", GOOD)
    failed(book, FREE_TRIES)
    waits = []
    for _ in range(9):
        until = book.get("Ana").locked_until
        failed(book, 3)
        assert book.get("Ana").locked_until == until
        waits.append((until - clock()).total_seconds())
        clock.on(waits[-1])
        failed(book, 1)
    assert waits == sorted(waits)
    assert (waits[0], waits[1], waits[-1]) == (15, 30, LONGEST_WAIT_S)


def test_after_a_hundred_failures_it_takes_a_new_password(book: Accounts, clock: Clock):
    book.add("Ana", "viewer", GOOD)
    for _ in range(MOST_FAILURES):
        failed(book, 1)
        clock.on(LONGEST_WAIT_S)
    clock.on(timedelta(days=400).total_seconds())
    assert book.check("Ana", GOOD) is None
    assert book.get("Ana").shut
    book.set_password("Ana", GOOD)
    assert book.check("Ana", GOOD) is not None


def test_a_restart_forgets_no_failure(tmp_path: Path, clock: Clock):
    for n in range(3):
        with open_accounts(tmp_path / "accounts.db", passwords=cheap(), now=clock) as book:
            if n == 0:
                book.add("Ana", "viewer", GOOD)
            failed(book, 2)
    with open_accounts(tmp_path / "accounts.db", passwords=cheap(), now=clock) as book:
        assert book.check("Ana", GOOD) is None
        assert book.get("Ana").failures == FREE_TRIES


def test_of_many_at_once_no_attempt_is_free(book: Accounts):
    book.add("Ana", "viewer", GOOD)
    threads = [threading.Thread(target=failed, args=(book, 1)) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert book.get("Ana").failures == FREE_TRIES
    assert book.check("Ana", GOOD) is None


def test_a_password_that_is_changed_while_it_is_checked_fits_no_more(book: Accounts, monkeypatch: pytest.MonkeyPatch):
    book.add("Ana", "viewer", GOOD)
    real = Passwords.fits

    def slowly(self: Passwords, kept: str | None, password: str) -> bool:
        book.set_password("Ana", "other words, and long")
        return real(self, kept, password)

    monkeypatch.setattr(Passwords, "fits", slowly)
    assert book.check("Ana", GOOD) is None


def test_an_unknown_name_costs_a_hash_as_well(book: Accounts, monkeypatch: pytest.MonkeyPatch):
    """Or the time of an answer would tell which names there are."""
    book.add("Ana", "viewer", GOOD)
    asked: list[str | None] = []
    real = Passwords.fits
    monkeypatch.setattr(Passwords, "fits", lambda self, kept, word: (asked.append(kept), real(self, kept, word))[1])
    for name in ("Ana", "Eve"):
        assert book.check(name, "a wrong password") is None
    failed(book, FREE_TRIES)
    assert len(asked) == 2 + FREE_TRIES
    assert asked[1] is asked[-1] is None


def test_an_unknown_name_is_written_as_a_known_one(book: Accounts):
    """A commit takes milliseconds, and would tell them apart as well."""
    book.add("Ana", "viewer", GOOD)
    watching = sqlite3.connect(book.file)
    seen = [watching.execute("PRAGMA data_version").fetchone()]
    for name in ("Ana", "Eve", "Ana", "Ana", "Ana", "Ana", "Ana"):  # the last while it is locked
        assert book.check(name, "a wrong password") is None
        seen.append(watching.execute("PRAGMA data_version").fetchone())
    watching.close()
    assert len(set(seen)) == len(seen)


def test_the_dummy_fits_nobody():
    assert cheap().fits(None, "the password of nobody") is False


@given(failures=st.integers(0, 10_000), free=st.integers(1, 30))
def test_a_wait_never_shrinks_and_never_grows_over_its_bound(failures: int, free: int):
    one, other = wait_s(failures, free=free), wait_s(failures + 1, free=free)
    assert 0 <= one <= other <= LONGEST_WAIT_S
    assert (one == 0) == (failures < free)


def test_times_are_kept_in_utc(book: Accounts, clock: Clock):
    assert book.add("Ana", "viewer", GOOD).made_at == clock().astimezone(UTC) == datetime(2026, 7, 1, tzinfo=UTC)
