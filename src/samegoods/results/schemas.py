"""The published JSON Schemas of the results."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any, Literal

from samegoods.results.base import Part
from samegoods.results.parts import ComparisonPart, FindingsPart
from samegoods.results.reading import ReadingPart

Name = Literal["findings", "comparison", "read"]

_PARTS: dict[Name, type[Part]] = {"findings": FindingsPart, "comparison": ComparisonPart, "read": ReadingPart}


def schema(name: Name) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a result document, as published with this release."""
    file = resources.files("samegoods.results").joinpath(f"{name}.schema.json")
    published: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return published


def made_schema(name: Name) -> dict[str, Any]:
    """The JSON Schema as the parts say it; the published file is written from this."""
    part: type[Part] = _PARTS[name]
    made = part.model_json_schema(mode="serialization", by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"samegoods/{name}/1",
        **made,
        "title": f"samegoods {name}, format 1",
    }
