"""The results as documents: what ``findings.json`` and ``compare --json`` hold."""

from samegoods.results.making import comparison_document
from samegoods.results.parts import ComparisonPart, FindingsPart
from samegoods.results.schemas import schema

__all__ = ["ComparisonPart", "FindingsPart", "comparison_document", "schema"]
