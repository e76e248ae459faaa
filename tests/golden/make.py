"""Write the golden files and the published schemas anew; a person reads the difference before a commit.

Run from the root of the project: ``python tests/golden/make.py``
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "findings.json"
SCHEMAS = ROOT / "src" / "samegoods" / "results"

sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]


def made_case(folder: Path) -> Path:
    """The made-up case with all kinds of outcome, published in ``folder``."""
    from fakes import cases
    from samegoods.edges.case import CaseStore

    campaign = cases.campaign(folder / "campaign")
    now = datetime(2026, 7, 20, 9, 0, tzinfo=UTC)
    with CaseStore.open(folder / "case", campaign=campaign, software="1.0", now=lambda: now) as store:
        store.keep_references(cases.references())
        for examined in cases.whole_case(campaign):
            store.save(examined)
        cases.publish(store, campaign)
    return folder / "case"


def steady(document: dict[str, Any]) -> dict[str, Any]:
    """The document without what follows from the bytes of drawn pictures, which differ between libraries."""
    document["campaign"]["digest"] = "(digest)"
    for item in document["items"]:
        item["evidence"] = ["(picture)" for _ in item["evidence"]]
        for crop in item["crops"]:
            crop["path"] = "(picture)"
    for reference in document["references"]:
        reference["picture"] = "(picture)"
    return document


def golden_text(case: Path) -> str:
    return json.dumps(steady(json.loads((case / "findings.json").read_text())), indent=1) + "\n"


def schema_text(name: Any) -> str:
    from samegoods.results.schemas import made_schema

    return json.dumps(made_schema(name), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        GOLDEN.write_text(golden_text(made_case(Path(folder))))
    for name in ("findings", "comparison", "read"):
        (SCHEMAS / f"{name}.schema.json").write_text(schema_text(name))


if __name__ == "__main__":
    main()
