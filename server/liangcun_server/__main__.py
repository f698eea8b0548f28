"""`python -m liangcun_server`: the command line, for where the program `liangcun` isn't on the path."""

from __future__ import annotations

from liangcun_server.cli import main

main()
