"""The chain of custody: the log of a case, how its entries hang together, and what proves that a case is as logged.

Nothing here touches a file: lines of text and hashes come in, entries and problems go out.
"""

from samegoods.custody.entries import Entry, digest, line_of, read_entry
from samegoods.custody.log import LOG, Problem, read_log, split_lines
from samegoods.custody.proving import Held, Proof, Rows, prove
from samegoods.custody.signing import Signer, fingerprint

__all__ = [
    "LOG",
    "Entry",
    "Held",
    "Problem",
    "Proof",
    "Rows",
    "Signer",
    "digest",
    "fingerprint",
    "line_of",
    "prove",
    "read_entry",
    "read_log",
    "split_lines",
]
