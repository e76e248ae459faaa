"""samegoods: are the goods sold at home the same as those made for export? From market footage to findings.

::

    import samegoods

    comparison = samegoods.compare("reference.png", "photo.jpg")
    print(comparison.call, comparison.packaging.reason)

    result = samegoods.check("campaign.yaml", ["footage/"], "case")
    for finding in result.findings:
        print(finding.product, finding.site, finding.different, "of", finding.items)

    for reading in samegoods.read(["shelf.jpg"]):
        print([code.text for code in reading.codes], [price.amount for price in reading.prices])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from samegoods.loading import loaded_from

if TYPE_CHECKING:
    from samegoods.campaign import Campaign as Campaign
    from samegoods.errors import CampaignError as CampaignError
    from samegoods.errors import FootageError as FootageError
    from samegoods.errors import SamegoodsError as SamegoodsError
    from samegoods.records import Code as Code
    from samegoods.records import Comparison as Comparison
    from samegoods.records import Difference as Difference
    from samegoods.records import Finding as Finding
    from samegoods.records import Judgement as Judgement
    from samegoods.records import Needed as Needed
    from samegoods.records import Outcome as Outcome
    from samegoods.records import Price as Price
    from samegoods.records import Reading as Reading
    from samegoods.records import Showing as Showing
    from samegoods.records import Source as Source
    from samegoods.records import TextLine as TextLine
    from samegoods.records import Verdict as Verdict
    from samegoods.wiring import CheckResult as CheckResult
    from samegoods.wiring import Progress as Progress
    from samegoods.wiring import check as check
    from samegoods.wiring import compare as compare
    from samegoods.wiring import read as read

__version__ = "0.1.0"

_HOMES = {
    "Campaign": "samegoods.campaign",
    "CampaignError": "samegoods.errors",
    "CheckResult": "samegoods.wiring",
    "Code": "samegoods.records",
    "Comparison": "samegoods.records",
    "Difference": "samegoods.records",
    "Finding": "samegoods.records",
    "FootageError": "samegoods.errors",
    "Judgement": "samegoods.records",
    "Needed": "samegoods.records",
    "Outcome": "samegoods.records",
    "Price": "samegoods.records",
    "Progress": "samegoods.wiring",
    "Reading": "samegoods.records",
    "SamegoodsError": "samegoods.errors",
    "Showing": "samegoods.records",
    "Source": "samegoods.records",
    "TextLine": "samegoods.records",
    "Verdict": "samegoods.records",
    "check": "samegoods.wiring",
    "compare": "samegoods.wiring",
    "read": "samegoods.wiring",
}

__all__ = [*sorted(_HOMES), "__version__"]


__getattr__ = loaded_from(__name__, _HOMES)
"""Importing samegoods loads nothing heavy."""


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
