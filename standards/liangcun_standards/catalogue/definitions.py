"""What documents define as indicators: one meaning a code, whoever defines it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from liangcun_standards.catalogue.publication import Publication
from liangcun_standards.document import Standard
from liangcun_standards.errors import InvalidDocument, InvalidPart
from liangcun_standards.indicators import Definition, Indicator, IndicatorCatalogue
from liangcun_standards.text import Text


class DefinedIndicators:
    """The indicators that the documents of a catalogue define, beside those `known` from plugins."""

    def __init__(self, known: Mapping[str, Indicator]) -> None:
        self._known = known
        self._defined: dict[str, tuple[Indicator, Publication]] = {}

    def add(self, publication: Publication) -> None:
        """Take in what a document defines.

        Raises InvalidDocument, with the line, for a code that means something else already.
        """
        for place, one in enumerate(publication.document.indicators):
            other = self._known.get(one.code)
            if other is not None and other != one:
                raise _clash(publication, place, one, other, _holder(self._known, one.code))
            if other is None:
                other, holder = self._defined.setdefault(one.code, (one, publication))
                if other != one:
                    named = Text(f"标准 {holder.name}", f"the standard {holder.name}")
                    raise _clash(publication, place, one, other, named)

    def check_used(self, standard: Standard) -> None:
        """Raise InvalidPart for a criterion that goes by what another document defines, and says so."""
        if not self._defined:
            return
        known = standard.known(self._known)
        for criterion in standard.criteria:
            for source in criterion.inputs:
                if source.indicator not in known and source.indicator in self._defined:
                    _, holder = self._defined[source.indicator]
                    raise InvalidPart(
                        Text(
                            f"指标 {source.indicator} 是标准 {holder.name} 自己定义的；要用它，请把定义照写到"
                            "本文档的 indicators 里",
                            f"the indicator {source.indicator} is the standard {holder.name}'s own; to use "
                            "it, write its definition under indicators of this document as well",
                        ),
                        part=criterion.code,
                    )

    def __iter__(self) -> Iterator[Definition]:
        for indicator, publication in self._defined.values():
            yield Definition(indicator, publication.name, publication.plugin)


def _holder(known: Mapping[str, Indicator], code: str) -> Text:
    """Who defines what is known from plugins."""
    plugin = known.plugin(code) if isinstance(known, IndicatorCatalogue) else None
    if plugin is None:
        return Text("已有的指标", "what is known already")
    return Text(f"插件 {plugin}", f"the plugin {plugin}")


def _clash(
    publication: Publication, place: int, one: Indicator, other: Indicator, holder: Text
) -> InvalidDocument:
    differing = [name for name in Indicator.model_fields if getattr(one, name) != getattr(other, name)]
    return InvalidDocument(
        Text(
            f"标准 {publication.name} 与{holder.zh}对指标 {one.code} 的定义不同"
            f"（{'、'.join(differing)}）；请照已有的写，或换一个代码",
            f"the standard {publication.name} and {holder.en} define the indicator {one.code} differently "
            f"({', '.join(differing)}); write it as it is there, or take another code",
        ),
        where=f"{publication.place(('indicators', place, 'code'))}: indicators.{place}.code",
    )
