"""The readers of codes and text, and what they know of references from before."""

from __future__ import annotations

from samegoods.edges import readers as edge
from samegoods.edges.catalogue.lines import LinesBefore
from samegoods.edges.catalogue.noted import code_in
from samegoods.vision.reading import lines, seen, text
from samegoods.vision.reading.printed import Printed
from samegoods.vision.reading.text import read_text


def printed() -> Printed:
    """The readers that are installed, and what references print, read once for all workers and runs."""
    every = edge.all_readers()
    readers = edge.ready(every)
    by = [*(repr(one.state()).encode() for one in every), *code_in(edge, text, lines, seen)]
    return Printed(readers, read=LinesBefore(lambda one: read_text(one.pixels, readers), by))
