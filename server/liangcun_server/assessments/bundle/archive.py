"""The frame of a bundle: a zip file whose bytes follow from its parts, so that none can change unseen."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

MOST_BYTES = 2 << 30
# What a part may unpack to where it is packed itself.
MOST_UNPACKED = 4 << 30
_MOST_PARTS = 20
# The fixed part of what stands before each part, and where in it the lengths of the rest are.
_LOCAL_HEADER, _LENGTHS = 30, 26


class InvalidBundle(LiangcunError):
    """A file that is no bundle of an assessment."""

    code = "INVALID_BUNDLE"


def framed(parts: Mapping[str, bytes]) -> bytes:
    """The file, its parts in the order of the mapping."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            # Of the date that zip files begin with: when it was made stands in the manifest.
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return target.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of a file, as far as they can be read. Raises InvalidBundle."""
    if len(data) > MOST_BYTES:
        raise _invalid("文件太大", "the file is too large")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_PARTS or any(one.compress_type != zipfile.ZIP_STORED for one in entries):
                raise _invalid("里面的东西不是量村放的", "what is in it wasn't put there by liangcun")
            return {one.filename: _raw(data, one) for one in entries}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise _invalid("文件已损坏，或不是 zip", "the file is damaged, or no zip file") from error


def _raw(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """A part as it stands, whatever its checksum says: the manifest tells better what has changed."""
    header = data[entry.header_offset : entry.header_offset + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER:
        raise EOFError
    start = entry.header_offset + _LOCAL_HEADER + sum(struct.unpack_from("<HH", header, _LENGTHS))
    return data[start : start + entry.compress_size]


def _invalid(zh: str, en: str) -> InvalidBundle:
    return InvalidBundle(
        Text(
            f"{zh}；考评包由 liangcun assessment export 写出", f"{en}; liangcun assessment export writes them"
        )
    )
