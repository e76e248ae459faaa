"""Reading ``samegoods.toml``: what stands there, as click takes it for the options' defaults."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from samegoods.cli.settings import FILE, commands_of, key, options_of, schema, variables
from samegoods.cli.voice import note_first
from samegoods.errors import SettingsError

if TYPE_CHECKING:
    from jsonschema import ValidationError

_KEY = "samegoods.settings"
_MOST_BYTES = 1 << 20
Place = tuple[str | int, ...]


def found(ctx: click.Context, named: Path | None) -> Mapping[str, Any]:
    """The defaults that the file gives, by command and parameter; none where there is no file.

    Args:
        ctx: the context of the group; it remembers the file, for messages.
        named: the file, None for the one in the working directory.

    Raises:
        SettingsError: the file cannot be read, or something in it is wrong.
    """
    file = named or Path(FILE)
    if named is None and not file.is_file():
        return {}
    text = _text(file)
    told = _plain(_parsed(file, text))
    wrong = [(line_of(text, place), _dotted(place), said) for place, said in _problems(told)]
    if wrong:
        raise SettingsError(str(file), sorted(wrong))
    ctx.meta[_KEY] = file, text
    if named is None:  # a folder from a stranger may hold one
        note_first(ctx, f"with the settings of {file} in this folder")
    return _defaults(ctx.command, told, file.parent)


def where(error: click.BadParameter) -> str | None:
    """Where a value that a command refuses stands, if not on its command line: the file's key, or the variable."""
    ctx, option = error.ctx, error.param
    if ctx is None or not isinstance(option, click.Option) or option.name is None:
        return None
    source = ctx.get_parameter_source(option.name)
    if source is click.core.ParameterSource.ENVIRONMENT:
        return next((name for name in variables(option) if os.environ.get(name)), None)
    if source is click.core.ParameterSource.DEFAULT_MAP and _KEY in ctx.meta:
        file, text = ctx.meta[_KEY]
        place = (*ctx.command_path.split()[1:], key(option))
        line = line_of(text, place)
        return ":".join([str(file), *([str(line)] if line else []), f" {_dotted(place)}"])
    return None


def line_of(text: str, place: Place) -> int:
    """The line of the file on which a table or a key stands; 0 where it is not found (the parser tells none)."""
    names = tuple(one for one in place if isinstance(one, str))
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+([^\]]+)\]", line)
        table = _names(header.group(1)) if header else table
        assigned = re.match(r"""\s*([\w."' -]+?)\s*=""", line)
        here = (*table, *_names(assigned.group(1))) if assigned and not header else table
        if here[: len(names)] == names and (header or assigned):
            return number
    return 0


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(one.strip().strip("\"'") for one in dotted.split("."))


def _dotted(place: Place) -> str:
    return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in place).removeprefix(".")


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise SettingsError(str(file), [(0, "", f"larger than {_MOST_BYTES} bytes: that is no file of settings")])
        return data.decode("utf-8")
    except OSError as error:
        raise SettingsError(str(file), [(0, "", f"cannot be read: {error.strerror or error}")]) from error
    except UnicodeDecodeError as error:
        raise SettingsError(str(file), [(0, "", "not UTF-8: save it as such")]) from error


def _parsed(file: Path, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told = re.search(r"at line (\d+)", str(error))  # else it is the end of the document
        line = int(told.group(1)) if told else len(text.splitlines())
        raise SettingsError(str(file), [(line, "", f"not TOML: {error}")]) from None


def _plain(value: Any) -> Any:
    """As JSON has it: TOML's own dates and times as options take them, ISO 8601."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _problems(told: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(schema()).iter_errors(told):
        place = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = list(error.schema["properties"])
            for name in sorted(set(error.instance) - set(known)):
                yield (*place, name), _unknown(name, known, is_table=not place)
        else:
            yield place, _wrong(error)


def _unknown(name: str, known: Sequence[str], *, is_table: bool) -> str:
    near = difflib.get_close_matches(name.replace("_", "-"), known, n=1)
    hint = f": did you mean {near[0]}?" if near else f": known are {', '.join(known)}"
    return f"unknown {'table' if is_table else 'key'}{hint}"


def _wrong(error: ValidationError) -> str:
    if error.validator == "type":
        return f"expected {error.validator_value}, found {error.instance!r}"
    return str(error.message)


def _defaults(command: click.Command, told: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The file's keys as the names of click's parameters, its paths as they are from the file's folder."""
    made: dict[str, Any] = {}
    for option in options_of(command):
        if option.name is not None and key(option) in told:
            made[option.name] = _from(folder, option, told[key(option)])
    for name, one in commands_of(command).items():
        if name in told:
            made[name] = _defaults(one, told[name], folder)
    return made


def _from(folder: Path, option: click.Option, value: Any) -> Any:
    if not isinstance(option.type, click.Path):
        return value
    return [_in(folder, one) for one in value] if option.multiple else _in(folder, value)


def _in(folder: Path, value: str) -> str:
    """A path as it is from a folder; an address, such as that of a case in PostgreSQL, is the same from everywhere."""
    return value if "://" in value else str(folder / value)
