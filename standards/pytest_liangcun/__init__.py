"""The conformance kit in pytest: its options, and whether it is wanted; `items` holds the tests.

It stands beside the SDK, not in it: pytest imports this at every start, in whatever project, and the SDK
takes most of a second.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, each also a setting of the project."""
    group = parser.getgroup("liangcun", "量村插件合格检查 / checking a plugin of liangcun")
    group.addoption(
        "--liangcun-check",
        action="store_true",
        help="按合格检查逐条测试项目的插件 / test the project's plugin by each rule of the conformance kit",
    )
    group.addoption(
        "--liangcun-level",
        metavar="LEVEL",
        help="测到哪一级：bronze、silver、gold / rules up to this level (gold)",
    )
    parser.addini("liangcun_check", "总是带 --liangcun-check / always with --liangcun-check", type="bool")
    parser.addini("liangcun_level", "同 --liangcun-level / as --liangcun-level", default="gold")


def pytest_configure(config: pytest.Config) -> None:
    """Take the project's plugin in, where that is asked for.

    The setting leaves a run alone that names what it wants to run.
    """
    asked = bool(config.getoption("liangcun_check"))
    if not asked and not config.getini("liangcun_check"):
        return
    from pytest_liangcun.items import Collecting

    level = config.getoption("liangcun_level") or config.getini("liangcun_level")
    config.pluginmanager.register(Collecting(level), "liangcun-items")
    project = str(config.rootpath / "pyproject.toml")
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    if (asked or not named) and project not in config.args:
        config.args.append(project)
