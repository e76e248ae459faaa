"""Every route and every role: a table, and whatever else the API's description allows one to ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

pytest.importorskip("fastapi", reason="the extra serve is not installed")
pytest.importorskip("schemathesis", reason="schemathesis is not installed")

import schemathesis
from schemathesis.specs.openapi import checks as openapi

from fakes.team import Team, team
from samegoods.edges.web.app import ROUTES
from samegoods.records import ROLES, may

NOBODY = None
WHO = (NOBODY, *ROLES)
SEQ = "/api/packs/{seq}"
TABLE = {
    # (method, path): (who may ask, the answer to a request without a body); None: everybody.
    ("GET", "/enter"): (NOBODY, 403),
    ("GET", "/login"): (NOBODY, 200),
    ("POST", "/login"): (NOBODY, 403),
    ("GET", "/static/{stamp}/{name}"): (NOBODY, 200),
    ("POST", "/api/login"): (NOBODY, 422),
    ("POST", "/leave"): ("viewer", 303),
    ("GET", "/"): ("viewer", 200),
    ("GET", "/products/{product}"): ("viewer", 200),
    ("GET", "/packs"): ("viewer", 200),
    ("GET", "/packs/{seq}"): ("viewer", 200),
    ("GET", "/review"): ("viewer", 303),
    ("GET", "/many"): ("viewer", 200),
    ("GET", "/sources"): ("viewer", 200),
    ("GET", "/log"): ("viewer", 200),
    ("GET", "/agreement"): ("viewer", 200),
    ("GET", "/numbers"): ("viewer", 200),
    ("GET", "/settings"): ("viewer", 200),
    ("POST", "/settings"): ("viewer", 303),
    ("POST", "/password"): ("viewer", 403),  # without the present one
    ("GET", "/pictures/references/{n}.webp"): ("viewer", 200),
    ("GET", "/pictures/packs/{seq}/{view}.webp"): ("viewer", 200),
    ("GET", "/pictures/packs/{seq}/{view}/heat.webp"): ("viewer", 200),
    ("GET", "/pictures/blind/{seq}/{view}/{slot}.webp"): ("viewer", 200),
    ("GET", "/pictures/shares.svg"): ("viewer", 200),
    ("GET", "/openapi.json"): ("viewer", 200),
    ("GET", "/api/case"): ("viewer", 200),
    ("GET", "/api/findings"): ("viewer", 200),
    ("GET", "/api/products/{product}"): ("viewer", 200),
    ("GET", "/api/packs"): ("viewer", 200),
    ("GET", SEQ): ("viewer", 200),
    ("GET", "/api/next"): ("viewer", 200),
    ("GET", "/api/sources"): ("viewer", 200),
    ("GET", "/api/log"): ("viewer", 200),
    ("GET", "/api/agreement"): ("viewer", 200),
    ("GET", "/api/statistics"): ("viewer", 200),
    ("GET", "/api/session"): ("viewer", 200),
    ("POST", "/api/session"): ("viewer", 422),
    ("POST", "/api/leave"): ("viewer", 204),
    ("POST", "/api/password"): ("viewer", 422),
    ("POST", "/packs/{seq}/decide"): ("reviewer", 422),
    ("POST", "/undo"): ("reviewer", 409),
    ("POST", "/many"): ("reviewer", 409),
    ("POST", SEQ + "/decisions"): ("reviewer", 422),
    ("POST", "/api/undo"): ("reviewer", 409),
    ("POST", "/api/many"): ("reviewer", 422),
    ("GET", "/ground"): ("reviewer", 200),
    ("GET", "/ground/next"): ("reviewer", 303),
    ("GET", "/ground/{n}"): ("reviewer", 404),  # this case has no reports
    ("POST", "/ground/{n}"): ("reviewer", 422),
    ("GET", "/pictures/ground/{n}/{k}/{side}.webp"): ("reviewer", 404),
    ("GET", "/api/ground"): ("reviewer", 200),
    ("GET", "/api/ground/{n}"): ("reviewer", 404),
    ("POST", "/api/ground/{n}"): ("reviewer", 422),
    ("GET", "/accounts"): ("administrator", 200),
    ("POST", "/accounts"): ("administrator", 422),
    ("POST", "/accounts/role"): ("administrator", 422),
    ("POST", "/accounts/password"): ("administrator", 409),
    ("POST", "/accounts/remove"): ("administrator", 409),
    ("GET", "/api/accounts"): ("administrator", 200),
    ("POST", "/api/accounts"): ("administrator", 422),
    ("PATCH", "/api/accounts/{name}"): ("administrator", 422),
    ("DELETE", "/api/accounts/{name}"): ("administrator", 404),
}


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with team(tmp_path_factory.mktemp("roles")) as made:
        yield made


@pytest.fixture(autouse=True)
def fresh(one: Team) -> None:
    """Nobody waits for what another test tried."""
    one.door.addresses = type(one.door.addresses)()


def test_the_table_has_every_route_and_says_what_the_route_says():
    found = {}
    for route in (route for part in ROUTES for route in part.routes):
        roles = {getattr(one.call, "role", None) for one in route.dependant.dependencies} - {None}
        assert len(roles) <= 1
        for method in route.methods - {"HEAD"}:
            found[method, route.path] = next(iter(roles), NOBODY)
    assert found == {asked: needed for asked, (needed, _) in TABLE.items()}


class Anybody:
    """A client that asks as anybody: each time with a new session, as some requests end it."""

    def __init__(self, one: Team, client: Any) -> None:
        self.one, self.client = one, client

    def ask(self, who: str | None, method: str, url: str, **request: Any) -> Any:
        headers = dict(request.pop("headers", {}))
        if who is not NOBODY:
            session = self.one.session(who)
            secret = self.one.door.sessions.begin(session)
            headers |= {"Cookie": f"{self.one.door.cookie}={secret}", "X-CSRF-Token": session.csrf}
        self.client.cookies.clear()
        return self.client.request(method, url, headers=headers, **request)


@pytest.fixture(scope="module")
def anybody(one: Team) -> Iterator[Anybody]:
    with one.client() as client:
        yield Anybody(one, client)


@pytest.mark.parametrize("who", WHO, ids=str)
def test_everybody_gets_what_the_table_says(one: Team, anybody: Anybody, who: str | None):
    filled = {"seq": one.served.seq("s-gate-1.mp4-i0"), "product": "camellia-biscuits", "view": 0, "n": 1, "slot": "a"}
    filled |= {"k": 0, "side": "pack"}
    got, expected = {}, {}
    for (method, path), (needed, answer) in TABLE.items():
        name = "style.css" if path.startswith("/static") else "Eve"
        place = path.format(**filled, stamp="x", name=name)
        got[method, path] = anybody.ask(who, method, place).status_code
        allowed = needed is NOBODY or (who is not NOBODY and may(who, needed))
        expected[method, path] = answer if allowed else 401 if who is NOBODY else 403
    assert got == expected


# What the description of the API allows one to ask.

# Not whether an answer has its form: FastAPI makes it by that, and schemathesis 4.32 takes no tuple (prefixItems).
CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
]
BOUNDED = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
SOUND, WRONG = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
EXAMPLES = {SOUND: 6, WRONG: 3}


def operations(one: Team) -> list[Any]:
    described = schemathesis.openapi.from_dict(one.app.openapi())
    return [found.ok() for found in described.get_all_operations()]


@pytest.mark.parametrize("mode", [SOUND, WRONG], ids=lambda mode: mode.value)
def test_no_request_that_is_described_ends_in_a_fault_or_goes_beyond_a_role(one: Team, anybody: Anybody, mode: Any):
    """schemathesis makes requests from the description, sound ones and others; each is sent by everybody."""
    answers: dict[tuple[str | None, str, str], set[int]] = {}
    asked = operations(one)
    assert {(found.method.upper(), found.path) for found in asked} == {
        route for route in TABLE if route[1].startswith("/api/")
    }
    for operation in asked:
        if mode is WRONG and not (list(operation.query) or list(operation.body)):
            continue  # there is nothing in it that could be wrong: any text is a name

        @settings(BOUNDED, max_examples=EXAMPLES[mode])
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            for who in WHO:
                one.door.addresses = type(one.door.addresses)()
                request = case.as_transport_kwargs(base_url="http://127.0.0.1:8717")
                request.pop("cookies")
                request["content"] = request.pop("data", None)  # as the framework's client calls it
                answer = anybody.ask(who, **request)
                case.validate_response(answer, checks=CHECKS)
                told = answers.setdefault((who, case.method.upper(), case.path), set())
                told.add(answer.status_code)

        send()
    for (who, method, path), statuses in answers.items():
        needed, _ = TABLE[method, path]
        if needed is NOBODY or (who is not NOBODY and may(who, needed)):
            assert 401 not in statuses or path == "/api/login", (who, method, path)
        else:  # 400, 422: it was no JSON, which is seen before anybody is asked for
            assert statuses <= {401 if who is NOBODY else 403, 400, 422}, (who, method, path, statuses)
            assert statuses & {401, 403}, (who, method, path, statuses)
    reached = {status for statuses in answers.values() for status in statuses}
    assert reached >= ({200, 201, 401, 403, 404, 409, 422} if mode is SOUND else {401, 403, 422})
    assert {account.name for account in one.book.all()} >= {"Ana", "Rae", "Vic"}
