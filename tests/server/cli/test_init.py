"""`liangcun init`: what it loads, what it says of it, what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_a_new_database_gets_the_divisions_of_the_place(run, tmp_path: Path) -> None:
    done = run("init", "--within", "220722", "--database-url", f"sqlite:///{tmp_path}/new.db")

    assert done.code == 0
    assert "长岭县（220722）：载入区划 291 个" in done.out
    assert "没有载入演示数据" in done.out
    assert done.err == ""


def test_any_place_in_china_can_be_named(run, tmp_path: Path) -> None:
    done = run("init", "--within", "330523", "--database-url", f"sqlite:///{tmp_path}/anji.db")

    assert done.code == 0
    assert "安吉县（330523）：载入区划" in done.out


def test_without_a_place_the_database_is_for_the_county_of_the_article(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = run("init")

    assert "长岭县（220722）" in done.out
    assert (tmp_path / "var" / "liangcun.db").exists()


def test_demonstration_data_is_called_simulated_and_the_suspect_figure_is_warned_of(
    run, tmp_path: Path
) -> None:
    done = run("init", "--demo", "--database-url", f"sqlite:///{tmp_path}/new.db")

    assert "公开报道 40 个值" in done.out
    assert "模拟数据不是实测" in done.out
    assert "屯内排水沟的值存疑" in done.err
    assert "301 万延长米" in done.err


def test_a_second_run_loads_nothing_twice(own_liangcun) -> None:
    before = own_liangcun("observations", "list", "220722201204").out

    done = own_liangcun("init", "--demo")

    assert done.code == 0
    assert "区划已在库中，未重复载入" in done.out
    assert "演示数据已在库中（25" in done.out
    assert own_liangcun("observations", "list", "220722201204").out == before


def test_a_county_can_grow_to_its_prefecture(run, tmp_path: Path) -> None:
    database = ("--database-url", f"sqlite:///{tmp_path}/growing.db")
    run("init", "--within", "220722", *database)

    grown = run("init", "--within", "2207", *database)

    assert grown.code == 0
    assert "由 长岭县 扩大到 松原市（2207）：新增区划 1176 个" in grown.out
    assert "松原市（2207）：区划已在库中" in run("init", *database).out


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("22072220120", "有 11 位"),
        ("220799", "没有代码“220799”；是否指：220781 扶余市"),
        ("长岭", "是否指：220722 长岭县"),
        ("", "应全为数字"),
    ],
)
def test_a_place_that_is_none_is_explained_and_nothing_is_created(
    run, tmp_path: Path, place: str, said: str
) -> None:
    file = tmp_path / "none.db"

    failed = run("init", "--within", place, "--database-url", f"sqlite:///{file}")

    assert failed.code == 2
    assert said in failed.err
    assert failed.out == ""
    assert not file.exists()


def test_a_database_of_another_place_is_refused_with_the_way_out(own_liangcun) -> None:
    failed = own_liangcun("init", "--within", "220182")

    assert failed.code == 2
    assert "本库是为 220722 长岭县 建的，不包含 220182 榆树市" in failed.err
    assert "--database-url" in failed.err
    assert "--within 22 " in failed.err


def test_a_period_that_is_none_is_refused_before_anything_is_loaded(run, tmp_path: Path) -> None:
    file = tmp_path / "none.db"

    failed = run("init", "--demo", "--period", "2023-13", "--database-url", f"sqlite:///{file}")

    assert failed.code == 2
    assert "时期“2023-13”无法识别" in failed.err
    assert not file.exists()


def test_a_database_that_cannot_be_opened_is_no_fault_of_the_input(run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    failed = run("init", "--database-url", f"sqlite:///{tmp_path}/file/liangcun.db")

    assert failed.code == 1
    assert "数据库无法使用" in failed.err


def test_an_address_of_another_kind_of_database_is_refused(run) -> None:
    failed = run("init", "--database-url", "mysql://u:secret@h/d")

    assert failed.code == 2
    assert "不支持的数据库类型“mysql”" in failed.err
    assert "secret" not in failed.err


def test_english_is_spoken_when_asked_for(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGCUN_LANGUAGE", "en")

    done = run("init", "--database-url", f"sqlite:///{tmp_path}/new.db")

    assert "291 divisions loaded" in done.out
    assert run("init", "--within", "1").err.startswith("error: ")
