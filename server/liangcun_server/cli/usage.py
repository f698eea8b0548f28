"""What is wrong with how a command was typed, in Chinese: Typer says it in English alone."""

from __future__ import annotations

import re

from typer.exceptions import TyperException

from liangcun_server.cli.language import locale

_CHINESE = (
    (r"No such command (.+?)\. Did you mean (.+)\?", "没有命令 {0}，是否指 {1}？"),
    (r"No such command (.+?)\.", "没有命令 {0}"),
    (r"No such option: (\S+) \(Possible options: (.+)\)", "没有选项 {0}，是否指 {1}？"),
    (r"No such option: (\S+)", "没有选项 {0}"),
    (r"Missing command\.", "缺少命令"),
    (r"Missing argument (.+?)\.", "缺少参数 {0}"),
    (r"Missing option (.+?)\.", "缺少选项 {0}"),
    (r"Option (.+) requires an argument\.", "选项 {0} 后面要写值"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", "多余的参数：{0}"),
    (r"Invalid value for (.+?): .*valid integer.*", "{0} 应为整数"),
    (r"Invalid value for (.+?): .*valid float.*", "{0} 应为数字"),
    (r"Invalid value for (.+?): .*greater than or equal to (\S+)", "{0} 不能小于 {1}"),
    (r"Invalid value for (.+?): .*less than or equal to (\S+)", "{0} 不能大于 {1}"),
    (r"Invalid value for (.+?): (.*)", "{0} 的值不可用：{1}"),
)


def explain_usage(error: TyperException) -> str:
    """The fault, and the command's own usage line where it is known."""
    text = error.format_message()
    if locale() == "zh":
        for pattern, chinese in _CHINESE:
            match = re.fullmatch(pattern, text, re.DOTALL)
            if match is not None:
                text = chinese.format(*match.groups())
                break
    context = getattr(error, "ctx", None)
    if context is None:
        return text
    hint = f"{context.command_path} --help"
    return f"{text}\n{_USAGE[locale()].format(hint)}"


_USAGE = {"zh": "用法见 {0}", "en": "see {0}"}
