"""What a campaign begins with: its file, and the schemas of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from samegoods import campaign as campaigns
from samegoods.errors import CaseError
from samegoods.results import schema as result_schema


def init(folder: Path | str) -> Path:
    """Begin a campaign in a folder: a file to fill in, and a folder for its pictures. Returns the file.

    Raises:
        CaseError: there is a campaign already, or the folder cannot be written.
    """
    file = Path(folder) / "campaign.yaml"
    try:
        (Path(folder) / "references").mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(campaigns.skeleton())
    except OSError as error:
        said = "it is there already, and is left as it is" if file.exists() else error.strerror or error
        raise CaseError(f"{file}: {said}") from error
    return file


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of ``campaign``, ``findings``, ``comparison`` or ``read``."""
    match name:
        case "campaign":
            return campaigns.json_schema()
        case "findings" | "comparison" | "read":
            return result_schema(name)
    raise ValueError(f"no schema is called {name!r}: campaign, findings, comparison or read")
