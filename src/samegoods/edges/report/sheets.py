"""The report on paper: the words and pictures of the page, set by typst in typefaces that the installation brings."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import fields, is_dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image as Pictures
from pydantic import BaseModel

from samegoods.edges.report import typesetting
from samegoods.edges.report.chart import Bar, chart
from samegoods.edges.report.page import Contents
from samegoods.edges.report.pictures import QUALITY, Picture, Rgba
from samegoods.edges.report.plates import Outline, Plate
from samegoods.edges.report.prose import standing
from samegoods.edges.report.typesetting import DATA, MADE, SOURCE
from samegoods.errors import CaseError
from samegoods.records import Image
from samegoods.typefaces import DEJAVU, NANUM, NOTO, folders

_NOT_SAID = {"case", "bars", "campaign", "prose"}
SHEETS = "report.pdf"
_BARS = 12
"""Bars of the chart that stand on one page."""
_STRIPE_PX = 12
_PAPER, _STRIPE = 243, 187


def report_sheets(told: Contents, room: Path | None = None) -> bytes:
    """The report as PDF; the same bytes for the same contents.

    Args:
        room: a folder for what print is made of, which the caller deletes; None for one that is gone afterwards.

    Raises:
        CaseError: it cannot be set.
        MissingPart: a typeface is not installed.
    """
    return printed("report.typ", _said(told), room)


def printed(template: str, told: Mapping[str, Any], room: Path | None = None) -> bytes:
    """A template of this package set by typst; the same bytes for the same words.

    Args:
        room: as for :func:`report_sheets`.

    Raises:
        CaseError: it cannot be set.
        MissingPart: a typeface is not installed.
    """
    typefaces = folders(DEJAVU, NANUM, NOTO)
    templates = resources.files("samegoods.edges.report").joinpath("templates")
    with nullcontext(room) if room is not None else TemporaryDirectory(prefix="samegoods-") as place:
        folder = Path(place).absolute() / "paper"
        folder.mkdir()
        source = templates.joinpath("style.typ").read_bytes() + templates.joinpath(template).read_bytes()
        (folder / SOURCE).write_bytes(source)
        # In ASCII, since Python holds a text of which one letter is no Latin one in twice the memory.
        (folder / DATA).write_text(json.dumps(_plain(told, _Drawings(folder))), encoding="ascii")
        _set(folder, typefaces)
        return (folder / MADE).read_bytes()


def _set(folder: Path, typefaces: Sequence[str]) -> None:
    """Have typst set what lies in a folder, in a process that ends with it."""
    # Without -P the modules beside the file would stand for the library's of the same name.
    command = [sys.executable, "-P", typesetting.__file__, str(folder), *typefaces]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["it was ended"])[-1]
        raise CaseError(f"the report on paper cannot be set: typst ended with code {done.returncode}: {why}")


class _Drawings:
    """Drawings that a template names: files in its folder, for among the words each would be held several times."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    def put(self, svg: str) -> str:
        """Take a drawing; its path for the template."""
        name = f"{self._number}.svg"
        (self._folder / name).write_text(svg, encoding="utf-8", newline="\n")
        self._number += 1
        return f"/{name}"


def _said(told: Contents) -> dict[str, Any]:
    """All that the template asks for, as JSON's own types."""
    campaign = told["campaign"]
    return {
        **{name: value for name, value in told.items() if name not in _NOT_SAID},
        "prose": standing(),
        "id": campaign.id,
        "title": campaign.title,
        "charts": charts(told["bars"]),
        "group_charts": charts(told["numbers"].bars) if told["numbers"] else [],
    }


def charts(bars: Sequence[Bar]) -> list[str]:
    """The chart in pieces that each stand on one page."""
    return [chart(bars[i : i + _BARS], printed=True) for i in range(0, len(bars), _BARS)]


def _plain(value: Any, drawings: _Drawings) -> Any:
    if isinstance(value, Plate):
        ratio = value.picture.width / value.picture.height
        return {"title": value.title, "described": value.described, "svg": drawings.put(_drawn(value)), "ratio": ratio}
    if isinstance(value, Picture):
        return {"svg": drawings.put(_drawn(Plate("", "", value))), "ratio": value.width / value.height}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name), drawings) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: _plain(one, drawings) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one, drawings) for one in value]
    return value


def _drawn(plate: Plate) -> str:
    """A plate as SVG: what is not known is hatched, what differs is outlined and numbered."""
    width, height = plate.picture.width, plate.picture.height
    thick = 0.006 * max(width, height)
    size = f'width="{width}" height="{height}"'
    picture = f'<image href={quoteattr(_opaque(plate.picture.data))} {size} preserveAspectRatio="none"/>'
    edges = "".join(_edge(one, thick) for one in plate.outlines)
    badges = "".join(_badge(one) for one in plate.outlines)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">'
    return f"{head}{picture}{edges}{badges}</svg>"


def _opaque(data: str) -> str:
    """The picture of a page as JPEG, hatched where it is transparent: print holds it as it is, and stays small."""
    with Pictures.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))) as picture:
        flat = on_paper(np.asarray(picture.convert("RGBA")))
    stream = io.BytesIO()
    Pictures.fromarray(flat).save(stream, "JPEG", quality=QUALITY, subsampling=0)
    return f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode()}"


def on_paper(pixels: Rgba) -> Image:
    """A picture (h, w, 4) as it is printed, (h, w, 3): hatched where it is transparent."""
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    hatch = np.where((x + y) % _STRIPE_PX < _STRIPE_PX // 4, np.uint8(_STRIPE), np.uint8(_PAPER))[..., None]
    return np.asarray(np.where(pixels[..., 3:] > 127, pixels[..., :3], hatch), np.uint8)


def _edge(one: Outline, thick: float) -> str:
    shape = f'points={quoteattr(one.points)} fill="none" stroke-linejoin="round"'
    return (
        f'<polygon {shape} stroke="#ffffff" stroke-width="{2.4 * thick:.2f}"/>'
        f'<polygon {shape} stroke="#c0440e" stroke-width="{thick:.2f}"/>'
    )


def _badge(one: Outline) -> str:
    return (
        f'<circle cx="{one.x:.1f}" cy="{one.y:.1f}" r="{one.radius:.1f}" fill="#c0440e"/>'
        f'<text x="{one.x:.1f}" y="{one.y + 0.46 * one.radius:.1f}" font-size="{1.35 * one.radius:.1f}" '
        f'font-family="{DEJAVU}" text-anchor="middle" fill="#ffffff">{one.number}</text>'
    )
