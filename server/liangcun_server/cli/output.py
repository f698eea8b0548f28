"""What the command line prints: tables that fit the terminal, and plain text when piped elsewhere."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import typer

from liangcun_server.cli.language import locale, words

if TYPE_CHECKING:
    from liangcun_standards.text import Text

# Columns that a ranking takes with all it has to say.
_WIDE = 100


class Heading(NamedTuple):
    """A column of a printed table; what is `fixed` stays on one line where others give way."""

    title: str
    right: bool = False
    fixed: bool = False


def say(text: str, colour: str | None = None) -> None:
    """Print a part of the answer, in a colour where there are colours."""
    typer.secho(printable(text), fg=colour)


def note(text: str) -> None:
    """Print beside the answer, where a pipe doesn't take it up."""
    typer.secho(printable(text), err=True, dim=True)


def warn(text: str) -> None:
    """Print something that a person should look at."""
    typer.echo(typer.style(words("提醒：", "note: "), fg="yellow") + printable(text), err=True)


def print_table(headings: Sequence[Heading], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under their headings; piped, a line a row, its cells two blanks or more apart."""
    shown = [[printable(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _print_drawn(headings, shown)
    else:
        _print_aligned(headings, shown)


@contextmanager
def following() -> Iterator[Callable[[Text, int, int], None] | None]:
    """A bar for one stage after the other: so many of so many (0 for nobody knows), and the time taken.

    None where the output goes elsewhere than to a terminal.
    """
    with _bar() as show:
        yield None if show is None else lambda stage, done, total: show(stage.pick(locale()), done, total)


@contextmanager
def counting(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for so many of so many; nothing where the output goes elsewhere than to a terminal."""
    with _bar(title) as show:
        yield (lambda done, total: None) if show is None else lambda done, total: show(title, done, total)


@contextmanager
def _bar(title: str = "") -> Iterator[Callable[[str, int, int], None] | None]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TaskProgressColumn,
        TextColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        # Rich's own column stops at the end of the first stage.
        TextColumn(words("{task.elapsed:.0f} 秒", "{task.elapsed:.0f} s")),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(description: str, done: int, total: int) -> None:
            # `update` takes None for a total that stays as it was.
            bar.tasks[0].total = total or None
            bar.update(task, description=description, completed=done)

        yield show


def is_narrow() -> bool:
    """Whether the answer goes to a terminal without room for a wide table."""
    return sys.stdout.isatty() and shutil.get_terminal_size().columns < _WIDE


def printable(text: str) -> str:
    """`text` without what would steer the terminal; line ends stay."""
    if text.isprintable():
        return text
    return "".join(
        "\ufffd" if unicodedata.category(mark) in {"Cc", "Cs"} and mark != "\n" else mark for mark in text
    )


def _print_drawn(headings: Sequence[Heading], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Shown

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(
            Shown(heading.title),
            justify="right" if heading.right else "left",
            no_wrap=heading.fixed or heading.right,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Shown(cell) for cell in row))
    Console(highlight=False).print(table)


def _print_aligned(headings: Sequence[Heading], rows: Sequence[Sequence[str]]) -> None:
    from rich.cells import cell_len

    lines = [[heading.title for heading in headings], *([_in_one_line(c) for c in row] for row in rows)]
    widths = [max(cell_len(line[place]) for line in lines) for place in range(len(headings))]
    for line in lines:
        cells = []
        for cell, width, heading in zip(line, widths, headings, strict=True):
            blanks = " " * (width - cell_len(cell))
            cells.append(blanks + cell if heading.right else cell + blanks)
        typer.echo("  ".join(cells).rstrip())


def _in_one_line(cell: str) -> str:
    return cell.replace("\n", " ")
