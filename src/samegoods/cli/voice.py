"""What the commands say while they work, and how loudly."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from samegoods.errors import MissingPart
from samegoods.strangers import shown

if TYPE_CHECKING:
    from samegoods.wiring import Progress

SOME_FAILED = 4
"""How a command ends that did its work, but could not read some of the input."""
_KEY = "samegoods.loudness"
_FIRST = "samegoods.first"
_F = TypeVar("_F", bound=Callable[..., Any])


def voiced(command: _F) -> _F:
    """Give a command ``-q`` and ``-v``; they may stand before or after its name."""
    quiet = click.option(
        "-q", "--quiet", is_flag=True, expose_value=False, callback=_quieter, help="Only results and errors."
    )
    verbose = click.option(
        "-v", "--verbose", is_flag=True, expose_value=False, callback=_louder, help="Say what is done."
    )
    return quiet(verbose(command))


def _quieter(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[_KEY] = "quiet"
    if ctx.parent is not None:
        message = ctx.meta.pop(_FIRST, None)
        if message is not None and ctx.meta.get(_KEY) != "quiet":
            click.echo(message, err=True)


def note_first(ctx: click.Context, message: str) -> None:
    """Say something once it is known how loud the command is, before it does anything."""
    ctx.meta[_FIRST] = message


def _louder(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if not value or ctx.meta.get(_KEY) == "verbose":
        return
    ctx.meta[_KEY] = "verbose"
    log, echo = logging.getLogger("samegoods"), _Echo(logging.INFO)
    before = log.level
    log.addHandler(echo)
    log.setLevel(logging.INFO)

    def silence() -> None:
        log.removeHandler(echo)
        log.setLevel(before)

    ctx.call_on_close(silence)


class _Echo(logging.Handler):
    """Writes beside the results, to wherever that is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(shown(self.format(record)), err=True)


@contextlib.contextmanager
def structured() -> Iterator[None]:
    """Write the log as lines of JSON to the standard error.

    Raises:
        MissingPart: what writes them is not installed.
    """
    try:
        from pythonjsonlogger.json import JsonFormatter
    except ImportError as error:
        raise MissingPart(f"--log json needs {error.name}: pip install 'samegoods[watch]'") from None
    log, lines = logging.getLogger("samegoods"), logging.StreamHandler(sys.stderr)
    form = JsonFormatter("%(message)s %(levelname)s %(name)s", rename_fields={"levelname": "level"}, timestamp="at")
    lines.setFormatter(form)
    before = log.level
    log.addHandler(lines)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(lines)
        log.setLevel(before)


def is_quiet() -> bool:
    return click.get_current_context().meta.get(_KEY) == "quiet"


def note(message: str) -> None:
    """Say something beside the results, unless asked to be quiet."""
    if not is_quiet():
        click.echo(message, err=True)


@contextlib.contextmanager
def progress_shown() -> Iterator[Callable[[Progress], None] | None]:
    """A bar with an estimate on the terminal; None where there is no terminal, or nobody wants it."""
    if is_quiet() or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda news: bar.update(task, completed=news.done, total=news.total, description=news.what)
