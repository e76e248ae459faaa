"""A case that is served to a team: who comes in, who stays in, and what each may change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from fakes.accounts import GOOD
from fakes.served import csrf_of, post
from fakes.team import Team, login, signed_in, team
from samegoods import wiring
from samegoods.edges.web import visitors
from samegoods.edges.web.visitors import Addresses, Session, Sessions

ITEM = "s-gate-1.mp4-i0"


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Team]:
    with team(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A team that no test changes."""
    with team(tmp_path_factory.mktemp("team")) as made:
        yield made


# Coming in.


def test_no_link_and_no_token_leads_in(shared: Team):
    assert shared.served.link == "http://127.0.0.1:8717/"
    assert shared.served.token == ""
    for words in ("", "?token=", "?token=None"):
        assert shared.client().get(f"/enter{words}").status_code == 403
    for token in ("", "None"):
        assert shared.client(Authorization=f"Bearer {token}").get("/api/case").status_code == 401


def test_a_browser_without_a_session_is_led_to_sign_in_and_back(one: Team):
    client = one.client(Accept="text/html,*/*")
    place = client.get("/packs?site=moran").headers["location"]
    assert place == "/login?next=%2Fpacks%3Fsite%3Dmoran"
    text = client.get(place).text
    assert 'name="next" value="/packs?site=moran"' in text
    assert login(client, "rae", GOOD, next="/packs?site=moran").headers["location"] == "/packs?site=moran"
    assert client.get("/packs?site=moran").status_code == 200
    assert client.get("/api/session").json()["name"] == "Rae"


