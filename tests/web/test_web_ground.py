"""Reports from the ground on the review page: waiting, taken in, left out; the same as an API; who may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from fakes import custody as fakes
from fakes import ground
from fakes import served as serving
from fakes.served import Served, csrf_of, post
from samegoods import wiring
from samegoods.wiring import moderating, publishing


@pytest.fixture(autouse=True)
def plain_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results without the real report and the real audit, which take seconds."""
    for where in (publishing, moderating):
        monkeypatch.setattr(where, "put_report", lambda store: store.put("report.html", "<p>anew</p>"))
    monkeypatch.setattr(publishing, "put_audit", lambda store: None)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    made = fakes.finished_case(tmp_path, sources=2)
    with fakes.opened(made, None, now=fakes.clock(day=21)) as store:
        ground.reported(store, "a", photos=1, remark="<script>alert(1)</script>")
        ground.reported(store, "b", product="heron-filter", version=None, remark="")
        ground.reported(store, "c", site="harbour")
    return made


@pytest.fixture
def page(tmp_path: Path, case: Path) -> Iterator[Served]:
    with serving.served(tmp_path, case=case) as one:
        yield one


def groups(case: Path) -> list[dict[str, Any]]:
    return json.loads((case / "findings.json").read_text())["ground"]


def test_the_navigation_tells_how_many_wait(page: Served):
    client = page.client()
    assert "From the ground (3)" in client.get("/").text
    post(client, "/ground/1", decision="accept")
    assert "From the ground (2)" in client.get("/").text


def test_a_case_without_reports_has_no_page_for_them_in_the_navigation(tmp_path: Path):
    with serving.served(tmp_path) as one:
        assert "From the ground" not in one.client().get("/").text
        assert "No report waits." in one.client().get("/ground").text


def test_all_of_a_report_is_shown_and_escaped(page: Served):
    text = page.client().get("/ground/1").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "12.50 KRW" in text
    assert "the version for sale at home" in text
    for side in ("pack", "reference"):
        picture = page.client().get(f"/pictures/ground/1/0/{side}.webp")
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    assert page.client().get("/pictures/ground/1/0/pack.webp").headers["cache-control"] == "no-store"
    assert page.client().get("/pictures/ground/1/1/pack.webp").status_code == 404
    assert page.client().get("/ground/9").status_code == 404


def test_a_decision_leads_to_the_next_that_waits(page: Served, case: Path):
    client = page.client()
    assert client.get("/ground/next").headers["location"] == "/ground/1"
    assert post(client, "/ground/1", decision="accept").headers["location"] == "/ground/next?after=1"
    assert client.get("/ground/next?after=1").headers["location"] == "/ground/2"
    post(client, "/ground/2", decision="reject", reason=" an advertisement ")
    post(client, "/ground/3", decision="accept")
    assert client.get("/ground/next?after=3").headers["location"] == "/ground"
    assert "an advertisement" in client.get("/ground/2").text
    text = client.get("/ground").text
    assert text.count(">taken in<") == 2
    assert text.count(">left out<") == 1
    assert wiring.verify(case).state == "holds"


def test_as_serving_ends_the_findings_tell_what_was_taken_in(tmp_path: Path, case: Path):
    counted = {**json.loads((case / "findings.json").read_text()), "ground": None}
    with serving.served(tmp_path, case=case, publishes=True) as one:
        client = one.client()
        for n in (1, 3):
            post(client, f"/ground/{n}", decision="accept")
        assert groups(case) == [], "not before"
    told = {(one["product"], one["site"]): [report["n"] for report in one["reports"]] for one in groups(case)}
    assert told == {("camellia-biscuits", "songsin"): [1], ("camellia-biscuits", "harbour"): [3]}
    assert {**json.loads((case / "findings.json").read_text()), "ground": None} == counted
    assert wiring.verify(case).state == "holds"
    with serving.served(tmp_path, case=case) as one:
        text = one.client().get("/").text
        assert "The footage shows no pack of it there." in text
        assert "part of none of the shares above" in text
        assert "Harbour Hall" in one.client().get("/products/camellia-biscuits").text


def test_the_api_does_the_same(page: Served):
    client = page.client()
    listed = client.get("/api/ground?waiting=true").json()
    assert (listed["number"], listed["waiting"]) == (3, 3)
    assert [one["report"]["n"] for one in listed["reports"]] == [1, 2, 3]
    bearer = page.client(enter=False, Authorization=f"Bearer {page.token}")
    kept = bearer.post("/api/ground/2", json={"decision": "reject", "reason": "a double"})
    assert (kept.status_code, kept.json()["by"]) == (201, "Ana")
    assert client.get("/api/ground/2").json()["moderations"][0]["reason"] == "a double"
    assert bearer.post("/api/ground/2", json={"decision": "perhaps"}).status_code == 422
    assert bearer.post("/api/ground/2", json={"decision": "reject", "reason": "x" * 501}).status_code == 422
    assert bearer.post("/api/ground/77", json={"decision": "accept"}).status_code == 409
    assert client.get("/api/ground/77").status_code == 404
    assert "receipt" not in client.get("/api/ground").text


def test_without_the_forms_token_or_a_decision_nothing_is_decided(page: Served):
    client = page.client()
    assert client.post("/ground/1", data={"decision": "accept"}).status_code == 403
    assert client.post("/ground/1", data={"csrf": csrf_of(client)}).status_code == 422
    assert page.room.ground.waiting() == (1, 2, 3)


@pytest.mark.parametrize(
    "path", ["/ground", "/ground/1", "/ground/next", "/api/ground", "/api/ground/1", "/pictures/ground/1/0/pack.webp"]
)
def test_who_only_looks_sees_no_report_that_waits(page: Served, path: str):
    assert page.client(enter=False).get(path).status_code == 401
    client = page.client()
    (session,) = page.app.state.door.sessions._of.values()
    session.role = "viewer"
    assert client.get(path).status_code == 403


def test_a_blind_reviewer_is_not_told_what_the_machine_says_of_a_photo(page: Served):
    client = page.client()
    assert "The machine:" in client.get("/ground/1").text
    post(client, "/settings", blind="yes")
    assert "The machine:" not in client.get("/ground/1").text
