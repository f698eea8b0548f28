"""Small standards and tailorings of them, made of one document by changing its header."""

from __future__ import annotations

from collections.abc import Sequence

from tests.standards.document.documents import LAMPS

from liangcun_standards.catalogue import Publication, ResolvedStandard, StandardCatalogue
from liangcun_standards.document import read_standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.vocabulary import IndicatorKind

INDICATORS = {
    code: Indicator(
        code=code,
        name=code,
        name_en=code,
        kind=IndicatorKind.RATE,
        unit="percent",
        definition="举例",
        definition_en="example",
        source="举例",
    )
    for code in ("lit_lanes_rate", "lamps_working_rate", "solar_lamps_rate")
}

# The header of `LAMPS`, and the tree below it.
HEADER = LAMPS[: LAMPS.index("level: village")]
TREE = LAMPS[LAMPS.index("level: village") :]

SOLAR = """{code: solar-lamps, title: 太阳能路灯, title_en: Solar lamps, max_score: 20,
      rule: {kind: threshold, when: {indicator: solar_lamps_rate, at_least: 50}},
      source: {status: interpretation, text: 举例}}"""


def header(jurisdiction: str, version: str, start: str, end: str | None = None, code: str = "lamps") -> str:
    """The first lines of a document: eight with `extends`, seven without."""
    days = f"from: {start}" if end is None else f"from: {start}, to: {end}"
    text = HEADER.replace("220722", jurisdiction).replace("version: 2023", f"version: {version}")
    return text.replace("from: 2023-01-01", days).replace("code: lamps", f"code: {code}")


def standard(
    jurisdiction: str,
    version: str = "1",
    start: str = "2021-01-01",
    end: str | None = None,
    tree: str = TREE,
    code: str = "lamps",
) -> Publication:
    """A standard, published."""
    return publication(
        header(jurisdiction, version, start, end, code) + tree, f"{jurisdiction}-{version}.yaml"
    )


def tailored(
    jurisdiction: str,
    extends: str,
    *changes: str,
    version: str = "1",
    start: str = "2021-01-01",
    end: str | None = None,
    code: str = "lamps",
) -> Publication:
    """A tailoring, published; its first change stands on line 10."""
    text = header(jurisdiction, version, start, end, code) + f"extends: {extends}\nchanges:\n"
    text += "".join(f"  - {change}\n" for change in changes) or "  []\n"
    return publication(text, f"{jurisdiction}-{version}.yaml")


def publication(text: str, file: str, plugin: str | None = "example") -> Publication:
    """A document, read and published."""
    return Publication(read_standard(text, file), text, plugin, file)


def catalogue(*publications: Publication) -> StandardCatalogue:
    """A catalogue of these."""
    return StandardCatalogue(publications, INDICATORS)


def resolved(*publications: Publication) -> ResolvedStandard:
    """The last of these, resolved among all."""
    found = catalogue(*publications)
    return found.resolve(publications[-1])


def codes(one: ResolvedStandard) -> Sequence[str]:
    """The codes of a standard's criteria, in their order."""
    return [criterion.code for criterion in one.standard.criteria]
