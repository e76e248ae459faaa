"""The review page over HTTP: what it shows, what it keeps, what it refuses."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from fakes import served as fakes
from fakes.served import Served, csrf_of, post
from samegoods import wiring
from samegoods.answers import HEADERS
from samegoods.custody.walk import read_findings
from samegoods.edges.web.app import ROUTES
from samegoods.edges.web.visitors import ROLES, Session
from samegoods.edges.web.words import percent
from samegoods.results.review import Wish

DIFFERS, SAME = "s-gate-1.mp4-i0", "s-gate-1.mp4-i1"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Served]:
    with fakes.served(tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A case that no test decides on."""
    with fakes.served(tmp_path_factory.mktemp("shared")) as one:
        yield one


def paths(one: Served) -> list[tuple[str, str]]:
    """Every route as (method, path) with numbers and names that are there."""
    found = []
    seq = one.seq(DIFFERS)
    filled = {"{seq}": str(seq), "{product}": "camellia-biscuits", "{view}": "0", "{n}": "1", "{slot}": "a"}
    filled |= {"{name}": "Ana"}
    for route in routes():
        path = route.path
        for name, value in filled.items():
            path = path.replace(name, value)
        found += [(method, path) for method in sorted(route.methods - {"HEAD"})]
    return found


def routes() -> list[Any]:
    return [route for part in ROUTES for route in part.routes]


OPEN = {"/enter", "/login", "/api/login", "/static/{stamp}/{name}"}


# Who comes in.


def test_without_the_link_nobody_sees_anything(shared: Served):
    client = shared.client(enter=False)
    for method, path in paths(shared):
        answer = client.request(method, path)
        if path not in ("/enter", "/login", "/api/login", "/static/{stamp}/Ana"):
            assert answer.status_code == 401, (method, path)
            assert "camellia" not in answer.text.lower()


def test_the_link_opens_a_session_and_leaves_the_address(shared: Served):
    client = shared.client(enter=False)
    assert client.get("/enter?token=guess").status_code == 403
    assert client.get("/enter").status_code == 403
    answer = client.get(shared.link.removeprefix(fakes.ADDRESS))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert shared.token not in cookie
    assert client.get("/").status_code == 200


def test_who_leaves_has_to_come_in_again(shared: Served):
    client = shared.client()
    secret = dict(client.cookies)
    assert post(client, "/leave").status_code == 303
    assert client.get("/").status_code == 401
    client.cookies.update(secret)
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:8717", ""])
def test_another_host_is_refused(shared: Served, host: str):
    client = shared.client()
    assert client.get("/", headers={"Host": host}).status_code == 421
    assert client.get("/", headers={"Host": "localhost:8717"}).status_code != 421


def test_every_answer_has_its_headers(shared: Served):
    client = shared.client()
    for path in ("/", "/static/x/style.css", "/nothing", "/api/case", "/packs/999999", "/openapi.json"):
        answer = client.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
    policy = client.get("/").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_no_page_has_a_script_or_a_style_in_it_or_anything_of_another_host(shared: Served):
    client = shared.client()
    for method, path in paths(shared):
        answer = client.get(path) if method == "GET" else None
        if answer is not None and answer.headers.get("content-type", "").startswith("text/html"):
            assert not re.search(r"<script(?![^>]* src=\"/static/)|\sstyle=|\son[a-z]+=\"|<style", answer.text), path
            assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", answer.text), path


def test_a_form_without_its_token_changes_nothing(page: Served):
    client = page.client()
    changing = [(method, path) for method, path in paths(page) if method != "GET"]
    posts = [(method, path) for method, path in changing if not path.endswith("/login")]
    assert len(posts) >= 8
    for method, path in posts:
        fields = {"decision": "agree", "language": "ko"}
        for data in (fields, fields | {"csrf": "guess"}):
            assert client.request(method, path, data=data).status_code == 403, path
    other = page.client()
    assert client.post("/settings", data={"csrf": csrf_of(other), "language": "ko"}).status_code == 403
    assert page.desk.reviews(page.seq(DIFFERS)) == []


