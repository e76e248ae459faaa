"""docs/review.md shows every view of the page, in a picture that a script takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from PIL import Image as Pictures

from golden.pictures import ALL, FOLDER
from samegoods.edges.web import entering, looking, team

PARTS = (looking, team, entering)
PAGE = (Path(__file__).parents[2] / "docs" / "review.md").read_text(encoding="utf-8")
ROUTES = [route for part in PARTS for route in part.routes.routes if "GET" in route.methods]


LEADS = {"/packs/{seq}": "/review", "/enter": "/"}
"""Where pages without a picture of their own are seen: the queue leads to a pack, the door to the overview."""


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_every_view_has_its_picture(route):
    path = LEADS.get(route.path, route.path)
    form = re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + r"(\?.*)?$")
    assert [one.name for one in ALL if form.match(one.path)]


@pytest.mark.parametrize("name", [one.name for one in ALL])
def test_every_picture_is_there_and_is_shown(name: str):
    assert f"pictures/{name}.jpg" in PAGE
    with Pictures.open(FOLDER / f"{name}.jpg") as picture:
        assert min(picture.size) >= 390
