"""The page on which people review a case: server-rendered, and with nothing from elsewhere."""

from samegoods.edges.web.app import Setup, make_app
from samegoods.edges.web.desk import Desk
from samegoods.edges.web.loading import load_desk

__all__ = ["Desk", "Setup", "load_desk", "make_app"]