def test_what_another_site_sends_is_refused(page: Served):
    client = page.client()
    path = f"/packs/{page.seq(DIFFERS)}/decide"
    data = {"csrf": csrf_of(client), "decision": "agree"}
    assert client.post(path, data=data, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post(path, data=data, headers={"Origin": "null"}).status_code == 403
    assert page.desk.reviews(page.seq(DIFFERS)) == []
    assert client.post(path, data=data, headers={"Origin": fakes.ADDRESS}).status_code == 303


def test_a_body_that_is_too_long_is_refused(page: Served):
    client = page.client()
    data = {"csrf": csrf_of(client), "decision": "agree", "remark": "x" * 70_000}
    assert client.post(f"/packs/{page.seq(DIFFERS)}/decide", data=data).status_code == 413


def test_every_route_says_which_role_it_needs(shared: Served):
    told = {}
    for route in routes():
        roles = [getattr(one.call, "role", None) for one in route.dependant.dependencies]
        told[route.path, tuple(sorted(route.methods))] = [one for one in roles if one is not None]
    assert {path for (path, _), roles in told.items() if not roles} == OPEN
    assert all(len(roles) == 1 for (path, _), roles in told.items() if path not in OPEN)
    deciding = {path for (path, _), roles in told.items() if roles == ["reviewer"]}
    assert deciding == {
        "/packs/{seq}/decide",
        "/undo",
        "/many",
        "/api/packs/{seq}/decisions",
        "/api/undo",
        "/api/many",
        "/ground",
        "/ground/next",
        "/ground/{n}",
        "/pictures/ground/{n}/{k}/{side}.webp",
        "/api/ground",
        "/api/ground/{n}",
    }


@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_decide_is_refused(page: Served, role: str):
    door = page.app.state.door
    secret = door.sessions.begin(Session("Vic", role, "en"))
    client = page.client(enter=False)
    client.cookies.set(door.cookie, secret)
    answer = post(client, f"/packs/{page.seq(DIFFERS)}/decide", decision="agree")
    assert answer.status_code == (403 if role == "viewer" else 303)
    assert len(page.desk.reviews(page.seq(DIFFERS))) == (role != "viewer")
    assert ('action="/undo"' in client.get(f"/packs/{page.seq(SAME)}").text) == (role != "viewer")


# What is shown.


def test_the_overview_tells_the_counts_of_the_findings(shared: Served):
    text = shared.client().get("/").text
    document = read_findings((shared.case / "findings.json").read_bytes())
    different = sum(one.different for one in document.findings if one.in_scope)
    judged = different + sum(one.same for one in document.findings if one.in_scope)
    assert f"{different} of {judged} packs that could be judged differ." in text
    assert "could not be read" in text


def test_the_numbers_are_those_of_the_results(shared: Served):
    client = shared.client()
    found = read_findings((shared.case / "findings.json").read_bytes()).statistics
    told = client.get("/api/statistics").json()
    assert told == json.loads(found.model_dump_json())
    text = client.get("/numbers").text
    assert found.not_seen.hours
    assert "filmed on" in text
    for one in found.shares:
        if one.by == "product" and one.counted == "packaging" and one.tally.share_different is not None:
            row = re.search(rf"<tr>(?:(?!</tr>).)*/products/{one.key}(?:(?!</tr>).)*packaging.*?</tr>", text, re.S)
            assert row
            assert percent(one.tally.share_different) in row[0]
    chart = client.get("/pictures/shares.svg")
    assert chart.headers["content-type"] == "image/svg+xml"
    assert "<svg" in chart.text
    assert "var(" not in chart.text  # as a picture it has no page's colours


def test_a_case_without_statistics_says_so(page: Served):
    page.desk.statistics = None
    client = page.client()
    assert client.get("/numbers").status_code == client.get("/api/statistics").status_code == 404
    assert client.get("/").status_code == 200


def test_every_item_of_the_findings_is_listed_once(shared: Served):
    document = read_findings((shared.case / "findings.json").read_bytes())
    listed = shared.client().get("/api/packs").json()
    assert listed["number"] == len(document.items)
    assert {(one["source"], one["id"]) for one in listed["packs"]} == {(one.source, one.id) for one in document.items}


@pytest.mark.parametrize("query", ["product=dew-cream", "site=moran", "call=different", "product=dew-cream&call=same"])
def test_a_list_has_what_was_asked_for(shared: Served, query: str):
    wanted = dict(part.split("=") for part in query.split("&"))
    everything = shared.client().get("/api/packs").json()["packs"]
    expected = [one for one in everything if all(one[name] == value for name, value in wanted.items())]
    assert shared.client().get(f"/api/packs?{query}").json()["packs"] == expected
    assert len(expected) > 0
    assert shared.client().get(f"/packs?{query}").status_code == 200


def test_a_pack_is_shown_with_its_pictures_and_its_differences(shared: Served):
    client, seq = shared.client(), shared.seq(DIFFERS)
    text = client.get(f"/packs/{seq}").text
    assert "the red seal at the lower right is missing" in text
    assert "Songsin Market · gate-1.mp4 at 0:00" in text
    shown = client.get(f"/api/packs/{seq}").json()
    assert [one["difference"]["kind"] for one in shown["differences"]] == ["mark", "colour"]
    for view in shown["views"]:
        for name in ("reference", "picture", "small"):
            answer = client.get(view[name])
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
            assert answer.content[8:12] == b"WEBP"


def test_the_heat_map_of_a_pack_is_a_picture(shared: Served):
    client = shared.client()
    heat = client.get(f"/api/packs/{shared.seq(DIFFERS)}").json()["views"][0]["heat"]
    answer = client.get(heat)
    assert answer.status_code in (200, 404)  # of drawn packs this small it may tell nothing
    assert answer.status_code == 404 or answer.content[8:12] == b"WEBP"


@pytest.mark.parametrize(
    "path",
    [
        "/packs/999",
        "/products/none",
        "/pictures/packs/1/99.webp",
        "/pictures/references/99.webp",
        "/static/x/app.py",
        "/static/x/..%2fapp.py",
        "/nothing",
        "/api/packs/999",
        "/pictures/blind/1/0/c.webp",
    ],
)
def test_what_is_not_there_is_said_to_be_so(shared: Served, path: str):
    assert shared.client().get(path).status_code == 404


def test_the_footage_that_failed_is_told_with_its_reason(shared: Served):
    text = shared.client().get("/sources?failed=1").text
    assert "broken.mp4" in text
    assert "the file&#39;s index is missing" in text
    assert "gate-2.mp4" not in text


def test_the_log_is_shown_the_latest_first_and_goes_on(page: Served):
    client = page.client()
    before = client.get("/api/log").json()
    lines = (page.case / "custody.jsonl").read_text(encoding="utf-8").splitlines()
    assert before["number"] == len(lines)
    assert [one["n"] for one in before["entries"]] == list(range(len(lines), max(len(lines) - 50, 0), -1))
    post(client, f"/packs/{page.seq(SAME)}/decide", decision="agree")
    assert [one["kind"] for one in client.get("/api/log").json()["entries"][:2]] == ["signed", "reviewed"]
    assert "reviewed" in client.get("/log").text


def test_what_strangers_wrote_is_shown_and_never_run(page: Served):
    client = page.client()
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    post(client, f"/packs/{page.seq(SAME)}/decide", decision="cannot_tell", remark=evil)
    text = client.get(f"/packs/{page.seq(SAME)}").text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "<img src=x" not in text


# What is decided.


def test_a_decision_is_kept_and_leads_to_the_next_pack(page: Served):
    client = page.client()
    first = client.get("/review").headers["location"]
    seq = int(re.search(r"/packs/(\d+)", first)[1])
    waiting = client.get("/api/case").json()["waiting"]
    answer = post(client, f"/packs/{seq}/decide", decision="agree", remark=" the seal ")
    assert answer.status_code == 303
    assert f"/packs/{seq}?" not in answer.headers["location"]
    assert client.get("/api/case").json()["waiting"] == waiting - 1
    (kept,) = page.desk.reviews(seq)
    assert (kept.by, kept.decision, kept.remark, kept.blind) == ("Ana", "agree", "the seal", False)
    assert wiring.verify(page.case).state == "holds"


@pytest.mark.parametrize("path", ["/packs/{seq}/decide", "/undo"])
def test_script_gets_the_page_itself_the_same_that_the_way_there_leads_to(page: Served, path: str):
    client, seq = page.client(), page.seq(DIFFERS)
    post(client, f"/packs/{seq}/decide", decision="agree")
    fields = {"csrf": csrf_of(client), "decision": "cannot_tell"}
    answer = client.post(path.format(seq=seq), data=fields, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert answer.text == client.get(answer.headers["hx-push-url"]).text


def test_a_whole_review_ends(page: Served):
    client = page.client()
    done = set()
    for _ in range(40):
        place = client.get("/review")
        if place.status_code == 200:
            break
        seq = int(re.search(r"/packs/(\d+)", place.headers["location"])[1])
        assert seq not in done
        done.add(seq)
        assert post(client, f"/packs/{seq}/decide", decision="agree").status_code in (200, 303)
    assert "No pack waits for you." in place.text
    document = read_findings((page.case / "findings.json").read_bytes())
    assert len(done) == sum(one.in_scope for one in document.items)


def test_what_differs_comes_first_and_the_surest_of_it(page: Served):
    client = page.client()
    order = [one for one in client.get("/api/packs").json()["packs"] if one["in_scope"]]
    calls = [one["call"] for one in order]
    assert calls == sorted(calls, key=["different", "cannot_tell", "same"].index)
    sure = [one["confidence"] for one in order if one["call"] == "different"]
    assert sure == sorted(sure, reverse=True)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"decision": "same"}, {"decision": "correct", "axis": "packaging", "call": "same"}),
        ({"decision": "correct", "axis": "quality", "call": "different"}, {"axis": "quality", "call": "different"}),
        ({"decision": "correct", "axis": "packaging", "kind": "print"}, {"axis": None, "call": None, "kind": "print"}),
        (
            {"decision": "correct", "reference": "camellia-biscuits/export/front", "region": "[[0,0],[9,0],[9,9]]"},
            {"region": ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0)), "reference": "camellia-biscuits/export/front"},
        ),
        ({"decision": "not_product"}, {"decision": "not_product", "call": None}),
    ],
    ids=range(5),
)
def test_a_form_says_what_it_means(page: Served, fields: dict[str, str], kept: dict[str, object]):
    seq = page.seq(DIFFERS)
    assert post(page.client(), f"/packs/{seq}/decide", **fields).status_code == 303
    (review,) = page.desk.reviews(seq)
    assert {name: getattr(review, name) for name in kept} == kept


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"decision": "maybe"},
        {"decision": "correct"},
        {"decision": "correct", "call": "maybe", "axis": "packaging"},
        {"decision": "correct", "reference": "r", "region": "[[0,0]]"},
        {"decision": "correct", "reference": "r", "region": "[[NaN,0],[1,1],[2,2]]"},
        {"decision": "correct", "reference": "r", "region": "[" * 5000},
        {"decision": "correct", "reference": "r", "region": "nonsense"},
        {"decision": "agree", "remark": "x" * 2001},
        {"decision": "withdraw", "withdraws": "1"},
    ],
    ids=range(10),
)
def test_a_form_that_makes_no_sense_is_refused_and_nothing_is_kept(page: Served, fields: dict[str, str]):
    seq = page.seq(DIFFERS)
    assert post(page.client(), f"/packs/{seq}/decide", **fields).status_code == 422
    assert page.desk.reviews(seq) == []


