"""Turning a text file's bytes into text: UTF-8 with or without a mark, else GB18030 (which includes GBK)."""

from __future__ import annotations

from liangcun_server.regions.problems import InvalidRegionFile
from liangcun_standards.text import Text

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def decoded(data: bytes, *, where: str) -> str:
    """The text of a file.

    Nearly any bytes are some text in GB18030, so a file that is mostly UTF-8 but broken in places is
    refused rather than read as nonsense. Raises InvalidRegionFile for bytes that are neither, for NUL
    bytes, and for an empty file.
    """
    if not data.removeprefix(_BYTE_ORDER_MARK).strip():
        raise InvalidRegionFile(Text("文件是空的", "the file is empty"), where=where)
    if b"\0" in data:
        line = _line_of(data, data.index(b"\0"))
        raise InvalidRegionFile(
            Text(
                f"第 {line} 行有空字节（NUL），不是文本文件；若来自 Excel，请另存为 CSV UTF-8",
                f"line {line} has a NUL byte, so this is no text file; from Excel, save it as CSV UTF-8",
            ),
            where=where,
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = error
    if not _meant_as_utf8(data):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as error:
            fault = error
    line = _line_of(data, fault.start)
    raise InvalidRegionFile(
        Text(
            f"第 {line} 行的编码有误：既不是完整的 UTF-8，也不是 GBK/GB18030，请另存为 CSV UTF-8",
            f"line {line} is wrongly encoded, neither sound UTF-8 nor GBK/GB18030; save it as CSV UTF-8",
        ),
        where=where,
    )


def _meant_as_utf8(data: bytes) -> bool:
    """Whether more characters beyond ASCII are sound UTF-8 than are broken."""
    if data.startswith(_BYTE_ORDER_MARK):
        return True
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(not mark.isascii() for mark in text) - broken > broken


def _line_of(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
