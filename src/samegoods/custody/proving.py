"""Proving that what a case or a bundle holds is what its log tells, and that the log is signed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal, Protocol

from samegoods.custody.log import LOG, Problem, read_log
from samegoods.custody.logproof import CheckStamp, LogProof, known_key
from samegoods.custody.replay import EVIDENCE, Told
from samegoods.custody.signing import fingerprint
from samegoods.custody.walk import FINDINGS, parts_of, walk
from samegoods.errors import CustodyError
from samegoods.results.tables import FILES

PUBLIC_KEY = "custody.pub"
MANIFEST = "manifest.json"
DATABASE = "case.db"
RESULTS = (FINDINGS, "sightings.csv", *FILES, "report.html", "report.pdf", "audit.json")


class Lines(Protocol):
    """Lines with their line ends, as often as they are asked for; they need not be held."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """What case.db holds: the lines of the log, and the digests of the contents of its tables by id."""

    lines: Lines
    case: str | None
    references: Mapping[str, str]
    sources: Mapping[str, str]
    reviews: Mapping[int, str] = field(default_factory=dict)
    ground: Mapping[int, str] = field(default_factory=dict)
    moderations: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """What a case folder or a bundle holds.

    Attributes:
        log: the lines of the log, with their line ends.
        files: SHA-256 of all other files by path, with ``/``.
        public_key: the bytes of custody.pub.
        findings: gives the lines of findings.json, each time from the first.
        rows: what case.db holds; None for a bundle, which has none.
        problems: what was wrong with the folder or the bundle as such.
    """

    log: Lines
    files: Mapping[str, str]
    public_key: bytes | None
    findings: Callable[[], Iterable[str]] | None
    rows: Rows | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it. ``problems`` come in the order in which the proof goes; the first is the one to name."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    key: str | None
    entries: int
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def state(self) -> Literal["holds", "unfinished", "wrong"]:
        if not self.problems:
            return "holds"
        return "unfinished" if all(one.unfinished for one in self.problems) else "wrong"


def prove(
    held: Held,
    *,
    key: bytes | None = None,
    footage: frozenset[str] | None = None,
    check_stamp: CheckStamp | None = None,
    beside: Sequence[str] = (),
    told: Told | None = None,
) -> Proof:
    """Check everything that a case or a bundle holds against its log.

    Args:
        key: the public key that is expected, PEM; None to take the one that lies in the case.
        footage: the SHA-256 of all footage that is there; None not to look at footage.
        check_stamp: looks at time stamps; None to leave them unread.
        beside: names in the folder of the case that are no part of it.
        told: with nothing told yet, to tell the log to; None for one in memory.

    Raises:
        CustodyError: ``key`` is no public key.
    """
    expected = None if key is None else fingerprint(key)
    lines, problems = _same_log(held.log, None if held.rows is None else held.rows.lines)
    pem = key if key is not None else held.public_key
    log = LogProof(Told() if told is None else told, pem, check_stamp)
    log.read(lines)
    told, notes = log.told, [*log.clock, *log.stamps]
    problems = [*held.problems, *log.of_lines, *problems, *log.of_entries]
    problems += _key_problems(held, expected, told)
    problems += [*log.of_signatures, *log.of_stamps]
    for check in (_manifest, _rows, _evidence, _results):
        problems += check(held, told)
    if footage is not None:
        problems += _footage(footage, told)
        notes += _received(told)
    if not told.finished:
        problems.append(Problem(LOG, "the last run did not end: the same command again completes it", True))
    notes += [f"{name} is no part of the case, and nothing vouches for it" for name in beside]
    notes += [f"entries {a} to {b} tell of what was saved before there was a log" for a, b in told.adopted if b >= a]
    return Proof(tuple(dict.fromkeys(problems)), tuple(notes), known_key(pem), log.entries, _counts(told))


def _counts(told: Told) -> dict[str, int]:
    counts = {
        "sources": sum(1 for _ in told.ledger.sources()),
        "items": told.ledger.items(),
        "pictures": sum(1 for _ in told.needed()),
    }
    more = {"decisions": len(told.reviews), "reports": len(told.ground.standing())}
    return counts | {name: number for name, number in more.items() if number}


def _same_log(log: Lines, table: Lines | None) -> tuple[Iterable[bytes], list[Problem]]:
    """The lines to prove, and how the file and the table of the data base differ."""
    if not len(log) and (table is None or not len(table)):
        return log, [Problem(LOG, "is missing or empty: nothing tells how this case came about")]
    if table is None:
        return log, []
    pairs = enumerate(zip(log, table, strict=False))
    same = next((i for i, (a, b) in pairs if a != b), min(len(log), len(table)))
    if same == len(log) == len(table):
        return log, []
    behind = len(log) < len(table) and (
        same == len(log) or (same == len(log) - 1 and _line(table, same).startswith(_line(log, same)))
    )
    if behind:
        what = f"ends after {same} of the {len(table)} entries that {DATABASE} has: a run was ended as it wrote them"
        return table, [Problem(LOG, what, True)]
    if same == len(table):
        return log, [Problem(DATABASE, f"lacks entry {same + 1} and all after it, which {LOG} has")]
    blame = DATABASE if not read_log(log).problems else f"{LOG}:{same + 1}"
    return log, [Problem(blame, f"entry {same + 1} of {LOG} and of {DATABASE} are not the same")]


def _line(lines: Lines, number: int) -> bytes:
    return next(islice(lines, number, None))


def _key_problems(held: Held, expected: str | None, told: Told) -> Iterator[Problem]:
    if held.public_key is None:
        yield Problem(PUBLIC_KEY, "is missing")
    try:
        own = None if held.public_key is None else fingerprint(held.public_key)
        begun = None if told.public_key is None else fingerprint(told.public_key)
    except CustodyError as error:
        yield Problem(PUBLIC_KEY, str(error))
        return
    if expected is not None and own is not None and own != expected:
        yield Problem(PUBLIC_KEY, f"is the key {own[:16]}, not the expected one, {expected[:16]}")
    if begun != (expected or own):
        yield Problem(PUBLIC_KEY, f"is not the key under which the log was begun, {(begun or 'none')[:16]}")


def _manifest(held: Held, told: Told) -> Iterator[Problem]:
    """The list of a bundle's members is the one that was exported."""
    if held.rows is not None or MANIFEST not in held.files:
        return
    if told.exported is None:
        yield Problem(MANIFEST, "no entry of the log tells that this was exported")
    elif held.files[MANIFEST] != told.exported[1].manifest:
        yield Problem(MANIFEST, f"is not the list that was exported (entry {told.exported[0]})")


