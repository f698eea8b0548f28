"""What a plugin's sources import: the SDK by its public names, Python's own, and what is declared."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import liangcun_standards
from liangcun_standards.conformance.subject import Subject
from liangcun_standards.text import Text

_SDK = "liangcun_standards"
# Beside the names at the front door, these rooms are for plugins and their tests.
PUBLIC_ROOMS = frozenset({"conformance", "vocabulary", "worked_examples"})


def foreign_imports(subject: Subject) -> Iterator[Text]:
    """Every import that a plugin shouldn't make, with its file and line."""
    allowed = _declared(subject) | {subject.package}
    for file, text in subject.sources():
        try:
            tree = ast.parse(text, file)
        except (SyntaxError, ValueError) as error:
            yield Text(f"{file}：语法错误（{error}）", f"{file}: a syntax error ({error})")
            continue
        for node in ast.walk(tree):
            for name in _imported(node):
                if not _may(name, allowed):
                    line = getattr(node, "lineno", 1)
                    yield Text(
                        f"{file}:{line}：不能导入 {name}", f"{file}:{line}: {name} may not be imported"
                    )


def _imported(node: ast.AST) -> Iterator[str]:
    """The full names that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
        yield from (f"{node.module}.{one.name}" for one in node.names)


def _may(name: str, allowed: set[str]) -> bool:
    first, _, rest = name.partition(".")
    if first == _SDK:
        head = rest.partition(".")[0]
        return head in ("", "*") or head in PUBLIC_ROOMS or rest in liangcun_standards.__all__
    return first in sys.stdlib_module_names or first in allowed


def _declared(subject: Subject) -> set[str]:
    """The modules of the distributions that it declares; of those not installed, their usual name."""
    wanted = {
        re.split(r"[^A-Za-z0-9._-]", one, maxsplit=1)[0].lower().replace("_", "-") for one in subject.requires
    }
    found = {one.replace("-", "_") for one in wanted}
    for module, distributions in packages_distributions().items():
        if any(one.lower().replace("_", "-") in wanted for one in distributions):
            found.add(module)
    # NumPy and Pydantic are the SDK's own, and what it is spoken to in.
    return found | {"numpy", "pydantic"}
