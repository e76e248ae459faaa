"""Sets a document in type, as a process of its own: typst keeps all that it has laid out until its process ends, two
megabytes a page, and whoever publishes a case has other things to do after that.

It is run as a file and loads typst alone, so that the process costs little:
``python -P typesetting.py FOLDER TYPEFACES ...`` reads ``main.typ``, ``report.json`` and the pictures that these name
from a folder, and writes ``made.pdf`` there.
"""

from __future__ import annotations

import sys
from pathlib import Path

SOURCE, DATA, MADE = "main.typ", "report.json", "made.pdf"


def typeset(folder: Path, typefaces: list[str]) -> None:
    """Set what lies in a folder; the same bytes for the same content.

    Args:
        typefaces: the folders in which they lie; no others are used.

    Raises:
        typst.TypstError: the source cannot be set.
    """
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=typefaces)
    made: bytes = typst.compile(
        str(folder / SOURCE),
        format="pdf",
        root=str(folder),
        font_paths=fonts,
        sys_inputs={"report": (folder / DATA).read_text(encoding="ascii")},
        timestamp=0,
    )
    (folder / MADE).write_bytes(made)


if __name__ == "__main__":
    typeset(Path(sys.argv[1]), sys.argv[2:])