def _rows(held: Held, told: Told) -> Iterator[Problem]:
    """Every row of the data base is as the log tells."""
    rows = held.rows
    if rows is None:
        return
    if rows.case != told.content:
        yield Problem(f"{DATABASE}: campaign", "the row is not as the log tells")
    decided = {str(n): body.sha256 for n, (_, body) in told.reviews.items()}
    reports = told.ground.standing()
    moderated = {str(body.n): body.sha256 for one in reports.values() for _, body in one.moderations}
    kinds: tuple[tuple[str, Mapping[str, str], Mapping[str, str]], ...] = (
        ("reference", rows.references, {name: body.content for name, (_, body) in told.references.items()}),
        ("source", rows.sources, {one.body.id: one.body.content for one in told.ledger.sources()}),
        ("decision", _by_name(rows.reviews), decided),
        ("report", _by_name(rows.ground), {str(n): one.body.sha256 for n, one in reports.items()}),
        ("moderation", _by_name(rows.moderations), moderated),
    )
    for kind, there, logged in kinds:
        for name in sorted(there.keys() | logged.keys()):
            if name not in there:
                yield Problem(f"{DATABASE}: {kind} {name}", "the rows are missing")
            elif name not in logged:
                yield Problem(f"{DATABASE}: {kind} {name}", "the log does not tell of it")
            elif there[name] != logged[name]:
                yield Problem(f"{DATABASE}: {kind} {name}", "the rows are not as the log tells")


def _by_name(digests: Mapping[int, str]) -> dict[str, str]:
    return {str(n): sha256 for n, sha256 in digests.items()}


def _evidence(held: Held, told: Told) -> Iterator[Problem]:
    """Every picture is the one that its name says, the log names it, and none is missing.

    A bundle holds what its findings lead to, and that is for the walk to miss.
    """
    there = {path for path in held.files if path.startswith(f"{EVIDENCE}/")}
    for path in sorted(there):
        if not told.ledger.is_named(path):
            yield Problem(path, "no entry of the log names it", not told.finished)
        elif held.files[path] != path.rpartition("/")[2].removesuffix(".png"):
            yield Problem(path, "is not the picture that was kept: its SHA-256 is not its name")
    if held.rows is not None:
        for path in sorted(path for path in told.needed() if path not in there):
            yield Problem(path, "is missing")


def _results(held: Held, told: Told) -> Iterator[Problem]:
    """The result files are those that were published, and every finding leads to its source."""
    if told.published is None:
        return
    number, body = told.published
    for name in dict.fromkeys((*RESULTS, *body.files)):
        if name not in held.files and name in body.files:
            yield Problem(name, "is missing", not told.finished)
        elif name in held.files and held.files[name] != body.files.get(name):
            yield Problem(name, f"is not the file that was published (entry {number})", not told.finished)
    if held.findings is None:
        return
    try:
        found = walk(parts_of(held.findings()), told, held.files)
        yield from (replace(one, unfinished=not told.finished) for one in found)
    except CustodyError as error:
        yield Problem(FINDINGS, str(error), not told.finished)


def _received(told: Told) -> Iterator[str]:
    count = sum(source.body.kind == "stream" for source in told.ledger.sources())
    if count:
        yield f"stretches of streams, which were not recorded, so that no file can have their SHA-256: {count}"


def _footage(footage: frozenset[str], told: Told) -> Iterator[Problem]:
    for source in told.ledger.sources():
        is_file = source.body.sha256 and source.body.kind != "stream"  # a file that was missing has no hash
        if is_file and source.body.sha256 not in footage:
            yield Problem(source.body.path, f"no footage here has the SHA-256 that entry {source.entry} tells")
