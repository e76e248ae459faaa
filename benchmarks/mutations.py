"""Files made worse, in the ways of damage and of malice: bytes and campaigns. The same for the same seed."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
HEADER = 600
"""Bytes in which most formats keep their sizes, counts and durations."""

Mutation = Callable[[bytearray, random.Random], bytearray]


def flipped(data: bytearray, rng: random.Random) -> bytearray:
    """A few single bits anywhere."""
    for _ in range(rng.randint(1, 40)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def cut(data: bytearray, rng: random.Random) -> bytearray:
    """Its end is missing."""
    return data[: rng.randrange(1, len(data))]


def forged(data: bytearray, rng: random.Random) -> bytearray:
    """Numbers of its header replaced by extreme ones, in either byte order."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(max(1, min(HEADER, len(data)) - 4))
        data[at : at + 4] = struct.pack(rng.choice((">I", "<I")), rng.choice(EXTREMES))
    return data


def forged_end(data: bytearray, rng: random.Random) -> bytearray:
    """The same in its last part, where a film may keep its index."""
    tail = data[-2000:]
    return data[:-2000] + forged(tail, rng) if len(data) > 4000 else forged(data, rng)


def spliced(data: bytearray, rng: random.Random) -> bytearray:
    """A part of it put in another place."""
    begin, to = rng.randrange(len(data)), rng.randrange(len(data))
    part = data[begin : begin + rng.randint(1, max(1, len(data) // 4))]
    return data[:to] + part + data[to + len(part) * rng.randrange(2) :]


def blanked(data: bytearray, rng: random.Random) -> bytearray:
    """A stretch of it zero, or all ones, or noise."""
    begin, length = rng.randrange(len(data)), rng.randint(1, max(1, len(data) // 5))
    fill = rng.choice((bytes(length), b"\xff" * length, rng.randbytes(length)))
    data[begin : begin + length] = fill[: len(data) - begin]
    return data


def swollen(data: bytearray, rng: random.Random) -> bytearray:
    """One stretch of it many times over."""
    begin = rng.randrange(len(data))
    part = data[begin : begin + rng.randint(4, 400)]
    return data[:begin] + part * rng.randint(2, 2000) + data[begin:]


MUTATIONS: tuple[Mutation, ...] = (flipped, cut, forged, forged_end, spliced, blanked, swollen)


def mutated(data: bytes, seed: int) -> tuple[bytes, str]:
    """One file made worse once or twice, and how."""
    rng = random.Random(seed)
    first = MUTATIONS[seed % len(MUTATIONS)]
    result, names = first(bytearray(data), rng), [first.__name__]
    if rng.random() < 0.3 and result:
        second = rng.choice(MUTATIONS)
        result = second(result, rng)
        names.append(second.__name__)
    return bytes(result), " and ".join(names)


VALUES = (
    *("null", "true", "-1", "1e999", ".nan", "0x7fffffffffffffff", "99999999999999999999", "2026-13-45", "''"),
    *("[]", "{}", "[[[[[[]]]]]]", "*a", "&a [x]", "!!python/object:os.system {}", "!!binary aGk=", "<<: {a: 1}"),
    *("/etc/passwd", "../../../../etc/passwd", "/dev/zero", "/dev/stdin", "references", "a\\0b", '"\\e[2J"'),
    *('"\\u202egnp.exe"', "'=cmd()'", "'<script>alert(1)</script>'", "x" * 12_000, "1:" * 50 + "1", "|", ">-", "?"),
)
"""What a stranger may put where a value stood."""


def mutated_campaign(text: str, seed: int) -> bytes:
    """A campaign file with a value replaced, a line moved, doubled, turned or indented, or its bytes made worse."""
    rng = random.Random(seed)
    if seed % 5 == 0:
        return mutated(text.encode(), seed // 5)[0]
    lines = text.splitlines()
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines))
        line = lines[at]
        key, colon, _ = line.partition(": ")
        match rng.randrange(6):
            case 0 | 1 | 2:
                lines[at] = f"{key}{colon or ': '}{rng.choice(VALUES)}"
            case 3:
                lines.insert(rng.randrange(len(lines)), line)
            case 4:
                lines[at] = " " * rng.randrange(8) + line.lstrip()
            case 5:
                lines[at : at + 1] = [line] * rng.choice((0, 2, 3000))
        lines = lines or [""]
    return "\n".join(lines).encode()
