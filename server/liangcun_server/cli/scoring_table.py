"""`liangcun standards import`: a county's scoring table in a workbook, made into a standard's document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import DatabaseUrl, Language
from liangcun_server.cli.output import Heading, note, print_table, say, warn
from liangcun_server.cli.standards import known_standards, standards

if TYPE_CHECKING:
    from liangcun_server.scoring_tables.importing import Imported
    from liangcun_server.scoring_tables.mapping import Mapped

_LONGEST_CELL = 80


@standards.command("import")
def import_scoring_table(
    table: Annotated[
        Path,
        typer.Argument(metavar="TABLE", help="打分表（.xlsx、.xls）/ the scoring table", show_default=False),
    ],
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="NAME", help="哪个工作表 / which sheet")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="写到哪里，默认在表旁边（.yaml）/ by default beside the table",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="覆盖已有的文件 / write over a file that is there")
    ] = False,
    code: Annotated[
        str | None, typer.Option("--code", metavar="CODE", help="标准的代码 / the standard's code")
    ] = None,
    version: Annotated[
        str | None,
        typer.Option(
            "--version", metavar="VERSION", help="版本，默认取表名里的年份 / by default the table's year"
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="名称，默认取表头上的标题 / the title")
    ] = None,
    jurisdiction: Annotated[
        str | None,
        typer.Option("--jurisdiction", metavar="CODE", help="发文的地方，默认为所在的地方 / who issues it"),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option("--document", metavar="TEXT", help="发文的文号或名称 / the paper that issues the table"),
    ] = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """把 Excel 打分表写成标准文档，读不准的列出来 / make a scoring table into a standard's document."""
    from liangcun_server.cli.session import ask, read_settings
    from liangcun_server.cli.writing import write_answer
    from liangcun_server.scoring_tables.importing import Wanted, import_table
    from liangcun_standards.regions import full_code, short_code

    settings = read_settings(database_url=database_url)
    place = short_code(full_code(jurisdiction or settings.within)).ljust(6, "0")
    target = _target(table, output, force)
    wanted = Wanted(
        place,
        _checked(code, "--code"),
        _checked(version, "--version"),
        _checked(title, "--title"),
        (document or "").strip() or None,
    )
    known = ask(known_standards, settings=settings)
    of_plugins = {one for one in known.indicators if known.indicators.standard(one) is None}
    made = import_table(table, wanted, known.indicators, of_plugins, sheet=sheet)
    write_answer(made.text.encode(), target)
    _say_mapped(made)
    _say_unfinished(made)
    for told in made.told:
        warn(told.pick(locale()))
    _say_next(made, target)


def _target(table: Path, output: Path | None, force: bool) -> Path:
    """Where the document goes. Raises UnwritableFile for a file that is there, unless it may be replaced."""
    from liangcun_server.cli.writing import UnwritableFile
    from liangcun_standards.text import Text

    target = table.with_suffix(".yaml") if output is None else output
    if target.resolve() == table.resolve():
        raise UnwritableFile(
            Text(
                "这就是打分表本身；请用 --output 另写一个 .yaml 文件",
                "that is the table itself; name a .yaml file with --output",
            ),
            where=str(target),
        )
    if target.exists() and not force:
        raise UnwritableFile(
            Text(
                "文件已经在了，没有覆盖；请用 --output 换个名字，或用 --force 覆盖",
                "the file is there already and was left alone; take another name with --output, or --force",
            ),
            where=str(target),
        )
    return target


def _checked(text: str | None, option: str) -> str | None:
    """A code, a version or a title as documents take it. Raises BadOption."""
    from pydantic import TypeAdapter, ValidationError

    from liangcun_server.cli.reading import BadOption
    from liangcun_standards.document.complaints import complaint
    from liangcun_standards.document.standard import Version
    from liangcun_standards.document.tree import Code, Title

    if text is None:
        return None
    kinds = {"--code": Code, "--version": Version, "--title": Title}
    try:
        return str(TypeAdapter(kinds[option]).validate_python(text.strip()))
    except ValidationError as error:
        raise BadOption(complaint(error.errors(include_url=False)[0]), where=option) from None


def _say_mapped(made: Imported) -> None:
    """Every rule made, beside the words that it came from."""
    mapped = [one for one in made.items if one.rule is not None]
    if not mapped:
        return
    say(words("读成规则的（请核对）：", "read as rules (please check):"))
    headings = [
        Heading(words("单元格", "cell"), fixed=True),
        Heading(words("条目", "criterion"), fixed=True),
        Heading(words("分值", "points"), right=True),
        Heading(words("原话", "words")),
        Heading(words("读成", "read as")),
        Heading(words("指标", "indicator")),
    ]
    print_table(headings, [_mapped_row(one) for one in mapped])


def _mapped_row(one: Mapped) -> list[str]:
    from liangcun_standards.text import format_number

    assert one.says is not None
    assert one.found is not None
    says = one.says.pick(locale())
    if one.note is not None:
        says += words("（", " (") + one.note.pick(locale()) + words("）", ")")
    named = f"{one.found.indicator.code} {one.found.indicator.label.pick(locale())}"
    if one.found.own:
        named += words("，本标准自定", ", defined by this standard")
    if one.suggestions:
        named += words("；名称相近：", "; of like names: ") + _near(one)
    return [
        one.item.scoring_place,
        one.code,
        format_number(one.item.points),
        _brief(one.item.scoring),
        says,
        named,
    ]


def _say_unfinished(made: Imported) -> None:
    """What a person has to finish, with what is missing and what may be meant."""
    unfinished = made.unfinished
    if not unfinished:
        return
    count = len(unfinished)
    say("")
    say(
        words(
            f"没有读成规则的 {count} 条，请在文档里补上 rule：",
            f"{count} without a rule; write it in the document:",
        )
    )
    headings = [
        Heading(words("单元格", "cell"), fixed=True),
        Heading(words("条目", "criterion"), fixed=True),
        Heading(words("标准", "item")),
        Heading(words("原话", "words")),
        Heading(words("缺什么", "what is missing")),
        Heading(words("名称相近的指标", "indicators of like names")),
    ]
    rows = [
        [
            one.item.scoring_place,
            one.code,
            _brief(one.item.words),
            _brief(one.item.scoring) or "—",
            "" if one.missing is None else one.missing.pick(locale()),
            _near(one),
        ]
        for one in unfinished
    ]
    print_table(headings, rows)


def _near(one: Mapped) -> str:
    return words("、", ", ").join(f"{near.code} {near.label.pick(locale())}" for near in one.suggestions)


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_CELL else f"{line[: _LONGEST_CELL - 1]}…"


def _say_next(made: Imported, target: Path) -> None:
    from liangcun_standards.catalogue.identity import standard_id
    from liangcun_standards.regions import full_code

    head = made.head
    name = f"{standard_id(full_code(head.jurisdiction), head.code)}@{head.version}"
    if made.unfinished:
        note(
            words(
                f"补完（搜索“未完成”）才能保存：liangcun standards save {target} --reason 理由",
                f"it can be saved once finished (look for 未完成): liangcun standards save {target} "
                "--reason TEXT",
            )
        )
        return
    note(
        words(
            f"核对后保存：liangcun standards save {target} --reason 理由\n"
            f"再发布：liangcun standards publish {name} --reason 理由",
            f"once checked: liangcun standards save {target} --reason TEXT\n"
            f"then publish it: liangcun standards publish {name} --reason TEXT",
        )
    )
