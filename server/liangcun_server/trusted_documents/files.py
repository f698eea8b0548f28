"""Trusted documents as files: one document a .graphql file, or many in a .json manifest by their hash."""

from __future__ import annotations

from pathlib import Path

import orjson

from liangcun_server.trusted_documents.identifiers import PREFIX, document_id
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text


class UnreadableFolder(LiangcunError):
    """The folder of trusted documents isn't there, or can't be read."""

    code = "INVALID_SETTING"


class UnreadableFile(LiangcunError):
    """A file of trusted documents that can't be taken in."""

    code = "INVALID_TRUSTED_DOCUMENT"


def read_folder(folder: Path) -> tuple[dict[str, str], list[LiangcunError]]:
    """The documents in a folder and the folders within, by place, and what can't be read.

    A place is the file's path and, in a manifest, the key. Raises UnreadableFolder.
    """
    if not folder.is_dir():
        raise UnreadableFolder(
            Text(
                f"找不到目录 {folder}；请建好目录，或去掉这个设置",
                f"there is no folder {folder}; create it, or unset this",
            ),
            where="LIANGCUN_TRUSTED_DOCUMENTS",
        )
    documents: dict[str, str] = {}
    problems: list[LiangcunError] = []
    for file in sorted([*folder.rglob("*.graphql"), *folder.rglob("*.json")]):
        try:
            text = file.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(_unreadable(error, file))
            continue
        if file.suffix == ".graphql":
            documents[str(file)] = text
        else:
            found, wrong = _from_manifest(text, str(file))
            documents |= found
            problems += wrong
    return documents, problems


def _from_manifest(text: str, file: str) -> tuple[dict[str, str], list[LiangcunError]]:
    """The documents of a manifest as GraphQL Code Generator and others write it: {hash: document}."""
    try:
        manifest = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        words = Text("不是有效的 JSON", "this is not valid JSON")
        return {}, [UnreadableFile(words, where=f"{file}:{error.lineno}:{error.colno}")]
    if not isinstance(manifest, dict):
        words = Text('应为 {"哈希": "文档"} 形式的对象', 'this must be an object {"hash": "document"}')
        return {}, [UnreadableFile(words, where=file)]
    found: dict[str, str] = {}
    problems: list[LiangcunError] = []
    for key, document in manifest.items():
        place = f"{file}, {key[:80]}"
        if isinstance(document, str) and PREFIX + key.removeprefix(PREFIX) == document_id(document):
            found[place] = document
        else:
            problems.append(UnreadableFile(_NOT_ITS_HASH, where=place))
    return found, problems


_NOT_ITS_HASH = Text(
    "键不是文档的 SHA-256（64 位小写十六进制）；生成清单时请选 sha256",
    "the key is not the document's SHA-256 (64 lower-case hexadecimal digits); make the manifest with sha256",
)


def _unreadable(error: OSError | UnicodeDecodeError, file: Path) -> UnreadableFile:
    if isinstance(error, UnicodeDecodeError):
        return UnreadableFile(
            Text("不是 UTF-8 编码；请另存为 UTF-8", "this is not in UTF-8; save it as UTF-8"), where=str(file)
        )
    reason = error.strerror or type(error).__name__
    return UnreadableFile(Text(f"无法读取：{reason}", f"this can't be read: {reason}"), where=str(file))
