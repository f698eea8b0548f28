"""`liangcun plugin check`: what the conformance kit finds of a plugin, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import Language
from liangcun_server.cli.output import say
from liangcun_server.cli.plugin.group import plugin

if TYPE_CHECKING:
    from liangcun_standards.conformance import Finding, Report

_FORMATS = ("text", "json")


@plugin.command("check")
def check(
    named: Annotated[
        str,
        typer.Argument(
            metavar="PATH|NAME", help="项目文件夹、wheel，或已安装插件的名 / a project, a wheel or a name"
        ),
    ],
    level: Annotated[
        str,
        typer.Option(
            "--level",
            metavar="LEVEL",
            help="至少要到的级别：bronze、silver、gold / the level that must be reached",
        ),
    ] = "bronze",
    format: Annotated[
        str | None, typer.Option("--format", "-f", metavar="text|json", help="格式 / the format")
    ] = None,
    language: Language = None,
) -> None:
    """检查插件是否合格：文档、依据、算例、速度等 / check a plugin, rule by rule."""
    from liangcun_server.cli.plugin.level import wanted_level
    from liangcun_server.cli.reading import BadOption
    from liangcun_standards.conformance import Level, check_apart, find_subject
    from liangcun_standards.text import Text

    wanted = wanted_level(level)
    if format not in (None, *_FORMATS):
        raise BadOption(
            Text(f"没有格式“{format}”，可选：text、json", f"'{format}' is neither text nor json"),
            where="--format",
        )
    reports = [check_apart(subject) for subject in find_subject(named)]
    if format == "json":
        _say_json(reports)
    else:
        for report in reports:
            _say_report(report)
    order = list(Level)
    if any(order.index(report.level) < order.index(wanted) for report in reports):
        raise typer.Exit(1)


def _say_json(reports: list[Report]) -> None:
    import json

    typer.echo(json.dumps([report.values() for report in reports], ensure_ascii=False, indent=2))


def _say_report(report: Report) -> None:
    version = "" if report.version is None else f" {report.version}"
    say(f"{report.plugin}{version}：{report.level.label.pick(locale())}")
    for finding in report.findings:
        _say_finding(finding)


def _say_finding(finding: Finding) -> None:
    mark, colour = ("✓", "green") if finding.holds else ("✗", "red")
    grade = finding.level.label.pick(locale())
    say(f"  {mark} {finding.title.pick(locale())}  {finding.code}（{grade}）", colour)
    for told in (*finding.faults, *finding.notes):
        for line in told.pick(locale()).rstrip().splitlines():
            say(f"      {line}")
    if not finding.holds:
        say(words("      办法：", "      what to do: ") + finding.advice.pick(locale()))