def test_an_undo_takes_back_the_last_decision_and_shows_its_pack(page: Served):
    client = page.client()
    first, second = page.seq(DIFFERS), page.seq(SAME)
    assert post(client, "/undo").status_code == 409
    post(client, f"/packs/{first}/decide", decision="agree")
    post(client, f"/packs/{second}/decide", decision="different")
    assert post(client, "/undo").headers["location"].startswith(f"/packs/{second}?")
    assert post(client, "/undo").headers["location"].startswith(f"/packs/{first}?")
    assert post(client, "/undo").status_code == 409
    assert [one.decision for one in page.desk.reviews(second)] == ["correct", "withdraw"]
    assert page.desk.line(second).decision is None
    assert wiring.verify(page.case).counts["decisions"] == 4


def test_one_reviewer_corrects_both_axes_and_takes_back_one_at_a_time(page: Served):
    client, seq = page.client(), page.seq(DIFFERS)
    for axis, call in (("packaging", "same"), ("quality", "different")):
        fields = {"decision": "correct", "axis": axis, "call": call, "seen": "9"}
        assert post(client, f"/packs/{seq}/decide", **fields).status_code == 303
    assert len(page.desk.stands(seq)) == 2
    assert page.desk.line(seq).reviewers == 1
    source = DIFFERS.rpartition("-i")[0]
    page.desk.take(page.room.decide(Wish(decision="agree"), source=source, item=DIFFERS, by="Ben"))
    assert page.desk.labels() == [("Ana", seq, "same"), ("Ben", seq, "different")]
    assert post(client, "/undo").status_code == 303
    assert [(one.by, one.axis) for one in page.desk.reviews(seq) if one.n in page.desk.stands(seq)] == [
        ("Ana", "packaging"),
        ("Ben", None),
    ]


