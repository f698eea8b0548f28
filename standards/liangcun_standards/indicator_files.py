"""Indicator files: YAML in which a plugin lists the indicators that it contributes.

indicators:
  - code: lit_lanes_rate
    name: 亮化率
    ...                       # the fields of `Indicator`
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from liangcun_standards.document.complaints import explained
from liangcun_standards.document.yaml_source import read_yaml
from liangcun_standards.errors import InvalidDocument
from liangcun_standards.indicators import Indicator
from liangcun_standards.text import Text


class _IndicatorFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    indicators: list[Indicator]


def load_indicators(text: str, where: str) -> list[Indicator]:
    """Read the indicators of one file, in their order.

    `where` names the file in errors. Raises InvalidDocument, with file, line and field of each problem, for
    what `read_yaml` refuses, an unknown or missing field, a field that can't be as it is, and a code that
    stands twice.
    """
    source = read_yaml(text, where)
    try:
        indicators = _IndicatorFile.model_validate(source.values).indicators
    except ValidationError as error:
        raise explained(error, source) from None
    first: dict[str, int] = {}
    for number, indicator in enumerate(indicators):
        place = source.place(("indicators", number, "code"))
        earlier = first.setdefault(indicator.code, place.line)
        if earlier != place.line:
            raise InvalidDocument(
                Text(
                    f"code：{indicator.code} 已在第 {earlier} 行",
                    f"code: {indicator.code} stands at line {earlier} already",
                ),
                where=place.text(where),
            )
    return indicators
