"""From a document's text to a checked standard or tailoring, or an error that names line and field."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from liangcun_standards.contributions import NOTHING, Contributions
from liangcun_standards.document.complaints import explained
from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tailoring import Tailoring
from liangcun_standards.document.yaml_source import Place, YamlSource, read_yaml
from liangcun_standards.errors import InvalidDocument
from liangcun_standards.text import Text

Model = TypeVar("Model", bound=BaseModel)


def read_standard(text: str, file: str, own: Contributions = NOTHING) -> Standard | Tailoring:
    """The standard, or the tailoring of another, that the document holds.

    `own` is what plugins add to the words that a document may use. Raises InvalidDocument for anything that
    is wrong with it, each problem with file, line and field.
    """
    return read_standard_source(read_yaml(text, file), own)


def read_standard_source(source: YamlSource, own: Contributions = NOTHING) -> Standard | Tailoring:
    """`read_standard` of what `read_yaml` has read already."""
    if isinstance(source.values, dict) and "extends" in source.values:
        return _validated(Tailoring, source, own)
    return _validated(Standard, source, own)


def read_model(text: str, file: str, model: type[Model]) -> Model:
    """Any other document that is read as a standard's is: plain YAML, every problem with its place.

    Raises InvalidDocument.
    """
    return _validated(model, read_yaml(text, file))


def _validated(model: type[Model], source: YamlSource, own: Contributions = NOTHING) -> Model:
    if not isinstance(source.values, dict):
        raise InvalidDocument(
            Text(
                "文档应以键值表开头（jurisdiction:、code: …）",
                "a document starts with keys (jurisdiction:, code: …)",
            ),
            where=source.file,
        )
    try:
        # In documents a field goes by its alias alone: `from`, not `from_`.
        return model.model_validate(source.values, by_alias=True, by_name=False, context=own)
    except ValidationError as error:
        raise explained(error, source) from None


def read_standard_file(path: Path, own: Contributions = NOTHING) -> Standard | Tailoring:
    """`read_standard` for a file. Raises InvalidDocument also when it can't be read or isn't UTF-8."""
    return read_standard(document_text(path), path.name, own)


def document_text(path: Path) -> str:
    """The text of a document's file. Raises InvalidDocument when it can't be read or isn't UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = error.strerror or str(error)
        raise InvalidDocument(
            Text(f"无法读取文件（{problem}）", f"the file can't be read ({problem})"), where=path.name
        ) from None
    return decode(data, path.name)


def decode(data: bytes, file: str) -> str:
    """A document's text. Raises InvalidDocument, with the place, when it isn't UTF-8."""
    data = data.removeprefix(BOM_UTF8)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        *lines, last = data[: error.start].split(b"\n")
        place = Place(len(lines) + 1, len(last.decode()) + 1)
        raise InvalidDocument(
            Text(
                "文件不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8",
                "the file is not UTF-8 (GBK perhaps); save it as UTF-8",
            ),
            where=place.text(file),
        ) from None
