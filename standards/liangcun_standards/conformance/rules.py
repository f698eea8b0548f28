"""The rules of the kit: what each asks, of which level it is, and what to do where it doesn't hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.conformance.behaviour import bounded, pure, vectorised
from liangcun_standards.conformance.case import Case
from liangcun_standards.conformance.imports import foreign_imports, private_names
from liangcun_standards.conformance.quietness import quiet
from liangcun_standards.conformance.report import Level, Note
from liangcun_standards.document import Criterion
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.worked_examples import check_example

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SDK = "liangcun-standards"
_SDK_MODULE = "liangcun_standards."


Check = Callable[[Case], Iterable[Text | Note]]


@dataclass(frozen=True)
class ConformanceRule:
    """One rule. `check` gives every fault that it finds, and notes; an error that it raises is a fault."""

    code: str
    level: Level
    title: Text
    advice: Text
    check: Check


def _loads(case: Case) -> Iterator[Text]:
    if case.plugin.error is not None:
        yield case.plugin.error
    elif not (case.plugin.publications or case.plugin.indicators or case.plugin.hooks):
        yield Text("没有提供任何东西", "it contributes nothing")


def _sourced(case: Case) -> Iterator[Text]:
    for one in case.standards:
        for criterion in one.standard.criteria:
            if not _CHINESE.search(criterion.source.text) and criterion.source.document is None:
                yield _of(one, criterion, Text("依据没有写明", "its source says nothing"))


def _in_chinese(case: Case) -> Iterator[Text]:
    for one in case.standards:
        standard = one.standard
        titled = [
            (standard.code, standard.title),
            *((part.code, part.title) for part in standard.all_groups),
            *((part.code, part.title) for part in standard.criteria),
            *((part.code, part.title) for part in standard.grades),
        ]
        for code, title in titled:
            if not _CHINESE.search(title):
                yield Text(
                    f"{one.name} {code}：名称“{title}”没有中文", f"{one.name} {code}: '{title}' isn't Chinese"
                )
    for indicator in _own_indicators(case):
        if not _CHINESE.search(indicator.name):
            yield Text(
                f"指标 {indicator.code} 没有中文名", f"the indicator {indicator.code} has no Chinese name"
            )


def _examples_hold(case: Case) -> Iterator[Text]:
    if not case.standards:
        return
    covered = set()
    for example in case.examples:
        found = case.registry.standards.find(example.standard, day=Period.parse(example.period).end)
        covered.add(found.name)
        for difference in check_example(example, case.registry.standards, case.registry.indicators):
            yield Text(f"{example.file}：{difference.zh}", f"{example.file}: {difference.en}")
    for one in case.standards:
        if one.name not in covered:
            yield Text(f"{one.name} 没有算例", f"{one.name} has no worked example")


def _sdk_range(case: Case) -> Iterator[Text]:
    installed = version(_SDK)
    for one in case.subject.requires:
        try:
            wanted = Requirement(one)
        except InvalidRequirement:
            yield Text(f"依赖“{one}”写法不对", f"the requirement '{one}' can't be read")
            continue
        if canonicalize_name(wanted.name) != _SDK:
            continue
        bounded = any(spec.operator in ("<", "<=", "~=", "==") for spec in wanted.specifier)
        if not wanted.specifier.contains(installed, prereleases=True):
            yield Text(f"{one} 不含现在的 {installed}", f"{one} doesn't hold {installed}, which is installed")
        elif not bounded:
            yield Text(
                f"{one} 没有上限；请写如 {_SDK}>=0.1,<0.2", f"{one} has no upper end; write {_SDK}>=0.1,<0.2"
            )
        return
    yield Text(f"没有声明依赖 {_SDK}", f"it doesn't declare that it needs {_SDK}")


def _imports_public(case: Case) -> Iterator[Text]:
    written = list(foreign_imports(case.subject))
    yield from written
    if not any(_SDK_MODULE in one.en for one in written):
        yield from private_names(case.loading["held"])


def _in_english(case: Case) -> Iterator[Text]:
    for one in case.standards:
        standard = one.standard
        titled = [
            (standard.code, standard.title_en),
            *((part.code, part.title_en) for part in standard.all_groups),
            *((part.code, part.title_en) for part in standard.criteria),
            *((part.code, part.title_en) for part in standard.grades),
        ]
        for code, title in titled:
            if not title:
                yield Text(f"{one.name} {code} 没有英文名", f"{one.name} {code} has no English title")

    for indicator in _own_indicators(case):
        # A document may leave English out; Chinese stands in its place then.
        named = (indicator.name_en, *(choice.title_en for choice in indicator.choices))
        if any(_CHINESE.search(one) for one in named) or indicator.definition_en == indicator.definition:
            yield Text(
                f"指标 {indicator.code} 没有英文名或英文解释",
                f"the indicator {indicator.code} lacks an English name or definition",
            )


def _own_indicators(case: Case) -> Iterator[Indicator]:
    """The plugin's indicators, those included that its documents define."""
    yield from case.plugin.indicators
    for one in case.standards:
        yield from one.standard.indicators


