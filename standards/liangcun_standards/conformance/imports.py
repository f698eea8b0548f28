"""What a plugin takes from elsewhere: the SDK by its public names, Python's own, and what is declared."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import packages_distributions

import liangcun_standards
from liangcun_standards.conformance.subject import Subject
from liangcun_standards.text import Text

_SDK = "liangcun_standards"
# Beside the names at the front door, these rooms are for plugins and their tests.
PUBLIC_ROOMS = frozenset({"conformance", "vocabulary", "worked_examples"})
# Functions that take a module's name as words.
_BY_NAME = frozenset({"__import__", "find_spec", "import_module", "resolve_name", "run_module"})


def foreign_imports(subject: Subject) -> Iterator[Text]:
    """Every import that a plugin shouldn't make, with its file and line.

    An import is what is written as one, a module's name in words given to a function that imports it, and an
    attribute of the SDK's that leads inside. Names put together while the plugin runs aren't seen.
    """
    allowed = _declared(subject) | {subject.package}
    for file, text in subject.sources():
        try:
            tree = ast.parse(text, file)
        except (SyntaxError, ValueError) as error:
            yield Text(f"{file}：语法错误（{error}）", f"{file}: a syntax error ({error})")
            continue
        sdk = _names_of_the_sdk(tree)
        for node in ast.walk(tree):
            for name in (*_imported(node), *_named_in_words(node), *_reached(node, sdk)):
                if not _may(name, allowed):
                    line = getattr(node, "lineno", 1)
                    yield Text(
                        f"{file}:{line}：不能导入 {name}", f"{file}:{line}: {name} may not be imported"
                    )


def private_names(held: Iterable[tuple[str, str, str]]) -> Iterator[Text]:
    """What a loaded plugin's modules hold of the SDK's inside, however they came by it.

    `held`: module, name in it and what the SDK calls it, as `observing.observed` tells.
    """
    for module, name, inside in held:
        if not _may(inside, set()):
            yield Text(
                f"{module}.{name} 是 SDK 内部的 {inside}", f"{module}.{name} is {inside}, inside the SDK"
            )


def _imported(node: ast.AST) -> Iterator[str]:
    """The full names that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
        yield from (f"{node.module}.{one.name}" for one in node.names)


def _named_in_words(node: ast.AST) -> Iterator[str]:
    """A module whose name is given to a function that imports it, or looked up in `sys.modules`."""
    if isinstance(node, ast.Call) and _last(node.func) in _BY_NAME:
        given = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "name")]
    elif isinstance(node, ast.Subscript) and _last(node.value) == "modules":
        given = [node.slice]
    else:
        return
    for one in given:
        words = _words(one)
        if words and not words.startswith("."):
            yield words.replace(":", ".")


def _words(node: ast.AST) -> str | None:
    """A text that is written out, in one piece or several."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _words(node.left), _words(node.right)
        return None if left is None or right is None else left + right
    return None


def _last(node: ast.AST) -> str | None:
    """The last name of `a.b.c`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _names_of_the_sdk(tree: ast.Module) -> Mapping[str, str]:
    """The names by which a file knows the SDK itself, and what each stands for."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        for one in node.names if isinstance(node, ast.Import) else ():
            if one.name.partition(".")[0] == _SDK:
                names[one.asname or _SDK] = one.name if one.asname else _SDK
    return names


def _reached(node: ast.AST, sdk: Mapping[str, str]) -> Iterator[str]:
    """What an attribute of the SDK is, `sdk.rules`, also as `getattr(sdk, "rules")`."""
    if isinstance(node, ast.Attribute):
        owner, name = node.value, node.attr
    elif isinstance(node, ast.Call) and _last(node.func) == "getattr" and len(node.args) > 1:
        owner, name = node.args[0], _words(node.args[1]) or ""
    else:
        return
    if isinstance(owner, ast.Name) and owner.id in sdk and name and not name.startswith("__"):
        yield f"{sdk[owner.id]}.{name}"


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
