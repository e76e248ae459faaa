"""YAML with its places: plain values, and for each of them the line that it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from samegoods.campaign.limits import LIMITS

# libyaml where the wheel brings it: ten times as fast, the same language.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Loc = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """Where a value stands: its line, counted from 1, and as a plain scalar its letters in the file."""

    line: int
    letters: str | None


@dataclass
class Document:
    """A YAML file as plain values, with the place of each, and what is wrong with it as YAML."""

    content: Any = None
    places: dict[Loc, Place] = field(default_factory=dict)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """The keys of values that YAML could make nothing of."""

    def place(self, loc: Loc) -> Place:
        """The place of a value, or of the innermost value around it that is in the file."""
        for end in range(len(loc), -1, -1):
            if loc[:end] in self.places:
                return self.places[loc[:end]]
        return Place(1, None)


def key_of(loc: Loc) -> str:
    """A path as a reader writes it: ``products[0].versions.export``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return text.lstrip(".") or "(file)"


def read(raw: bytes) -> Document:
    """Read one YAML document; what is wrong is told in ``problems`` and never raised."""
    document = Document()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        document.problems.append((line, "(file)", "the file is not UTF-8: save it as UTF-8"))
        return document
    try:
        if not _refused(text, document):
            node = yaml.compose(text, Loader=_Loader)
            document.content = None if node is None else _value(node, (), document)
    except yaml.YAMLError as error:
        document.problems.append((_line_of(error), "(file)", f"not YAML: {_what(error)}"))
    return document


def _refused(text: str, document: Document) -> bool:
    """Whether the file uses what could blow up in memory or time: a few aliases stand for billions of values."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Loader), 1):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        refusal = _refusal(event, depth, number)
        if refusal is not None:
            document.problems.append((_line(event.start_mark), *refusal))
            return True
    return False


def _refusal(event: yaml.Event, depth: int, number: int) -> tuple[str, str] | None:
    """The key and the message by which an event of a file is refused; None where it is not."""
    if isinstance(event, yaml.AliasEvent):
        return f"*{event.anchor}", "aliases are not taken: write it out"
    if depth > LIMITS.depth:
        return "(file)", f"nested more than {LIMITS.depth} deep, which is the limit"
    if number > LIMITS.values:
        return "(file)", f"more than {LIMITS.values} values, which is the limit"
    if isinstance(event, yaml.ScalarEvent) and len(event.value) > LIMITS.letters:
        return "(file)", f"a value of more than {LIMITS.letters} letters, which is the limit"
    return None


def _line_of(error: yaml.YAMLError) -> int:
    return _line(getattr(error, "problem_mark", None) or getattr(error, "context_mark", None))


def _line(mark: Any) -> int:
    return 1 if mark is None else int(mark.line) + 1


def _what(error: yaml.YAMLError) -> str:
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    return f"{said} ({context})" if context else str(said)


def _value(node: yaml.Node, loc: Loc, document: Document) -> Any:
    letters = node.value if isinstance(node, yaml.ScalarNode) else None
    document.places.setdefault(loc, Place(node.start_mark.line + 1, letters))
    if isinstance(node, yaml.MappingNode):
        return _pairs(node, loc, document)
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, (*loc, i), document) for i, one in enumerate(node.value)]
    return _scalar(node, loc, document)


def _pairs(node: yaml.MappingNode, loc: Loc, document: Document) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _key(key_node, loc, document)
        if key is None:
            continue
        here = (*loc, key)
        if key in pairs:
            first = document.places[here].line
            document.problems.append((line, key_of(here), f"this key stands on line {first} already"))
            continue
        letters = value_node.value if isinstance(value_node, yaml.ScalarNode) else None
        document.places[here] = Place(line, letters)
        pairs[key] = _value(value_node, here, document)
    return pairs


def _key(node: yaml.Node, loc: Loc, document: Document) -> str | None:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.ScalarNode):
        document.problems.append((line, key_of(loc), "a key must be a word"))
        return None
    key = str(node.value)
    if node.tag != "tag:yaml.org,2002:str":
        message = f'YAML does not read the key {key} as text: put it in quotes: "{key}"'
        document.problems.append((line, key_of((*loc, key)), message))
    return key


def _scalar(node: yaml.Node, loc: Loc, document: Document) -> Any:
    """A scalar by YAML's own rules; what they cannot make a value of is told and stays as its letters."""
    maker = yaml.SafeLoader("")
    try:
        return maker.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError, TypeError, KeyError, IndexError):
        message = f"{node.value!r} looks like a number, date or tag that is none: put text in quotes"
        document.problems.append((node.start_mark.line + 1, key_of(loc), message))
        document.unread.add(key_of(loc))
        return node.value
    finally:
        maker.dispose()
