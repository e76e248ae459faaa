"""Entries, their one form, the chain: tiny cases, and whatever Hypothesis finds."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import custody as fakes
from samegoods.custody import Entry, Held, digest, fingerprint, line_of, prove, read_entry, read_log, split_lines
from samegoods.custody.bodies import body_of, written
from samegoods.custody.entries import FIRST, LINE_BYTES, content_digest
from samegoods.custody.replay import replay
from samegoods.custody.signing import is_signed_by
from samegoods.custody.walk import read_findings
from samegoods.errors import CustodyError, SamegoodsError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.dictionaries(st.text(max_size=8), JSON, max_size=4)


def entry(n: int = 1, previous: str = FIRST, **other: object) -> Entry:
    values = {"at": "2026-07-20T00:00:00+00:00", "kind": "audited", "software": "1", "campaign": "c", "body": {}}
    return Entry(**({"n": n, "previous": previous} | values | other))


def chain(bodies: Sequence[dict]) -> list[bytes]:
    lines: list[str] = []
    for n, body in enumerate(bodies, 1):
        lines.append(line_of(entry(n, digest(lines[-1]) if lines else FIRST, body=body)))
    return [line.encode() for line in lines]


@given(body=BODIES)
def test_an_entry_comes_back_from_its_line(body: dict):
    line = line_of(entry(body=body))
    assert read_entry(line.encode()) == entry(body=json.loads(json.dumps(body)))
    assert line_of(read_entry(line.encode())) == line


@given(a=JSON, b=JSON)
def test_another_value_has_another_digest(a: object, b: object):
    same = json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)
    assert (content_digest(a) == content_digest(b)) == same


@given(bodies=st.lists(BODIES, min_size=2, max_size=6), data=st.data())
def test_no_byte_of_a_chain_can_be_changed_unseen(bodies: list[dict], data: st.DataObject):
    lines = chain(bodies)
    assert read_log(lines).problems == ()
    number = data.draw(st.integers(0, len(lines) - 2))  # the last is for its signature to keep
    at = data.draw(st.integers(0, len(lines[number]) - 1))
    other = bytearray(lines[number])
    other[at] ^= data.draw(st.integers(1, 255))
    assert read_log([*lines[:number], bytes(other), *lines[number + 1 :]]).problems


@given(bodies=st.lists(BODIES, min_size=2, max_size=6), data=st.data())
def test_no_other_order_of_a_chain_goes_unseen(bodies: list[dict], data: st.DataObject):
    lines = chain(bodies)
    order = data.draw(st.permutations(range(len(lines))))
    assert bool(read_log([lines[i] for i in order]).problems) == (order != sorted(order))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "not an entry of a log"),
        (b"\xff\xfe", "not an entry of a log"),
        (b"[" * 100_000, "not an entry of a log"),
        (b'{"n": 1}', "not an entry in the form"),
        (b'{"n":NaN}', "not an entry of a log"),
        (b'{"n":1,"n":1}', "not an entry in the form"),
        (b'{"n":1}', "expected n, at"),
        (b'"' + b"x" * LINE_BYTES + b'"', f"longer than {LINE_BYTES} bytes"),
        (line_of(entry()).replace('"n":1', '"n":true').encode(), "n is no int"),
        (line_of(entry(at="yesterday")).encode(), "'yesterday' is no time"),
        (line_of(entry(at="2026-07-20T00:00:00")).encode(), "is no time with an offset"),
        (line_of(entry(previous="0")).encode(), "previous is no SHA-256"),
    ],
    ids=range(12),
)
def test_what_is_no_entry_says_why(line: bytes, said: str):
    with pytest.raises(CustodyError, match=said):
        read_entry(line)


def test_an_entry_that_nobody_would_read_is_not_written():
    with pytest.raises(CustodyError, match="tell it in several"):
        line_of(entry(body={"text": "x" * LINE_BYTES}))


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("gossip", {}, "an unknown kind, 'gossip': a later release may know it"),
        ("published", {}, "published.*: files: Field required"),
        ("crop", {"source": "s", "item": "i", "sighting": "x", "picture": "p", "sha256": "g"}, "crop.*: sha256"),
    ],
)
def test_an_entry_tells_what_its_kind_must(kind: str, body: dict, said: str):
    with pytest.raises(CustodyError, match=said):
        body_of(entry(kind=kind, body=body))
    with pytest.raises(ValueError, match=r"no entry is of the kind|validation error"):
        written(kind, body)


def test_a_clock_that_was_set_back_is_told_and_is_no_problem():
    times = ["2026-07-20T10:00:00+00:00", "2026-07-20T10:00:01+00:00", "2026-07-20T11:00:00+09:00"]
    lines: list[str] = []
    for n, at in enumerate(times, 1):
        lines.append(line_of(entry(n, digest(lines[-1]) if lines else FIRST, at=at)))
    log = read_log([line.encode() for line in lines])
    assert log.problems == ()
    assert log.notes == ("entry 3 is dated before entry 2: the clock was set back",)


def picture(letter: str) -> dict[str, str]:
    return {"picture": f"evidence/{letter * 2}/{letter * 64}.png", "sha256": letter * 64}


SOURCE = {"path": "a.mp4", "sha256": "f" * 64, "kind": "video", "site": "x", "captured_at": None}
SOURCE |= {"captured_from": None, "status": "ok", "reason": None, "content": "a" * 64}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([("run", {})], "custody.jsonl:1: expected the entry that begins a log"),
        ([("crop", {"source": "s", "item": "i", "sighting": "x", **picture("a")})], "tells of source s, of which no"),
        ([("source", {"id": "s", **SOURCE}), ("source", {"id": "s", **SOURCE})], "again, which entry 1 did"),
        ([("removed", {"source": "s", "entry": 1})], "tells of source s, of which no entry"),
        ([("source", {"id": "s", **SOURCE}), ("removed", {"source": "s", "entry": 7})], "takes out what entry 7"),
        ([("removed", {"entry": 1})], "takes out what entry 1 did not put in"),
        ([("reference", {"id": "r", **picture("a"), "content": "a" * 64})] * 2, "reference r again"),
        (
            [("reference", {"id": "r", "picture": "../x", "sha256": "a" * 64, "content": "a" * 64})],
            "'../x', which is not named by its SHA-256",
        ),
    ],
    ids=range(8),
)
def test_a_log_that_contradicts_itself_is_named(told: list[tuple[str, dict]], said: str):
    entries = [entry(n, kind=kind, body=body) for n, (kind, body) in enumerate(told, 1)]
    assert any(said in str(problem) for problem in replay(entries)[1])


def test_what_was_purged_must_stay_away():
    body = {"id": "r", **picture("a"), "content": "a" * 64}
    told, _ = replay([entry(1, kind="reference", body=body)])
    assert told.ledger.is_named(body["picture"])
    assert set(told.needed()) == {body["picture"]}
    gone = [
        ("removed", {"reference": "r", "entry": 1}),
        ("purged", {"pictures": [body["picture"]], "why": "its time"}),
    ]
    told, problems = replay(
        [entry(1, kind="reference", body=body), *(entry(n, kind=k, body=b) for n, (k, b) in enumerate(gone, 2))]
    )
    assert not told.ledger.is_named(body["picture"])
    assert set(told.needed()) == set()
    assert [one for one in problems if "expected the entry that begins" not in one.what] == []


@given(raw=st.binary(max_size=300) | st.lists(st.sampled_from(chain([{}, {}])) | st.binary(max_size=9)).map(b"".join))
def test_whatever_the_log_is_it_gives_problems_and_no_crash(raw: bytes):
    lines = split_lines(raw)
    assert b"".join(lines) == raw
    assert prove(Held(lines, {}, raw, raw, None)).state == "wrong"


@given(raw=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_what_are_no_findings_says_so(raw: bytes):
    with pytest.raises(SamegoodsError, match="not the findings of a case"):
        read_findings(raw)


@pytest.mark.parametrize("pem", ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_what_is_no_key_says_so(pem: str):
    with pytest.raises(CustodyError, match="no public key"):
        fingerprint(pem)


@pytest.mark.parametrize("signature", [None, "", "x", "AAAA", "A" * 88])
def test_what_is_no_signature_is_none(signature: str | None):
    assert not is_signed_by(entry(kind="signed", body={"signature": signature}), fakes.key().public_pem)
