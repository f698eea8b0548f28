"""Reading what options say: levels, times, dates, figures, who is at work."""

from __future__ import annotations

import getpass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from liangcun_server.observations.errors import unknown_indicator
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.text import Text

Word = TypeVar("Word", bound=StrEnum)


class BadOption(LiangcunError):
    """An option with a value that it can't take; `where` names the option."""

    code = "INVALID_OPTION"


def word(kind: type[Word], text: str | None, option: str) -> Word | None:
    """The member of a word list that `text` names, in either case. Raises BadOption with the list."""
    if text is None:
        return None
    written = text.strip().lower().replace("-", "_")
    if written in set(kind):
        return kind(written)
    known = "、".join(kind)
    raise BadOption(
        Text(f"“{text[:40]}”不在可选范围内，可选：{known}", f"'{text[:40]}' is none of {', '.join(kind)}"),
        where=option,
    )


def moment(text: str | None, option: str) -> datetime | None:
    """The instant that `text` names. Raises BadOption unless it is ISO 8601 with a time zone."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise BadOption(
            Text(
                f"时间“{text[:40]}”无法识别，请写成 2026-01-31T12:00:00+08:00",
                f"the time '{text[:40]}' can't be read; write 2026-01-31T12:00:00+08:00",
            ),
            where=option,
        )
    return read


def day(text: str | None, option: str) -> date | None:
    """The day that `text` names. Raises BadOption for what isn't written 2026-12-31."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadOption(
            Text(
                f"日期“{text[:40]}”无法识别，请写成 2026-12-31",
                f"the date '{text[:40]}' can't be read; write 2026-12-31",
            ),
            where=option,
        ) from None


def figure(text: str | None, option: str) -> float | None:
    """The number that `text` names. Raises BadOption."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadOption(Text(f"“{text[:40]}”不是数字", f"'{text[:40]}' is no number"), where=option) from None


def file_bytes(file: Path, error: type[LiangcunError], most: int | None = None) -> bytes:
    """What is in a file. Raises `error` for one that can't be read, or has more than `most` bytes."""
    try:
        if most is not None and file.stat().st_size > most:
            raise error(Text("文件太大", "the file is too large"), where=str(file))
        return file.read_bytes()
    except OSError as failure:
        told = failure.strerror or type(failure).__name__
        raise error(Text(f"文件读不出来（{told}）", f"it can't be read ({told})"), where=str(file)) from None


def known_indicator(catalogue: IndicatorCatalogue, code: str) -> str:
    """`code` when somebody defines it. Raises UnknownIndicator with the nearest."""
    if code not in catalogue:
        raise unknown_indicator(code, catalogue)
    return code


def author(named: str | None) -> str:
    """Who is at work: the name given, or the login name."""
    if named is not None:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise BadOption(
            Text("无法得知登录名，请写明操作人", "there is no login name; say who does it"), where="--by"
        ) from None
