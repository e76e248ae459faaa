"""The public form on which people on the spot report what they see: an application of its own, which knows no
reviewer, no cookie and nobody's address."""

from samegoods.edges.ground.app import make_app
from samegoods.edges.ground.box import Box, StatePart, TakenPart
from samegoods.edges.ground.receipts import hashed, new_code

__all__ = ["Box", "StatePart", "TakenPart", "hashed", "make_app", "new_code"]
