"""The command line `liangcun`: what each command asks, and how its answer is shown."""

from __future__ import annotations


def main() -> None:
    """Run the command that this process was started with, and exit."""
    from liangcun_server.cli.app import app

    app(prog_name="liangcun")
