"""The hooks through which a plugin contributes; each returns what it brings, and none is required."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from types import ModuleType
from typing import NamedTuple

import pluggy

from liangcun_standards.after_assessment import AfterAssessment
from liangcun_standards.aggregation.own import AggregationMethod
from liangcun_standards.aggregation.scorer import Scorer
from liangcun_standards.document.reading import decode
from liangcun_standards.errors import InvalidDocument
from liangcun_standards.indicators import Indicator
from liangcun_standards.query_fields import QueryField
from liangcun_standards.rules import Rule
from liangcun_standards.text import Text

GROUP = "liangcun"
_YAML = (".yaml", ".yml")

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


class StandardText(NamedTuple):
    """A standard's document as a plugin carries it: the file's name and its text."""

    file: str
    text: str


def documents_in(package: str | ModuleType, folder: str = "standards") -> list[StandardText]:
    """The YAML documents in a folder of a package, by name.

    Raises InvalidDocument when the folder isn't there or a document isn't UTF-8.
    """
    try:
        found = [path for path in files(package).joinpath(folder).iterdir() if path.name.endswith(_YAML)]
    except (FileNotFoundError, NotADirectoryError):
        name = package if isinstance(package, str) else package.__name__
        raise InvalidDocument(
            Text(
                f"包 {name} 里没有文件夹 {folder}（安装包是否漏了数据文件？）",
                f"the package {name} has no folder {folder} (were its data files left out of the wheel?)",
            )
        ) from None
    found.sort(key=lambda path: path.name)
    return [StandardText(path.name, decode(path.read_bytes(), path.name)) for path in found]


class Hooks:
    """The hooks and what each is for."""

    @hookspec
    def liangcun_standards(self) -> Sequence[StandardText]:
        """Standards, as documents."""
        raise NotImplementedError

    @hookspec
    def liangcun_indicators(self) -> Sequence[Indicator]:
        """Indicators that the plugin's standards, or others, are scored by."""
        raise NotImplementedError

    @hookspec
    def liangcun_rules(self) -> Sequence[type[Rule]]:
        """Kinds of rule of the plugin's own, which documents write as PLUGIN.KIND."""
        raise NotImplementedError

    @hookspec
    def liangcun_aggregations(self) -> Sequence[AggregationMethod]:
        """Ways to put the children of a group together, which documents write as PLUGIN.NAME."""
        raise NotImplementedError

    @hookspec
    def liangcun_scorers(self) -> Sequence[Scorer]:
        """Scorers of whole standards, which documents name as `scorer: PLUGIN.NAME`."""
        raise NotImplementedError

    @hookspec
    def liangcun_graphql(self) -> Sequence[QueryField]:
        """Questions of the plugin's own, which clients find under `ext { plugin { … } }`."""
        raise NotImplementedError

    @hookspec
    def liangcun_after_assessment(self) -> Sequence[AfterAssessment]:
        """What to do once an assessment has been run; the notices go on record with it."""
        raise NotImplementedError
