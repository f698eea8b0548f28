"""What a column of a file is about: one of our fields, or an indicator by its code or its title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from liangcun_server.observations.errors import unknown_indicator
from liangcun_server.scoring_tables.cells import normal
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.text import Text

_WORDS = {
    "region": "region region_code code village_code 代码 区划代码 统计用区划代码 村代码 行政区划代码",
    "name": "name region_name village 名称 村名 村 区划名称 村庄 行政村",
    "township": "township 乡镇 街道 乡 镇 县 所属乡镇",
    "indicator": "indicator indicator_code 指标 指标代码",
    "value": "value 值 数值 填报值",
    "period": "period 时期 年度 年份 期间",
    "assessor_level": "assessor_level level 层级 考评层级",
    "qualifier": "qualifier 限定 限定词",
    "source_status": "source_status 性质 数据性质",
    "source": "source 出处 来源 数据来源",
    "original_text": "original_text 原文",
    "scope_note": "scope_note 范围 范围说明",
    "method": "method 方法 测评方法",
    "note": "note remark remarks 备注 说明",
    "unit": "unit 单位",
}
FIELDS: Mapping[str, str] = {word: name for name, words in _WORDS.items() for word in words.split()}
_CODE_AT_END = re.compile(r"[\[\n(（]\s*([a-z][a-z0-9_]{1,63})\s*[\])）]?\s*$")


class Headings:
    """Reads headings against the indicators that there are."""

    def __init__(self, catalogue: IndicatorCatalogue) -> None:
        self._catalogue = catalogue

    def field(self, heading: str) -> str | None:
        """The field that a heading names, alone or in its last line; None for anything else."""
        return FIELDS.get(normal(heading.strip().rpartition("\n")[2]).lower())

    def indicator(self, heading: str) -> str:
        """The code of the indicator that a heading names.

        By its code, alone or at the end of the heading as templates write it, or by its title where one
        indicator alone has it. Raises UnknownIndicator with the nearest, LiangcunError for a title that
        several have.
        """
        plain = normal(heading)
        if plain in self._catalogue:
            return plain
        ending = _CODE_AT_END.search(heading)
        if ending is not None and ending[1] in self._catalogue:
            return ending[1]
        codes = self._by_title.get(plain.lower(), [])
        if len(codes) == 1:
            return codes[0]
        if codes:
            listed = "、".join(codes)
            raise LiangcunError(
                Text(
                    f"“{plain[:64]}”可指多个指标（{listed}），请写代码",
                    f"'{plain[:64]}' can be any of {listed}; write the code",
                )
            )
        raise unknown_indicator(ending[1] if ending is not None else plain, [*self._catalogue, *self._titles])

    @cached_property
    def _by_title(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for code, indicator in self._catalogue.items():
            for title in {normal(indicator.name).lower(), normal(indicator.name_en).lower()}:
                found.setdefault(title, []).append(code)
        return found

    @cached_property
    def _titles(self) -> list[str]:
        return [indicator.name for indicator in self._catalogue.values()]
