"""The operations that come with the server; `liangcun schema export` writes them to schema/operations/."""

from __future__ import annotations

from importlib.resources import files

from liangcun_server.trusted_documents.identifiers import document_id

SUFFIX = ".graphql"


def shipped_operations() -> dict[str, str]:
    """The text of each file by its name, in order of names."""
    folder = files("liangcun_server.trusted_documents").joinpath("operations")
    found = {one.name: one for one in folder.iterdir() if one.name.endswith(SUFFIX)}
    return {name: found[name].read_text(encoding="utf-8") for name in sorted(found)}


def shipped_ids() -> dict[str, str]:
    """The identifier of each shipped operation by the operation's name."""
    return {name.removesuffix(SUFFIX): document_id(text) for name, text in shipped_operations().items()}
