"""docs/plugins/reference.md names all that there is, exactly, and its examples are plugins that work."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest
from pydantic import BaseModel
from tests.docs.reference import PAGE, members_of, parts, rows
from tests.standards.plugins.packages import Packages, packages

import liangcun_standards
from liangcun_standards import Assessed, ScoredRegions, Text
from liangcun_standards.formula import FUNCTION_NAMES, parse_formula
from liangcun_standards.formula import _syntax as syntax
from liangcun_standards.plugins import PluginStatus, load_plugins
from liangcun_standards.plugins.hookspecs import Hooks

__all__ = ["packages"]  # a fixture, found by its name

_PAGE = PAGE.read_text(encoding="utf-8")
_HOOKS = {name: hook for name, hook in vars(Hooks).items() if name.startswith("liangcun_")}
_EXAMPLES = re.findall(r"^```python\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)


def _signature(name: str) -> str:
    """The hook as a plugin writes it, without self."""
    shown = inspect.signature(_HOOKS[name])
    own = [one for one in shown.parameters.values() if one.name != "self"]
    return f"{name}{shown.replace(parameters=own)}".replace("'", "")


@pytest.mark.parametrize("name", _HOOKS)
def test_every_hook_is_on_the_page_with_its_signature(name: str) -> None:
    assert f"### `{_signature(name)}`" in _PAGE


def test_the_page_names_no_hook_that_is_gone() -> None:
    assert set(re.findall(r"`(liangcun_\w+)\(", _PAGE)) == set(_HOOKS)


def test_the_examples_make_one_plugin_that_works(packages: Packages) -> None:
    assert len(_EXAMPLES) == 5
    packages.add("county-rules", "\n\n".join(_EXAMPLES))
    registry = load_plugins(packages.points(), isolate=False)
    plugin = registry.plugin("county-rules")
    assert plugin is not None
    assert plugin.status is PluginStatus.ACTIVE, plugin.error
    [written] = re.findall(r"kind: (county-rules\.\w+)", _PAGE)
    assert list(registry.own.rules) == [written]
    rule = registry.own.rules[written].read({"kind": written, "indicator": "street_lamps", "mark": 40})
    assert rule.always_defined
    assert list(registry.own.aggregations) == ["county-rules.best"]
    assert list(registry.own.scorers) == ["county-rules.mean"]
    scorer = registry.own.scorers["county-rules.mean"]
    shares, everyone = [np.array([1.0, 0.5]), np.array([0.5, 0.5])], np.ones(2, bool)
    arguments = (shares, (3.0, 1.0), [everyone, everyone], np.zeros(2, np.int64))
    assert scorer.put_together(*arguments, None).tolist() == [0.875, 0.5]
    regions = ScoredRegions(
        regions=("220722001001", "220722001002"),
        criteria=("roads", "lamps"),
        titles=(Text("道路", "roads"), Text("路灯", "lamps")),
        max_scores=np.array([10.0, 5.0]),
        points=np.array([[10.0, 2.0], [1.0, 4.0]]),
        total=np.array([11.0, 6.0]),
        figures={},
    )
    assert registry.own.queries["county-rules.weakest"].rows(regions) == [
        {"village": "220722001001", "criterion": "路灯", "lost": 4.0},
        {"village": "220722001002", "criterion": "道路", "lost": 8.0},
    ]
    assessed = Assessed(
        assessment=1,
        standard="220000/sanhua@2021",
        scope="220722000000",
        period="2023",
        level=None,
        scored=regions,
        passed=np.array([True, False]),
        grades=("pass", None),
    )
    remarks = registry.own.actions["county-rules.remark"].notices(assessed)
    assert [(one.text.en, one.region) for one in remarks] == [
        ("1 fail", None),
        ("the fewest points", "220722001002"),
    ]
    assert scorer.told(*arguments)["lost"].tolist() == [[0.0, 37.5], [12.5, 12.5]]


def _section(heading: str) -> str:
    return _PAGE.split(f"\n## {heading} /")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", liangcun_standards.__all__)
def test_every_public_name_is_on_the_page_as_it_is_written(name: str) -> None:
    written, members = members_of(name)
    found = re.search(
        rf"^- `({re.escape(name)}(?![A-Za-z_]).*?)` — \S.*\n(?:  ```python\n((?:  .+\n)*?)  ```)?",
        _section("公开的名字"),
        re.MULTILINE,
    )
    assert found is not None
    assert found[1] == written
    assert [line.strip() for line in (found[2] or "").splitlines()] == members


def test_the_page_names_nothing_public_that_is_gone() -> None:
    named = re.findall(r"^- `(\w+)", _section("公开的名字"), re.MULTILINE)
    assert named == liangcun_standards.__all__


@pytest.mark.parametrize("part", parts(), ids=lambda one: one.__name__)
def test_every_key_is_on_the_page_with_its_type_its_default_and_what_it_means(part: type[BaseModel]) -> None:
    section = _section("文档的键").split(f"\n### `{part.__name__}`\n")[1].split("\n### ")[0]
    shown = re.findall(r"^\| `(\S+)` \| (.+?) \| (.+?) \| \S.* \|$", section, re.MULTILINE)
    assert shown == [tuple(row) for row in rows(part)]


def test_the_page_has_no_part_of_a_document_that_is_gone() -> None:
    assert re.findall(r"^### `(\w+)`$", _section("文档的键"), re.MULTILINE) == [
        one.__name__ for one in parts()
    ]


def _formulas() -> list[tuple[str, str, str]]:
    """Each operator or function with other spellings and its example."""
    rows = [line.split(" | ") for line in _section("公式").splitlines() if line.startswith("| `")]
    operators = [(row[0][3:-1], row[1], row[2][1:-1]) for row in rows if len(row) == 4]
    return operators + [(row[0][3:-1], "", row[1][1:-1]) for row in rows if len(row) == 3]


def test_every_function_and_operator_of_formulas_is_on_the_page_and_no_other() -> None:
    operators = [name for name, other, _ in _formulas() if other]
    functions = [name for name, other, _ in _formulas() if not other]
    literal = set(re.findall(r'^(?:OR|AND|NOT|PLUS): "(.+)"$', syntax._GRAMMAR, re.MULTILINE))
    assert len(literal) == 4
    [comparisons] = re.findall(r"^COMPARE: /(.+)/$", syntax._GRAMMAR, re.MULTILINE)
    ascii_ones = {">=", "<=", "==", "!=", ">", "<"}
    assert all(re.fullmatch(comparisons, one) for one in ascii_ones)
    assert sorted(operators) == sorted(literal | ascii_ones | {"-", "*", "/"})
    assert sorted(functions) == sorted(FUNCTION_NAMES)
    spelt = {one: name for name, other, _ in _formulas() for one in re.findall(r"`(.)`", other)}
    assert spelt == syntax._CANONICAL


@pytest.mark.parametrize(("name", "example"), [(name, example) for name, _, example in _formulas()])
def test_the_examples_of_formulas_are_read(name: str, example: str) -> None:
    assert name in example
    assert parse_formula(example, known={"aa", "bb"}).inputs


def test_the_limits_of_formulas_are_those_of_the_code() -> None:
    limits = (syntax.LONGEST_TEXT, syntax.MOST_NODES, syntax.DEEPEST_NESTING)
    assert "最多 {:,} 个字符、{:,} 个组成部分、{:,} 层括号".format(*limits) in _PAGE
    assert "At most {:,} characters, {:,} parts, {:,} nested parentheses".format(*limits) in _PAGE
