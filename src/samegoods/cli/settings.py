"""Settings: every option of every command may also stand in a file, or in the environment.

What the commands declare is the one source: the names of variables, the form of the file and its JSON Schema are read
off them. What is given on the command line counts first, then a variable, then the file, then the default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

PREFIX = "SAMEGOODS"
FILE = "samegoods.toml"
"""The file that is read where it lies in the working directory and no other is named."""
CONFIG = f"{PREFIX}_CONFIG"
PREPARED_GB = f"{PREFIX}_PREPARED_GB"
"""Read where references are prepared, in every process of every command: it is of the machine, not of a run."""


def key(option: click.Option) -> str:
    """What an option is called in the file: its long name."""
    return max(option.opts, key=len).lstrip("-")


def variable(path: tuple[str, ...], option: click.Option) -> str:
    """The variable of an option of the command at ``path``: ``SAMEGOODS_CHECK_SITE``."""
    return "_".join((PREFIX, *path, key(option))).replace("-", "_").upper()


def options_of(command: click.Command) -> list[click.Option]:
    """The options of a command that hold a value, not those that only say something and end (``--help``)."""
    return [one for one in command.params if isinstance(one, click.Option) and not one.is_eager]


def commands_of(command: click.Command) -> dict[str, click.Command]:
    """The commands below this one, by name."""
    if not isinstance(command, click.Group):
        return {}
    context = click.Context(command)
    found = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return {name: one for name, one in found.items() if one is not None}


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command and all below it, each with the names that lead to it."""
    yield path, command
    for name, one in commands_of(command).items():
        yield from walk(one, (*path, name))


def settable(command: click.Command, path: tuple[str, ...]) -> None:
    """Have the options of a command and of all below it read their variables, before those that they declare."""
    for place, one in walk(command, path):
        for option in options_of(one):
            own = variable(place, option)
            declared = variables(option)
            option.envvar = declared if own in declared else [own, *declared]


def variables(option: click.Option) -> list[str]:
    """The variables that an option reads, first what counts first."""
    match option.envvar:
        case None:
            return []
        case str() as one:
            return [one]
        case several:
            return list(several)


def unread(environment: Mapping[str, str]) -> list[str]:
    """The variables that look like ours and that nothing reads: most likely misspelt."""
    from samegoods.cli.group import main

    known = {
        CONFIG,
        PREPARED_GB,
        *(name for _, one in walk(main) for option in options_of(one) for name in variables(option)),
    }
    return sorted(name for name in environment if name.startswith(f"{PREFIX}_") and name not in known)


def schema() -> dict[str, Any]:
    """The JSON Schema of the file: a table for each command, a key for each option."""
    from samegoods.cli.group import main

    tables = {name: _table(one) for name, one in commands_of(main).items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "samegoods/settings/1",
        "title": f"Settings of samegoods, {FILE}",
        "type": "object",
        "additionalProperties": False,
        "properties": tables,
    }


def _table(command: click.Command) -> dict[str, Any]:
    keys = {key(option): _value(option) for option in options_of(command)}
    below = {name: _table(one) for name, one in commands_of(command).items()}
    return {
        "type": "object",
        "description": command.get_short_help_str(200),
        "additionalProperties": False,
        "properties": {**keys, **below},
    }


def _value(option: click.Option) -> dict[str, Any]:
    one = {"type": "boolean"} if option.is_flag else _type(option.type)
    whole = {"type": "array", "items": one} if option.multiple else one
    default = option.to_info_dict()["default"]
    told = {"default": default} if isinstance(default, str | int | float) else {}
    return {**whole, "description": option.help or "", **told, "x-environment": variables(option)}


def _type(kind: click.ParamType[Any]) -> dict[str, Any]:
    """Raises:
    TypeError: an option has a type that no file can hold yet.
    """
    match kind:
        case click.Choice():
            return {"type": "string", "enum": list(kind.choices)}
        case click.IntRange() | click.FloatRange():
            name = "integer" if isinstance(kind, click.IntRange) else "number"
            low = {"exclusiveMinimum" if kind.min_open else "minimum": kind.min} if kind.min is not None else {}
            high = {"exclusiveMaximum" if kind.max_open else "maximum": kind.max} if kind.max is not None else {}
            return {"type": name, **low, **high}
        case _ if kind is click.INT:
            return {"type": "integer"}
        case _ if kind is click.FLOAT:
            return {"type": "number"}
        case _ if kind is click.STRING or isinstance(kind, click.Path):
            return {"type": "string"}
    raise TypeError(f"an option of type {kind} cannot stand in a file yet: add it to samegoods.cli.settings")