def _how_it_is_measured(case: Case) -> Iterator[Text]:
    for one in case.standards:
        for criterion in one.standard.criteria:
            lacking = [
                name
                for name, value in (
                    ("methods", criterion.methods),
                    ("definition", criterion.definition),
                    ("data_source", criterion.data_source),
                )
                if not value
            ]
            if lacking:
                names = ", ".join(lacking)
                yield _of(one, criterion, Text(f"缺少 {names}", f"lacks {names}"))


def _of(one: ResolvedStandard, criterion: Criterion, what: Text) -> Text:
    return Text(
        f"{one.name} {criterion.code}（{criterion.title}）：{what.zh}",
        f"{one.name} {criterion.code}: {what.en}",
    )


RULES: tuple[ConformanceRule, ...] = (
    ConformanceRule(
        "loads",
        Level.BRONZE,
        Text("能载入，文档有效", "it loads, and its documents are valid"),
        Text("按所列的文件、行、字段改正", "mend what is named by file, line and field"),
        _loads,
    ),
    ConformanceRule(
        "sourced",
        Level.BRONZE,
        Text("每个条目写明依据", "every criterion says where it comes from"),
        Text(
            "在 source.text 写明依据，在 source.document 写文件",
            "say it in source.text, or cite source.document",
        ),
        _sourced,
    ),
    ConformanceRule(
        "chinese-labels",
        Level.BRONZE,
        Text("名称都有中文", "every label is there in Chinese"),
        Text("title 和指标的 name 写中文", "write title, and name of indicators, in Chinese"),
        _in_chinese,
    ),
    ConformanceRule(
        "bounded",
        Level.BRONZE,
        Text(
            "一万个村在限定的时间和内存内评完",
            "ten thousand villages are scored within the limits of time and memory",
        ),
        Text("规则对整列计算，不要逐村循环", "let a rule work on whole columns, not village by village"),
        bounded,
    ),
    ConformanceRule(
        "worked-examples",
        Level.SILVER,
        Text("每个标准有算例，且算得出", "every standard has a worked example, which comes out as written"),
        Text("在 examples/ 里写明输入和应得的分", "write inputs and the points they must give in examples/"),
        _examples_hold,
    ),
    ConformanceRule(
        "pure",
        Level.SILVER,
        Text("同样的数据总得同样的结果", "the same table gives the same result, and stays as it is"),
        Text(
            "不用时间、随机数、外部数据，不改传入的数组",
            "use no clock, chance or outside data; change no array given",
        ),
        pure,
    ),
    ConformanceRule(
        "vectorised",
        Level.SILVER,
        Text(
            "一个村的结果与顺序、位置、一起评的村无关",
            "a village comes out the same alone and among others, in any order",
        ),
        Text(
            "按数值而不按行号计算；只有声明与同类比较的规则可以看同组的村",
            "go by values, not by places of rows; only what is declared relative to peers may look at others",
        ),
        vectorised,
    ),
    ConformanceRule(
        "sdk-range",
        Level.SILVER,
        Text("声明了适用的 SDK 版本", "it declares the range of SDK versions that it fits"),
        Text(
            "在 dependencies 写 liangcun-standards>=0.1,<0.2",
            "write liangcun-standards>=0.1,<0.2 in dependencies",
        ),
        _sdk_range,
    ),
    ConformanceRule(
        "public-imports",
        Level.SILVER,
        Text("只用 SDK 公开的名字", "it imports the SDK by its public names only"),
        Text(
            "从 liangcun_standards 直接导入；其他包写进 dependencies",
            "import from liangcun_standards itself; declare other packages",
        ),
        _imports_public,
    ),
    ConformanceRule(
        "quiet-import",
        Level.SILVER,
        Text(
            "载入时不打印、不写文件、不启动程序、不改别人的东西",
            "loading it prints nothing, writes and starts nothing, and changes nothing of others'",
        ),
        Text(
            "模块里只写定义；要做的事放进规则和钩子，数据随包发布",
            "let modules define, and nothing else; ship data in the package",
        ),
        quiet,
    ),
    ConformanceRule(
        "english-labels",
        Level.GOLD,
        Text("名称都有英文", "every label is there in English too"),
        Text(
            "写 title_en，指标写 name_en、definition_en",
            "write title_en, and name_en and definition_en of indicators",
        ),
        _in_english,
    ),
    ConformanceRule(
        "measurable",
        Level.GOLD,
        Text("每个条目写明怎样测评、解释、数据来源", "every criterion says how it is measured and from what"),
        Text("写 methods、definition、data_source", "write methods, definition and data_source"),
        _how_it_is_measured,
    ),
)


def outcome(rule: ConformanceRule, case: Case) -> tuple[list[Text], list[Text]]:
    """Every fault that a rule finds, and its notes; one that can't even be looked into is a fault."""
    faults: list[Text] = []
    notes: list[Text] = []
    try:
        for one in rule.check(case):
            if isinstance(one, Note):
                notes.append(one.text)
            else:
                faults.append(one)
    except LiangcunError as error:
        faults.append(Text(error.text("zh"), error.text("en")))
    except Exception as error:  # what a plugin can do that nobody has thought of
        told = f"{type(error).__name__}: {error}"
        faults.append(Text(f"没能查完（{told}）", f"it couldn't be looked into ({told})"))
    return faults, notes
