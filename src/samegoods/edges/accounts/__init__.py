"""The accounts of those who review: kept in a file of the user's own, apart from every case.

Password hashes are no evidence, and must not be exported with it.
"""

from samegoods.edges.accounts.book import Accounts
from samegoods.edges.accounts.file import VARIABLE, open_accounts
from samegoods.edges.accounts.passwords import Passwords

__all__ = ["VARIABLE", "Accounts", "Passwords", "open_accounts"]
