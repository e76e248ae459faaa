"""The results as documents: what ``findings.json``, ``compare --json`` and ``read --json`` hold."""

from samegoods.results.making import comparison_document
from samegoods.results.parts import ComparisonPart, FindingsPart
from samegoods.results.reading import ReadingPart, reading_document
from samegoods.results.schemas import schema

__all__ = ["ComparisonPart", "FindingsPart", "ReadingPart", "comparison_document", "reading_document", "schema"]