def test_what_a_script_of_the_page_asks_for_leads_the_whole_page_to_sign_in(shared: Team):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8717/packs/3?queue=1"}
    client = shared.client(**headers)
    assert client.get("/packs").headers["hx-redirect"] == "/login?next=%2Fpacks"
    answer = client.post("/packs/3/decide", data={"decision": "agree"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login?next=%2Fpacks%2F3%3Fqueue%3D1")


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere(one: Team, onward: str):
    client = one.client()
    assert 'name="next" value="/"' in client.get("/login", params={"next": onward}).text
    assert login(client, "Rae", GOOD, next=onward).headers["location"] == "/"


def test_a_wrong_password_an_unknown_name_and_a_locked_account_look_alike(one: Team):
    for _ in range(5):
        one.book.check("Vic", "a wrong password")
    told = {}
    for name, password in (("Rae", "a wrong password"), ("Eve", GOOD), ("Vic", GOOD)):
        answer = login(one.client(), name, password)
        assert answer.status_code == 401
        assert one.door.cookie not in answer.cookies
        told[name] = answer.text.partition("<main")[2].partition('role="alert">')[2].partition("<")[0]
    assert len(set(told.values())) == 1
    assert "do not fit, or were tried too often" in told["Eve"]


def test_who_signs_in_gets_a_session_of_a_new_name(one: Team):
    client = one.client()
    planted = one.door.sessions.begin(Session("Vic", "viewer", "en", stamp=one.book.get("Vic").stamp))
    client.cookies.set(one.door.cookie, planted)
    answer = login(client, "Rae", GOOD)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # on this machine, without TLS
    assert planted not in cookie
    assert one.door.sessions.get(planted) is None


def test_the_form_has_to_bring_what_its_cookie_holds(one: Team):
    client = one.client()
    client.get("/login")
    for fields in ({}, {"csrf": "guess"}, {"csrf": ""}):
        answer = client.post("/login", data={"name": "Rae", "password": GOOD} | fields)
        assert (answer.status_code, "This form is too old" in answer.text) == (403, True)
    assert one.client().post("/login", data={"name": "Rae", "password": GOOD, "csrf": ""}).status_code == 403
    other = one.client(Origin="http://evil.example")
    assert login(other, "Rae", GOOD).status_code == 403
    assert one.door.sessions.open() == []


def test_one_address_is_kept_waiting_after_many_failures(one: Team, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(visitors, "FREE_TRIES", 3)
    client = one.client()
    for _ in range(3):
        assert login(client, "Eve", GOOD).status_code == 401
    answer = login(client, "Rae", GOOD)
    assert (answer.status_code, "Too many attempts" in answer.text) == (429, True)
    assert 10 <= int(answer.headers["retry-after"]) <= 15
    api = client.post("/api/login", json={"name": "Rae", "password": GOOD})
    assert (api.status_code, "retry-after" in api.headers) == (429, True)


def test_those_who_are_in_are_not_kept_waiting_by_those_who_come(one: Team):
    for _ in range(4):
        assert one.door.signing_in.acquire(blocking=False)
    answer = login(one.client(), "Rae", GOOD)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


def test_an_address_waits_alone_and_is_forgotten(monkeypatch: pytest.MonkeyPatch):
    now = [1000.0]
    monkeypatch.setattr(visitors.time, "monotonic", lambda: now[0])
    found = Addresses()
    assert [found.begin("10.0.0.1") for _ in range(20)] == [0] * 20
    assert found.begin("10.0.0.1") == 15
    assert found.begin("10.0.0.2") == 0
    found.succeeded("10.0.0.1")
    assert found.begin("10.0.0.1") == 0  # one of the twenty was no failure
    now[0] += 3601
    assert [found.begin("10.0.0.1") for _ in range(20)] == [0] * 20


def test_a_network_of_ipv6_is_one_sender():
    found = Addresses()
    assert [found.begin(f"2001:db8::{n:x}") for n in range(20)] == [0] * 20
    assert found.begin("2001:db8::ffff") > 0
    assert found.begin("2001:db8:1::1") == 0


# Staying in.


def test_the_sessions_of_an_account_end_with_its_role_its_password_and_itself(one: Team):
    acts = (
        lambda: one.book.set_role("Rae", "viewer"),
        lambda: one.book.set_password("Rae", GOOD),
        lambda: one.book.remove("Rae"),
    )
    for act in acts:
        clients = [signed_in(one, "Rae"), signed_in(one, "Rae")]
        assert [client.get("/api/case").status_code for client in clients] == [200, 200]
        act()
        assert [client.get("/api/case").status_code for client in clients] == [401, 401]
    assert [session.name for session in one.door.signed_in()] == []
    assert signed_in(one, "Vic").get("/api/case").status_code == 200


def test_a_session_in_which_nothing_is_asked_ends(monkeypatch: pytest.MonkeyPatch):
    now = [0.0]
    monkeypatch.setattr(visitors.time, "monotonic", lambda: now[0])
    sessions = Sessions(idle_s=1800)
    secret = sessions.begin(Session("Rae", "reviewer", "en"))
    for _ in range(20):
        now[0] += 1700
        assert sessions.get(secret) is not None
    now[0] += 1801
    assert (sessions.get(secret), sessions.open()) == (None, [])
    secret = sessions.begin(Session("Rae", "reviewer", "en"))
    while now[0] < 1e6 and sessions.get(secret) is not None:
        now[0] += 1000
    assert 12 * 3600 <= now[0] - (20 * 1700 + 1801) <= 12 * 3600 + 1000  # for good


def test_who_leaves_is_out(one: Team):
    client = signed_in(one, "Rae")
    answer = post(client, "/leave")
    assert (answer.headers["location"], answer.headers["clear-site-data"]) == ("/login", '"cache"')
    assert client.get("/api/case").status_code == 401


# What each may do.


def test_a_decision_bears_the_name_of_the_account(one: Team):
    seq = one.served.seq(ITEM)
    assert post(signed_in(one, "RAE"), f"/packs/{seq}/decide", decision="agree").status_code == 303
    assert post(signed_in(one, "Vic"), f"/packs/{seq}/decide", decision="agree").status_code == 403
    assert [review.by for review in one.served.desk.reviews(seq)] == ["Rae"]
    assert wiring.verify(one.served.case).state == "holds"


def test_the_accounts_are_not_in_the_case(one: Team):
    files = [file for file in one.served.case.rglob("*") if file.is_file()]
    assert len(files) > 5
    assert [file for file in files if b"$argon2" in file.read_bytes()] == []


def test_everybody_may_change_their_own_password(one: Team):
    client, elsewhere = signed_in(one, "Vic"), signed_in(one, "Vic")
    wrong = post(client, "/password", present="not this one at all", password="other words, and long")
    assert (wrong.status_code, "do not fit" in wrong.text) == (403, True)
    short = post(client, "/password", present=GOOD, password="short")
    assert (short.status_code, "at least 12 characters" in short.text) == (422, True)
    answer = post(client, "/password", present=GOOD, password="other words, and long")
    assert "Your password is changed" in client.get(answer.headers["location"]).text
    assert elsewhere.get("/api/case").status_code == 401
    assert login(one.client(), "Vic", GOOD).status_code == 401
    assert signed_in(one, "Vic", "other words, and long")


def test_an_administrator_adds_changes_and_removes_accounts(one: Team):
    client = one.client("administrator")
    assert post(client, "/accounts", name="Cy", role="viewer", password=GOOD).status_code == 303
    assert post(client, "/accounts/role", name="Cy", role="reviewer").status_code == 303
    assert post(client, "/accounts/password", name="Cy", password="other words, and long").status_code == 303
    assert signed_in(one, "Cy", "other words, and long").get("/api/session").json()["role"] == "reviewer"
    assert post(client, "/accounts/remove", name="Cy").status_code == 303
    assert one.book.get("Cy") is None


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/accounts", {"name": "vic", "role": "viewer", "password": GOOD}, "of this name already"),
        ("/accounts", {"name": "Cy", "role": "viewer", "password": "short"}, "at least 12 characters"),
        ("/accounts", {"name": "<i>", "role": "viewer", "password": GOOD}, "a name is 1 to 80 letters"),
        ("/accounts/remove", {"name": "Ana"}, "the last administrator"),
        ("/accounts/role", {"name": "Ana", "role": "viewer"}, "the last administrator"),
        ("/accounts/password", {"name": "Eve", "password": GOOD}, "no account of this name"),
    ],
    ids=range(6),
)
def test_what_cannot_be_done_with_accounts_is_said_above_them(one: Team, path: str, fields: dict[str, str], said: str):
    before = one.book.all()
    answer = post(one.client("administrator"), path, **fields)
    assert (answer.status_code, said in answer.text) == (409, True)
    assert one.book.all() == before


def test_the_administrator_is_told_who_is_locked_and_who_is_signed_in(one: Team):
    for _ in range(5):
        one.book.check("Vic", "a wrong password")
    signed_in(one, "Rae")
    client = one.client("administrator")
    assert "Accounts · 1 locked" in client.get("/packs").text
    text = client.get("/accounts").text
    assert "Vic is locked after 5 failed attempts, until 20" in text
    assert "reviewer · signed in (1)" in text
    told = {account["name"]: account for account in client.get("/api/accounts").json()}
    assert {name: (part["locked"], part["failures"], part["sessions"]) for name, part in told.items()} == {
        "Ana": (False, 0, 1),
        "Rae": (False, 0, 1),
        "Vic": (True, 5, 0),
    }
    assert "locked" not in one.client("reviewer").get("/packs").text
    assert "argon2" not in text + str(told)


def test_scripts_sign_in_and_change_accounts_as_well(one: Team):
    client = one.client()
    session = client.post("/api/login", json={"name": "ana", "password": GOOD}).json()
    client.headers["X-CSRF-Token"] = session["csrf"]
    assert client.post("/api/accounts", json={"name": "Cy", "role": "viewer", "password": GOOD}).status_code == 201
    path = "/api/accounts/Cy"
    assert client.patch(path, json={"role": "reviewer"}).json()["role"] == "reviewer"
    assert client.patch(path, json={"password": "short"}).status_code == 409
    assert client.patch(path, json={"role": "viewer", "password": GOOD}).json()["error"].startswith("either another")
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 404
    changed = client.post("/api/password", json={"present": GOOD, "password": "other words, and long"}).json()
    assert client.post("/api/leave").status_code == 403  # that token was of the session before
    assert client.post("/api/leave", headers={"X-CSRF-Token": changed["csrf"]}).status_code == 204
    assert client.get("/api/case").status_code == 401


def test_a_form_of_another_site_is_no_script(shared: Team):
    """What a form can send without asking first is not read as JSON."""
    text = '{"name": "Ana", "password": "four words and more"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = shared.client().post("/api/login", content=text, headers={"Content-Type": kind} if kind else {})
        assert answer.status_code == 422, kind


def test_one_user_alone_has_no_accounts(tmp_path: Path):
    from fakes import served as fakes

    with fakes.served(tmp_path) as alone:
        client = alone.client()
        assert client.get("/accounts").status_code == client.get("/login").status_code == 404
        assert client.post("/api/login", json={"name": "Ana", "password": GOOD}).status_code == 404
        text = client.get("/settings").text
        assert ("/accounts" in text, "/password" in text) == (False, False)
        assert post(client, "/password", present="x", password=GOOD).status_code == 404
        assert csrf_of(client)
