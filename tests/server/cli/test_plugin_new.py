"""`liangcun plugin new`: a project that passes its own checks at once, and names that can't be taken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def test_a_new_project_passes_its_own_checks_and_tests(run, tmp_path: Path) -> None:
    made = run(
        "plugin",
        "new",
        "shouguang-wuyou",
        "--title",
        "寿光五有",
        "--jurisdiction",
        "370783",
        "-o",
        str(tmp_path),
    )
    folder = tmp_path / "shouguang-wuyou"
    assert (made.code, made.lines) == (0, [f"已写出 {folder}"])

    checked = run("plugin", "check", str(folder), "--level", "silver")
    assert checked.code == 0
    assert checked.lines[0] == "shouguang-wuyou 0.1.0：金级"
    document = (folder / "shouguang_wuyou/standards/shouguang-wuyou.yaml").read_text(encoding="utf-8")
    assert "jurisdiction: 370783\n" in document
    assert 'title: "寿光五有"\n' in document

    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert tests.returncode == 0, tests.stdout
    # Two of its own, and ten rules up to silver.
    assert "12 passed" in tests.stdout


def test_what_is_there_stays_as_it_is(run, tmp_path: Path) -> None:
    (tmp_path / "own-plugin").mkdir()
    (tmp_path / "own-plugin" / "notes.txt").write_text("mine")

    done = run("plugin", "new", "own-plugin", "-o", str(tmp_path))

    assert done.code == 2
    assert "已存在，不会覆盖" in done.err
    assert [one.name for one in tmp_path.iterdir()] == ["own-plugin"]
    assert (tmp_path / "own-plugin" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "name",
    [
        "../own",
        "/own",
        "Own",
        "own_plugin",
        "1own",
        "own--plugin",
        "own-",
        "",
        "x" * 61,
        "json",
        "class",
        "numpy",
        "五有",
    ],
    ids=lambda name: name[:12] or "empty",
)
def test_a_name_that_cannot_be_taken_is_refused_and_nothing_written(run, tmp_path: Path, name: str) -> None:
    done = run("plugin", "new", "-o", str(tmp_path / "in"), "--", name)

    assert done.code == 2
    assert done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["sanhua", "wuge-daowei", "standards", "server"])
def test_a_name_that_another_plugin_or_part_has_is_refused_with_the_way_out(
    run, tmp_path: Path, name: str
) -> None:
    done = run("plugin", "new", name, "-o", str(tmp_path), "--language", "en")

    assert done.code == 2
    assert f"'{name}' is taken (liangcun-{name}" in " ".join(done.err.split())
    assert f"changling-{name}" in done.err
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_plugin_in_the_plugin_folder_is_refused(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "plugins"
    metadata = folder / "county-lamps" / "1.2" / "county_lamps-1.2.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: county-lamps\nVersion: 1.2\n")
    (metadata / "entry_points.txt").write_text("[liangcun]\nlamps = county_lamps\n")
    (folder / "county-lamps" / "current").write_text("1.2\n")
    monkeypatch.setenv("LIANGCUN_PLUGIN_FOLDER", str(folder))

    done = run("plugin", "new", "lamps", "-o", str(tmp_path / "new"), "--language", "en")

    assert done.code == 2
    assert "'lamps' is taken (county-lamps 1.2)" in " ".join(done.err.split())
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--title", 'a"b'),
        ("--title", "a\\b"),
        ("--title", "a\nb"),
        ("--title", " "),
        ("--title-en", "x" * 101),
    ],
    ids=["quote", "backslash", "line", "blank", "long"],
)
def test_a_title_that_cannot_stand_in_a_document_is_refused(
    run, tmp_path: Path, option: str, text: str
) -> None:
    done = run("plugin", "new", "own-plugin", option, text, "-o", str(tmp_path))

    assert done.code == 2
    assert option in done.err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_place_is_refused(run, tmp_path: Path) -> None:
    assert run("plugin", "new", "own-plugin", "--jurisdiction", "37x", "-o", str(tmp_path)).code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_project_is_built_and_the_wheel_reaches_the_same_level(run, tmp_path: Path) -> None:
    run("plugin", "new", "own-plugin", "-o", str(tmp_path))

    built = run("plugin", "build", str(tmp_path / "own-plugin"))

    wheel = tmp_path / "own-plugin" / "dist" / "liangcun_own_plugin-0.1.0-py3-none-any.whl"
    assert built.lines == [f"已打包 {wheel}"]
    assert run("plugin", "check", str(wheel)).lines[0] == "own-plugin 0.1.0：金级"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param(
            "hatchling.build", "setuptools.build_meta", "请用它自己的工具打包", id="another backend"
        ),
        pytest.param('version = "0.1.0"', 'version = "soon"', "打不成包", id="no version"),
        pytest.param(
            "[project.entry-points.liangcun]", "[project.entry-points.other]", "入口点|entry", id="no plugin"
        ),
    ],
)
def test_what_cannot_be_built_is_said_so(run, tmp_path: Path, before: str, after: str, words: str) -> None:
    run("plugin", "new", "own-plugin", "-o", str(tmp_path))
    file = tmp_path / "own-plugin" / "pyproject.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")

    done = run("plugin", "build", str(tmp_path / "own-plugin"))

    assert done.code == 2
    assert any(one in done.err for one in words.split("|"))
    assert not (tmp_path / "own-plugin" / "dist").exists()
