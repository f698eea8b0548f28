"""Options that several commands share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from liangcun_server.cli.language import choose

# Drawn help for people; plain help, without boxes, for a pipe.
MARKUP: Literal["rich"] | None = "rich" if sys.stdout.isatty() else None

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        metavar="URL",
        help="数据库，代替 LIANGCUN_DATABASE_URL / the database, in place of the variable",
    ),
]
Language = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="zh|en",
        callback=choose,
        is_eager=True,
        help="输出语言 / language of the answer",
    ),
]
RegionCode = Annotated[
    str, typer.Argument(metavar="CODE", help="区划代码，12 位，或 2、4、6、9 位简写 / division code")
]
Within = Annotated[
    str | None,
    typer.Option(
        "--within", metavar="CODE", help="范围的区划代码，默认为数据库所建的地方 / the region looked at"
    ),
]
StandardName = Annotated[
    str,
    typer.Option(
        "--standard",
        "-s",
        metavar="ID",
        help="标准，如 jiuyou-liuwu、220722/jiuyou-liuwu、jiuyou-liuwu@2021 / the standard",
    ),
]
PeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period",
        "-p",
        metavar="PERIOD",
        help="时期：2023、2023-H1、2023-Q2、2023-07；默认为最新有数据的时期 / default: the newest",
    ),
]
AssessorOption = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="考评层级：self、township、county、prefecture、province；默认取层级最高的填报值 "
        "/ the assessor level, by default the highest that has a value",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="按当时的数据，如 2026-01-31T12:00:00+08:00 / on the data as of that time",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="写入文件 / write to a file"),
]
ListFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="table|csv|json|xlsx",
        help="格式，默认 table 或按文件名 / by default table, or by the file's ending",
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="理由 / why")]
By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="NAME", help="操作人，默认为登录名 / who does it, by default the login name"
    ),
]
