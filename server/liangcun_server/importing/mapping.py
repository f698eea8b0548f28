"""Maps of columns: which of a form's questions is which of our indicators or fields.

region: location/village_code
lamps: q12_lamps
"""

from __future__ import annotations

from pathlib import Path

from liangcun_server.importing.model import InvalidImport
from liangcun_standards.document.yaml_source import read_yaml
from liangcun_standards.text import Text


def read_map(path: Path) -> dict[str, str]:
    """Our names by the headings of the file. Raises InvalidImport, InvalidDocument."""
    where = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InvalidImport(
            Text("对照表读不出来，应为 UTF-8 的 YAML", "the map can't be read; it is YAML in UTF-8"),
            where=where,
        ) from None
    return as_map(text, where)


def as_map(text: str, where: str) -> dict[str, str]:
    """Our names by the headings that a map in YAML, or JSON, names. Raises InvalidImport, InvalidDocument."""
    values = read_yaml(text, where).values
    if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
        raise InvalidImport(
            Text(
                "对照表每行写“我们的名: 文件里的列名”",
                "a line of the map is our name: the heading in the file",
            ),
            where=where,
        )
    named = {heading.strip(): str(ours) for ours, heading in values.items()}
    if len(named) < len(values):
        raise InvalidImport(Text("同一列用了两次", "a heading is used twice"), where=where)
    return named