def test_of_two_at_once_both_are_kept_and_the_second_is_told(page: Served):
    seq = page.seq(DIFFERS)
    door = page.app.state.door
    clients = {}
    for name in ("Ana", "Ben"):
        clients[name] = page.client(enter=False)
        clients[name].cookies.set(door.cookie, door.sessions.begin(Session(name, "reviewer", "en")))
    seen = re.search(r'name="seen" value="(\d+)"', clients["Ben"].get(f"/packs/{seq}").text)[1]
    assert (
        "after=" not in post(clients["Ana"], f"/packs/{seq}/decide", decision="agree", seen=seen).headers["location"]
    )
    answer = post(clients["Ben"], f"/packs/{seq}/decide", decision="same", seen=seen)
    text = clients["Ben"].get(answer.headers["location"]).text
    assert "Ana has decided on this pack as well" in text
    assert {one.by for one in page.desk.reviews(seq)} == {"Ana", "Ben"}


def test_many_clients_at_once_lose_nothing(page: Served):
    seq, door = page.seq(SAME), page.app.state.door
    answers = []

    def decide(name: str) -> None:
        client = page.client(enter=False)
        client.cookies.set(door.cookie, door.sessions.begin(Session(name, "reviewer", "en")))
        answers.append(post(client, f"/packs/{seq}/decide", decision="agree").status_code)

    threads = [threading.Thread(target=decide, args=(f"reviewer {n}",)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert answers == [303] * 8
    assert len({one.by for one in page.desk.reviews(seq)}) == 8
    assert wiring.verify(page.case).counts["decisions"] == 8


def test_many_packs_are_decided_on_once_each_was_looked_at(page: Served):
    client = page.client()
    text = client.get("/many").text
    listed = re.search(r'name="packs" value="([\d,]+)"', text)[1]
    numbers = listed.split(",")
    seen = {f"seen-{n}": "yes" for n in numbers}
    some = dict(list(seen.items())[1:])
    assert post(client, "/many", packs=listed, decision="agree", **some).status_code == 409
    assert post(client, "/many", packs=listed, decision="different", **seen).status_code == 422
    assert (
        post(client, "/many", packs=listed + ",99999", decision="agree", **{"seen-99999": "yes"}, **seen).status_code
        == 409
    )
    assert all(page.desk.reviews(int(n)) == [] for n in numbers)
    assert post(client, "/many", packs=listed, decision="agree", **seen).status_code == 303
    assert all(len(page.desk.reviews(int(n))) == 1 for n in numbers)
    assert not set(numbers) & set(re.findall(r'name="seen-(\d+)"', client.get("/many").text))


def test_what_is_decided_is_there_when_the_case_is_served_again_and_in_its_results(tmp_path: Path):
    with fakes.served(tmp_path, publishes=True) as one:
        seq = one.seq(DIFFERS)
        post(one.client(), f"/packs/{seq}/decide", decision="agree", remark="seen")
        case = one.case
    items = read_findings((case / "findings.json").read_bytes()).items
    assert {item.id: item.review.remark for item in items if item.review} == {DIFFERS: "seen"}
    assert wiring.verify(case).state == "holds"
    with fakes.served(tmp_path, case=case, reviewer="Ben") as again:
        assert [review.by for review in again.desk.reviews(again.seq(DIFFERS))] == ["Ana"]
        assert again.client().get("/api/next").json()["seq"] != again.seq(DIFFERS)


def test_a_review_without_a_decision_changes_no_byte_of_the_results(tmp_path: Path):
    case = None
    with fakes.served(tmp_path) as one:
        case = one.case
        before = {name: (case / name).read_bytes() for name in ("findings.json", "custody.jsonl", "report.html")}
        one.client().get("/")
    assert {name: (case / name).read_bytes() for name in before} == before


# Whatever is sent.


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(
        st.sampled_from(
            [
                "decision",
                "axis",
                "call",
                "kind",
                "region",
                "reference",
                "remark",
                "seen",
                "packs",
                "product",
                "withdraws",
            ]
        )
        | st.text(max_size=8),
        st.sampled_from(["agree", "correct", "same", "packaging", "[[0,0],[1,1],[2,0]]", "1", "different"])
        | st.text(max_size=30),
        max_size=7,
    ),
    path=st.sampled_from(["decide", "undo", "many", "settings"]),
)
def test_no_form_ends_in_a_fault(shared_fuzz: Served, fields: dict[str, str], path: str):
    client = shared_fuzz.fuzzing
    where = f"/packs/{shared_fuzz.seq_now}/decide" if path == "decide" else f"/{path}"
    answer = client.post(where, data=fields | {"csrf": shared_fuzz.csrf})
    assert answer.status_code in (303, 200, 403, 409, 422), answer.text[:300]
    stray = {name for name in json.loads(client.get("/api/session").text) if name not in SESSION}
    assert stray == set()


SESSION = {"name", "role", "language", "theme", "blind", "csrf"}


class Fuzzed:
    def __init__(self, one: Served) -> None:
        self.fuzzing, self.seq_now = one.client(), one.seq(DIFFERS)
        self.csrf = csrf_of(self.fuzzing)


@pytest.fixture(scope="module")
def shared_fuzz(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    with fakes.served(tmp_path_factory.mktemp("fuzz")) as one:
        yield Fuzzed(one)
        assert wiring.verify(one.case).state == "holds"


@given(
    query=st.dictionaries(
        st.sampled_from(["product", "site", "call", "decided", "page", "view", "after", "queue", "failed"]),
        st.text(max_size=12) | st.integers(-5, 10**13).map(str),
        max_size=4,
    ),
    path=st.sampled_from(["/packs", "/packs/1", "/review", "/many", "/sources", "/log", "/api/packs", "/api/next"]),
)
def test_no_address_ends_in_a_fault(shared: Served, query: dict[str, str], path: str):
    if not hasattr(test_no_address_ends_in_a_fault, "client"):
        test_no_address_ends_in_a_fault.client = shared.client()
    answer = test_no_address_ends_in_a_fault.client.get(path, params=query)
    assert answer.status_code in (200, 303, 404, 422), answer.text[:300]


@given(path=st.text(max_size=20))
def test_one_goes_on_within_this_server_alone(path: str):
    from urllib.parse import urljoin, urlsplit

    from samegoods.edges.web.rooms import local_path

    assert urlsplit(urljoin("http://127.0.0.1:8717/x", local_path(path))).netloc == "127.0.0.1:8717"


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil", "/\t/evil"])
def test_no_form_leads_to_another_server(shared: Served, path: str):
    assert post(shared.client(), "/settings", theme="dark", next=path).headers["location"] == "/"


# Scripts.


def test_the_api_is_described_and_takes_the_token(page: Served):
    client = page.client(enter=False, Authorization=f"Bearer {page.token}")
    described = client.get("/openapi.json").json()
    for path in ("/api/packs", "/api/packs/{seq}/decisions", "/api/undo", "/api/many", "/api/log", "/api/session"):
        assert path in described["paths"]
    seq = page.seq(DIFFERS)
    wish = Wish(decision="correct", axis="packaging", call="different").model_dump(mode="json")
    answer = client.post(f"/api/packs/{seq}/decisions", json=wish)
    assert (answer.status_code, answer.json()["n"], answer.json()["by"]) == (201, 1, "Ana")
    assert client.post("/api/undo").json()["decision"] == "withdraw"
    assert client.post(f"/api/packs/{seq}/decisions", json={"decision": "maybe"}).status_code == 422
    many = {"packs": [seq, page.seq(SAME)], "looked_at": [seq], "wish": {"decision": "agree"}}
    assert client.post("/api/many", json=many).status_code == 409
    assert len(client.post("/api/many", json=many | {"looked_at": many["packs"]}).json()) == 2
    wrong = page.client(enter=False, Authorization="Bearer guess")
    assert wrong.get("/api/case").status_code == 401
    assert wrong.get("/api/case").json() == {"error": "open the link that samegoods serve has printed"}


def test_whatever_the_page_does_the_api_does_too(shared: Served):
    described = set(shared.app.openapi()["paths"])
    pages = {route.path for route in routes() if not route.path.startswith(("/api/", "/pictures/", "/static/"))}
    same = {
        "/": "/api/findings",
        "/products/{product}": "/api/products/{product}",
        "/packs": "/api/packs",
        "/packs/{seq}": "/api/packs/{seq}",
        "/packs/{seq}/decide": "/api/packs/{seq}/decisions",
        "/review": "/api/next",
        "/many": "/api/many",
        "/undo": "/api/undo",
        "/sources": "/api/sources",
        "/log": "/api/log",
        "/agreement": "/api/agreement",
        "/numbers": "/api/statistics",
        "/settings": "/api/session",
    }
    same |= {
        "/login": "/api/login",
        "/leave": "/api/leave",
        "/password": "/api/password",
        "/accounts": "/api/accounts",
        "/accounts/role": "/api/accounts/{name}",
        "/accounts/password": "/api/accounts/{name}",
        "/accounts/remove": "/api/accounts/{name}",
    }
    same |= {"/ground": "/api/ground", "/ground/next": "/api/ground", "/ground/{n}": "/api/ground/{n}"}
    assert pages - {"/enter", "/openapi.json"} == set(same)
    assert set(same.values()) <= described
