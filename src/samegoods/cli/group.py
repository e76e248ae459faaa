"""The group of commands: how loud they are, and how errors become messages and exit codes."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from samegoods import __version__
from samegoods.cli import settings, settings_file
from samegoods.cli.voice import voiced
from samegoods.confinement import forbid_core_dumps
from samegoods.errors import DocumentError, SamegoodsError
from samegoods.strangers import shown

WRONG_USE = 2
INTERRUPTED = 130
CRASHED = 70

_COMMANDS = {
    "demo": "samegoods.cli.demo",
    "compare": "samegoods.cli.compare",
    "check": "samegoods.cli.check",
    "watch": "samegoods.cli.watch",
    "read": "samegoods.cli.read",
    "report": "samegoods.cli.report",
    "serve": "samegoods.cli.serve",
    "account": "samegoods.cli.account",
    "audit": "samegoods.cli.audit",
    "purge": "samegoods.cli.purge",
    "verify": "samegoods.cli.verify",
    "export": "samegoods.cli.export",
    "copy": "samegoods.cli.copy",
    "init": "samegoods.cli.start",
    "notice": "samegoods.cli.notice",
    "plan": "samegoods.cli.plan",
    "schema": "samegoods.cli.schema",
    "doctor": "samegoods.cli.doctor",
}


class _Refused(click.ClickException):
    exit_code = WRONG_USE


@contextlib.contextmanager
def _exit_codes() -> Iterator[None]:
    """A crash or an interrupt must not end with 1, which says that two pictures differ."""
    with contextlib.ExitStack() as stack:
        stack.push(_on_crash)
        try:
            yield
        except click.BadParameter as error:
            where = settings_file.where(error)
            if where is None:
                raise
            raise _Refused(shown(f"{where}: {error.message}")) from error
        except DocumentError as error:  # a line to each problem
            raise _Refused(str(error)) from error
        except SamegoodsError as error:
            raise _Refused(shown(str(error))) from error
        except KeyboardInterrupt:
            click.echo("interrupted: the same command again goes on where it stopped", err=True)
            sys.exit(INTERRUPTED)


def _on_crash(kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
    own = (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError)
    if kind is None or not issubclass(kind, Exception) or issubclass(kind, own):
        return
    traceback.print_exception(kind, error, trace)
    click.echo("this is a fault in samegoods, not in your input", err=True)
    sys.exit(CRASHED)


class _Commands(click.Group):
    """Commands by name, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[cmd_name]).command
        settings.settable(command, (cmd_name,))
        return command

    def invoke(self, ctx: click.Context) -> Any:
        forbid_core_dumps()
        with _exit_codes():
            ctx.default_map = {**settings_file.found(ctx, ctx.params.pop("config", None))}
            return super().invoke(ctx)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="samegoods")
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    envvar=settings.CONFIG,
    is_eager=True,
    help=f"The file of settings, if not {settings.FILE} in the working directory.",
)
@voiced
def main() -> None:
    """From market footage to findings: are goods sold at home the same as those made for export?

    \b
    Try it:        samegoods demo
    Two pictures:  samegoods compare reference.png photo.jpg
    A campaign:    samegoods init july; samegoods check july/campaign.yaml footage/ -o july/case

    Exit codes: 0 done; 1 a difference was found (compare only); 2 wrong use or bad input; 3 cannot tell
    (compare only); 4 done, but some footage could not be read; 5 a case or a bundle does not hold (verify only);
    70 a fault in the program; 130 interrupted.
    """
