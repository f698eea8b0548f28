"""The benchmark's workbook is one that people would send, and both peers take all of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from benchmarks.importing_workbook import KINDS, PERIOD, bare, make_workbook

from liangcun_server.importing.files import read_file
from liangcun_server.importing.headings import Headings
from liangcun_standards.plugins import load_plugins

ROWS = 12


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("workbook") / "filled.xlsx"
    make_workbook(file, ROWS)
    return file


def test_the_workbook_is_read_without_a_problem(workbook: Path) -> None:
    read = read_file(workbook, Headings(load_plugins().indicators))
    assert (read.problems, read.period, len(read.entries)) == ([], str(PERIOD), ROWS * sum(KINDS.values()))


@pytest.mark.parametrize("reader", ["calamine", "openpyxl"])
def test_a_peer_writes_every_value(workbook: Path, tmp_path: Path, reader: str) -> None:
    assert bare(reader, tmp_path / "bare.db", workbook) > 0
    with sqlite3.connect(tmp_path / "bare.db") as connection:
        (count,) = connection.execute("SELECT count(value) FROM bare").fetchone()
    assert count == ROWS * sum(KINDS.values())
