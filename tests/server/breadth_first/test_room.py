"""The room stands by itself: it could be lifted out of the house as it is."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import liangcun_server.breadth_first

ROOM = Path(liangcun_server.breadth_first.__file__).parent
KNOWN = {"graphql", "strawberry", *sys.stdlib_module_names}


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_it_imports_graphql_strawberry_and_itself_alone(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module or ""]
        else:
            continue
        for name in names:
            assert name.partition(".")[0] in KNOWN or name.startswith("liangcun_server.breadth_first."), name
