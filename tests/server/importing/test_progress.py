"""How far an import has come, for whoever watches."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from liangcun_server.importing import progress
from liangcun_server.importing.importing import import_files
from liangcun_server.importing.model import ImportOptions
from liangcun_server.regions.repository import codes_within
from liangcun_server.storage.database import Database
from liangcun_standards.periods import Period
from liangcun_standards.plugins import load_plugins
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import RegionLevel, SourceStatus

OPTIONS = ImportOptions(source_status=SourceStatus.INTERPRETATION, period=Period.parse("2024"))


async def test_rows_are_counted_through_every_stage(
    changling: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every few rows, however fast they go by.
    monkeypatch.setattr(progress, "_SECONDS", 0)
    monkeypatch.setattr(progress, "_EVERY", 100)
    async with changling.read() as connection:
        codes = await codes_within(connection, "220722000000", RegionLevel.VILLAGE)
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as workbook:
        page = workbook.add_worksheet()
        for number, row in enumerate([["代码", "cleaners"], *([code, 5] for code in codes)]):
            page.write_row(number, 0, row)
    told: list[tuple[str, int, int]] = []

    def watch(stage: Text, done: int, total: int) -> None:
        told.append((stage.en, done, total))

    catalogue = load_plugins().indicators
    await import_files(changling, catalogue, [file], OPTIONS, author="县", reason="年报", progress=watch)
    count = len(codes)
    assert count > 200
    counted = [(0, count), (100, count), (200, count), (count, count)]
    expected = [("reading", 0, 0)]
    for stage in ("reading", "checking"):
        expected += [(stage, *one) for one in counted]
    expected += [("comparing with what stands", 0, 0)]
    expected += [("recording", *one) for one in counted]
    assert list(dict.fromkeys(told)) == expected
