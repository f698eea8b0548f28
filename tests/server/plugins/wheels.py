"""Wheels made for a test, sound or spoilt in one way, without a build tool."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.standards.conformance.projects import DOCUMENT, EXAMPLE, MODULE


def write_wheel(
    folder: Path,
    version: str = "1.2.0",
    *,
    name: str = "liangcun-lamps",
    plugin: str = "lamps",
    files: Mapping[str, str | bytes] | None = None,
    more: Mapping[str, bytes] | None = None,
    requires: str = "liangcun-standards>=0.1,<0.2",
    group: str = "liangcun",
    tag: str = "py3-none-any",
    unlisted: bool = False,
) -> Path:
    """A wheel of the county's lamps; `files` stand beside or in the place of its own.

    `more` are names that go into the archive as they are; `unlisted` leaves them out of RECORD.
    """
    package = name.replace("-", "_")
    info = f"{package}-{version}.dist-info"
    contents: dict[str, bytes] = {
        "county_lamps/__init__.py": MODULE.encode(),
        "county_lamps/standards/lamps.yaml": DOCUMENT.encode(),
        "county_lamps/examples/half.yaml": EXAMPLE.encode(),
        f"{info}/METADATA": (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Dist: {requires}\n"
        ).encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
        f"{info}/entry_points.txt": f"[{group}]\n{plugin} = county_lamps\n".encode(),
    }
    contents |= {
        path: text.encode() if isinstance(text, str) else text for path, text in (files or {}).items()
    }
    listed = contents if unlisted else {**contents, **(more or {})}
    record = "".join(f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in listed.items())
    record += f"{info}/RECORD,,\n"
    file = folder / f"{package}-{version}-{tag}.whl"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in {**contents, **(more or {})}.items():
            wheel.writestr(path, data)
        wheel.writestr(f"{info}/RECORD", record)
    return file


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
