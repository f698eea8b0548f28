"""`liangcun plugins`: which plugins there are, and what is wrong with a broken one."""

from __future__ import annotations

from liangcun_server.cli.language import words
from liangcun_server.cli.options import DatabaseUrl, Language, ListFormat, Output
from liangcun_server.cli.output import Heading, say


def plugins(
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """列出插件、状态和故障原因 / list the plugins with their status and what is wrong with a broken one."""
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.session import read_settings
    from liangcun_server.plugins.loading import load_installed

    found = load_installed(read_settings(database_url=database_url)).plugins
    fields = [
        Field("name", Heading(words("插件", "plugin"), fixed=True)),
        Field("status", Heading(words("状态", "status"))),
        Field("version", Heading(words("版本", "version"))),
        Field("sdk", Heading(words("支持的 SDK", "sdk"))),
        Field("distribution", Heading(words("安装包", "package"))),
        Field("standards", Heading(words("标准", "standards"), right=True)),
        Field("indicators", Heading(words("指标", "indicators"), right=True)),
        Field("error", Heading(words("原因", "error"))),
    ]
    printed = format is None and output is None
    rows = [
        (
            one.name,
            one.status,
            one.version,
            one.sdk,
            one.distribution,
            len(one.publications),
            len(one.indicators),
            None if one.error is None else words(*one.error),
        )
        for one in found
    ]
    if not printed:
        write_list(fields, rows, format, output)
        return
    write_list(fields[:-1], [row[:-1] for row in rows], None, None)
    for one in found:
        if one.error is not None:
            say("")
            say(f"{one.name}：")
            say(words(*one.error).rstrip())
