"""Groups of commands under one word."""

from __future__ import annotations

import typer

from liangcun_server.cli.options import MARKUP


def group(help: str) -> typer.Typer:
    """A group of commands; called without one it shows its help."""
    made = typer.Typer(help=help, rich_markup_mode=MARKUP, add_completion=False)

    @made.callback(invoke_without_command=True)
    def show_help(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    show_help.__doc__ = help
    return made
