"""`liangcun regions`: loading files, good and bad, and looking regions up."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Liangcun = Callable[..., Any]

_HEADER = "code,name,parent_code,level\n"
_NEW_VILLAGE = "220722201299,新建村,220722201000,village\n"


def test_a_region_is_shown_with_what_is_above_and_below_it(liangcun: Liangcun) -> None:
    answer = liangcun("regions", "show", "220722201")

    assert answer.lines[:3] == [
        "220722201000 光明乡  乡级",
        "上级：吉林省 › 松原市 › 长岭县",
        "下级 7 个：",
    ]
    assert "  220722201204 蒙古屯村委会" in answer.lines


def test_regions_are_listed_by_level_place_and_name(liangcun: Liangcun) -> None:
    townships = liangcun("regions", "list", "--level", "township", "--format", "json")
    named = liangcun("regions", "list", "--within", "220722201", "--name", "蒙古", "--format", "csv")

    assert len(json.loads(townships.out)) == 33
    assert [row[1] for row in csv.reader(named.lines)] == ["名称", "蒙古屯村委会"]


def test_an_empty_list_says_so(liangcun: Liangcun) -> None:
    assert "没有符合条件的" in liangcun("regions", "list", "--name", "没有这个名字").err


def test_a_file_of_new_regions_is_loaded_once(own_liangcun: Liangcun, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text(_HEADER + _NEW_VILLAGE, encoding="gbk")

    assert own_liangcun("regions", "load", str(file)).out == "新增 1，更新 0，未变 0\n"
    assert own_liangcun("regions", "load", str(file)).out == "新增 0，更新 0，未变 1\n"
    assert own_liangcun("regions", "show", "220722201299").lines[0] == "220722201299 新建村  村级"


def test_a_region_that_was_renamed_keeps_its_name_when_the_database_is_initialised_again(
    own_liangcun: Liangcun, tmp_path: Path
) -> None:
    file = tmp_path / "renamed.csv"
    file.write_text(_HEADER + "220722201204,蒙古屯村,220722201000,village\n", encoding="utf-8")

    own_liangcun("regions", "load", str(file), "--by", "县民政局", "--reason", "更名")
    own_liangcun("init", "--within", "2207")

    assert own_liangcun("regions", "show", "220722201204").lines[0] == "220722201204 蒙古屯村  村级"


def _rows(database: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT * FROM region ORDER BY code").fetchall()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_NEW_VILLAGE.encode(), "bad.csv"),
        ((_HEADER + "220722999001,孤村,220722999000,village\n").encode(), "第 2 行 parent_code"),
        ((_HEADER + "220722201299,新建村\n").encode(), "第 2 行"),
        (
            (_HEADER + "22072220129,新建村,220722201000,village\n").encode(),
            "第 2 行 code：区划代码",
        ),
        (
            (_HEADER + "220722201299,新建村,220722201000,hamlet\n").encode(),
            "第 2 行 level：级别“hamlet”",
        ),
        ((_HEADER + _NEW_VILLAGE + _NEW_VILLAGE).encode(), "第 3 行 code：代码 220722201299 重复"),
        (b"\xff\xfe\x00\x01\x02", "bad.csv"),
        (b"", "bad.csv"),
    ],
)
def test_a_bad_file_is_explained_and_nothing_of_it_is_loaded(
    own_liangcun: Liangcun, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    before = _rows(tmp_path / "own.db")

    failed = own_liangcun("regions", "load", str(file))

    assert failed.code == 2
    assert said in failed.err
    assert _rows(tmp_path / "own.db") == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("load", "missing.csv"), "missing.csv"),
        (("show", "22072220"), "有 8 位"),
        (("show", "110000"), "没有区划 110000"),
        (("list", "--level", "hamlet"), "--level: “hamlet”不在可选范围内，可选：province、prefecture"),
        (("list", "--within", "abc"), "应全为数字"),
        (("list", "--format", "docx"), "没有格式“docx”"),
    ],
)
def test_what_can_not_be_found_is_explained(
    liangcun: Liangcun, arguments: tuple[str, ...], said: str
) -> None:
    failed = liangcun("regions", *arguments)

    assert failed.code == 2
    assert said in failed.err
