"""`liangcun schema export`: the contracts as files, and their drift."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Liangcun = Callable[..., Any]


def test_what_was_exported_is_up_to_date_until_someone_changes_it(run: Liangcun, tmp_path: Path) -> None:
    schema = tmp_path / "contracts" / "schema"

    written = run("schema", "export", str(schema))

    assert written.code == 0
    assert sorted(file.name for file in schema.iterdir()) == [
        "operations",
        "schema.graphql",
        "standard.schema.json",
    ]
    assert run("schema", "export", "--check", str(schema)).out == "与代码一致\n"
    (schema / "schema.graphql").write_text("type Query { nothing: Int }\n")
    stale = run("schema", "export", "--check", str(schema))
    assert stale.code == 1
    assert "schema.graphql 与代码不一致" in stale.err
    assert "standard.schema.json" not in stale.err


def test_what_was_never_exported_differs(run: Liangcun, tmp_path: Path) -> None:
    missing = run("schema", "export", "--check", str(tmp_path))

    assert missing.code == 1
    assert "schema.graphql" in missing.err
    assert "standard.schema.json" in missing.err


def test_it_goes_to_the_folder_schema_by_default(
    run: Liangcun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    run("schema", "export")

    assert (tmp_path / "schema" / "schema.graphql").read_text(encoding="utf-8").endswith("\n")


def test_a_folder_that_can_not_be_made_is_explained(run: Liangcun, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    failed = run("schema", "export", str(tmp_path / "file"))

    assert failed.code == 2
    assert "文件无法写入" in failed.err
