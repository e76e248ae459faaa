"""Every error that samegoods raises on purpose, one tree.

::

    SamegoodsError
    ├── DocumentError        a file that people write is wrong; names file, line and key
    │   ├── CampaignError    the campaign file
    │   └── SettingsError    the file of settings, samegoods.toml
    ├── FootageError         a file, folder, glob or list of footage cannot be used
    │   └── MediaError       a file cannot be decoded, or not to its end
    ├── BadReference         a reference picture cannot be used
    ├── CaseError            a case folder cannot be read or written
    │   └── EvidenceError    the pictures of a case cannot be read or written
    ├── CustodyError         the log, the bundle or the proof of a case cannot be used
    ├── SigningKeyError      the key that signs cases cannot be used
    ├── StampError           a time-stamping authority gave no stamp
    ├── Degenerate           a pose that folds, mirrors or squeezes a face
    ├── EngineError          workers cannot be started
    ├── NoticeError          a public notice cannot be made
    ├── ServeError           a case cannot be served
    ├── WatchError           sources cannot be watched as asked
    ├── AccountError         an account cannot be made or changed, or their file cannot be used
    └── MissingPart          an optional part is not installed; names the command that installs it
"""

from __future__ import annotations

from samegoods.strangers import shown


class SamegoodsError(Exception):
    """The root of the tree; its message is one line for a user and names the remedy."""


class DocumentError(SamegoodsError):
    """A file that people write is wrong. ``problems`` are (line, key, message), in the order of the file.

    A line of 0 is not known, an empty key is the whole file.
    """

    def __init__(self, path: str, problems: list[tuple[int, str, str]]) -> None:
        self.path = shown(path)
        self.problems = [(line, shown(key), shown(message)) for line, key, message in problems]
        super().__init__("\n".join(self._said(*problem) for problem in self.problems))

    def _said(self, line: int, key: str, message: str) -> str:
        where = f"{self.path}:{line}" if line else self.path
        return ": ".join(part for part in (where, key, message) if part)

    def __reduce__(self) -> tuple[type[DocumentError], tuple[str, list[tuple[int, str, str]]]]:
        return type(self), (self.path, self.problems)


class CampaignError(DocumentError):
    """The campaign file is wrong."""


class SettingsError(DocumentError):
    """The file of settings is wrong."""


class FootageError(SamegoodsError):
    """A file, folder, glob or list of footage cannot be used."""


class MediaError(FootageError):
    """A file cannot be decoded, or not to its end."""


class BadReference(SamegoodsError):
    """A reference picture cannot be used."""


class CaseError(SamegoodsError):
    """A case folder cannot be read or written."""


class EvidenceError(CaseError):
    """The pictures of a case cannot be read or written, or one of them."""


class CustodyError(SamegoodsError):
    """The log, the bundle or the proof of a case cannot be used."""


class SigningKeyError(SamegoodsError):
    """The key that signs cases cannot be used."""


class StampError(SamegoodsError):
    """A time-stamping authority gave no stamp."""


class Degenerate(SamegoodsError):
    """A pose that folds, mirrors or squeezes a face."""


class EngineError(SamegoodsError):
    """Workers cannot be started."""


class NoticeError(SamegoodsError):
    """A public notice cannot be made."""


class ServeError(SamegoodsError):
    """A case cannot be served."""


class WatchError(SamegoodsError):
    """Sources cannot be watched as asked."""


class AccountError(SamegoodsError):
    """An account cannot be made or changed, or the file of accounts cannot be used."""


class MissingPart(SamegoodsError):
    """An optional part is not installed."""
