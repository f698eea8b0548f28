"""The pages in docs/ name everything there is, and what they show works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import typer
from pydantic import TypeAdapter

from liangcun_server.cli.app import app
from liangcun_server.settings import PREFIX, Settings
from liangcun_standards.document.yaml_source import read_yaml
from liangcun_standards.plugins import load_plugins
from liangcun_standards.rules import AnyRule

_DOCS = Path(__file__).parents[2] / "docs"
_RULES: TypeAdapter[AnyRule] = TypeAdapter(AnyRule)
_KINDS = [rule.model_fields["kind"].default for rule in get_args(get_args(AnyRule)[0])]


def _page(name: str) -> str:
    return (_DOCS / name).read_text(encoding="utf-8")


def _commands() -> dict[str, list[str]]:
    """Every command with its options, `regions list` and the like by both words."""
    found: dict[str, list[str]] = {}

    def walk(command: object, path: str) -> None:
        inner = getattr(command, "commands", {})
        for name, one in inner.items():
            if one.hidden:  # another name of a group that is there
                continue
            walk(one, f"{path} {name}".strip())
        if not inner:
            found[path] = [option for one in command.params for option in one.opts]  # type: ignore[attr-defined]

    walk(typer.main.get_command(app), "")
    return found


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_on_its_page_with_its_default(name: str) -> None:
    row = re.search(rf"^\| `{PREFIX}{name.upper()}` \| `(.*?)` \|", _page("settings.md"), re.MULTILINE)

    assert row is not None
    default = Settings.model_fields[name].default
    shown = "—" if default is None else str(default).replace("sqlite+aiosqlite", "sqlite")
    assert row[1] == (shown.lower() if isinstance(default, bool) else shown)


def test_the_page_of_settings_names_no_setting_that_is_gone() -> None:
    named = re.findall(rf"`{PREFIX}(\w+)`", _page("settings.md"))

    assert {name.lower() for name in named} == set(Settings.model_fields)


@pytest.mark.parametrize(("command", "options"), _commands().items())
def test_every_command_is_on_its_page_with_its_options(command: str, options: list[str]) -> None:
    page = _page("cli.md")

    assert f"`liangcun {command}" in page
    assert [option for option in options if option.startswith("--") and option not in page] == []


@pytest.mark.parametrize(
    ("page", "number"), [("cli.md", 16), ("plugins/README.md", 7), ("plugin-check.md", 3)]
)
def test_every_command_shown_on_the_page_can_be_typed(page: str, number: int) -> None:
    commands = _commands()

    shown = re.findall(r"^liangcun (.+?)(?: *#.*)?$", _page(page), re.MULTILINE)

    assert len(shown) >= number
    for line in shown:
        typed = line.split(" > ")[0]
        command = next(
            one for one in sorted(commands, key=len, reverse=True) if f"{typed} ".startswith(f"{one} ")
        )
        assert set(re.findall(r"(?<= )--?[a-z][a-z0-9-]*", typed)) <= set(commands[command])


def _section(kind: str) -> re.Match[str]:
    found = re.search(
        rf"^### {kind}\n.*?```yaml\n# max_score: (.+?)\n(.*?)```\n> (.*?)\n",
        _page("rules.md"),
        re.MULTILINE | re.DOTALL,
    )
    assert found is not None
    return found


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_rule_has_an_example_that_is_read_as_the_page_says(kind: str) -> None:
    full, example, words = _section(kind).groups()
    indicators = load_plugins().indicators

    rule = _RULES.validate_python(read_yaml(example, "rules.md").values)
    rule.check(indicators, float(full))

    assert rule.kind == kind
    assert rule.describe(indicators, float(full)).zh == words


def test_the_page_of_rules_names_no_kind_that_is_gone() -> None:
    assert sorted(re.findall(r"^### (\w+)$", _page("rules.md"), re.MULTILINE)) == sorted(_KINDS)


def _anchors(page: Path) -> set[str]:
    """What a link into a page may end with: its headings, as the platform spells them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_links_between_pages_lead_somewhere() -> None:
    for page in _DOCS.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", text):
            linked = page.parent / target if target else page
            assert linked.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in _anchors(linked), f"{page.name}: {target}#{anchor}"
