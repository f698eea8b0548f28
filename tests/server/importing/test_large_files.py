"""A large plain file is read as columns; it means the same as when each cell is looked at."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import func, insert, literal, select
from sqlalchemy.exc import IntegrityError

from liangcun_server.audit.verifying import verify
from liangcun_server.importing import bulk, importing, plain_columns
from liangcun_server.importing.importing import import_files
from liangcun_server.importing.model import ImportOptions, ImportReport
from liangcun_server.observations import repository
from liangcun_server.regions.repository import codes_within
from liangcun_server.storage.database import Database
from liangcun_server.storage.tables import observation, revision
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.plugins import load_plugins
from liangcun_standards.vocabulary import Qualifier, RegionLevel, SourceStatus

OPTIONS = ImportOptions(source_status=SourceStatus.INTERPRETATION, source="台账")
TEN_TIMES_ITS_PEERS, BEFORE = 3, 4


@pytest.fixture(scope="module")
def catalogue() -> IndicatorCatalogue:
    return load_plugins().indicators


async def bring(
    database: Database, catalogue: IndicatorCatalogue, file: Path, options: ImportOptions = OPTIONS
) -> ImportReport:
    return await import_files(database, catalogue, [file], options, author="县", reason="年报")


async def villages(database: Database) -> list[str]:
    async with database.read() as connection:
        return await codes_within(connection, "220722000000", RegionLevel.VILLAGE)


async def kept(database: Database) -> list[tuple[object, ...]]:
    codes = await villages(database)
    async with database.read() as connection:
        found = await repository.current(connection, codes)
    return [
        (one.key, one.value, one.qualifier, one.source, one.source_status, one.note)
        for code in codes
        for one in found[code]
    ]


def figures(codes: list[str], folder: Path, period: str, *, change: float = 0.0) -> Path:
    """Figures for each village, one far off its peers, one far off its own in the year before."""
    households = [100.0 + place + change for place, _ in enumerate(codes)]
    if period == "2024":
        households[TEN_TIMES_ITS_PEERS] = 5_000.0
    else:
        households[BEFORE] = 10.0
    rates = [50.0] * (len(codes) - 1) + [0.5]
    table = {
        "region": codes * 2,
        "indicator": ["households"] * len(codes) + ["sanitary_toilets_rate"] * len(codes),
        "value": households + rates,
        "period": [period] * len(codes) * 2,
    }
    file = folder / f"{period}.parquet"
    pq.write_table(pa.table(table), file)
    return file


async def test_both_ways_say_and_keep_the_same(
    changling: Database,
    catalogue: IndicatorCatalogue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    new_sqlite_database: object,
) -> None:
    codes = await villages(changling)
    files = [figures(codes, tmp_path, period) for period in ("2023", "2024")]
    with new_sqlite_database("changling") as address:  # type: ignore[operator]
        async with Database(address) as other:
            by_cell = [await bring(other, catalogue, file) for file in files]
            expected = await kept(other)
    monkeypatch.setattr(plain_columns, "SMALLEST", 0)
    tried = await bring(changling, catalogue, files[0], ImportOptions(**{**vars(OPTIONS), "dry_run": True}))
    assert (tried.new, tried.revision) == (len(codes) * 2, None)
    by_column = [await bring(changling, catalogue, file) for file in files]
    assert await kept(changling) == expected
    for one, other_way in zip(by_column, by_cell, strict=True):
        assert (one.new, one.unchanged, one.refused) == (other_way.new, other_way.unchanged, False)
        assert [(held.region_code, held.note) for held in one.held] == [
            (held.region_code, held.note) for held in other_way.held
        ]
    # In 2024: beyond its peers, ten times the year before, a fraction for a rate.
    assert len(by_column[1].held) == 3
    again = await bring(changling, catalogue, files[1])
    assert (again.revision, again.new, again.unchanged) == (None, 0, len(codes) * 2)


async def test_corrections_are_told_and_kept_the_same_by_both_ways(
    changling: Database,
    catalogue: IndicatorCatalogue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    new_sqlite_database: object,
) -> None:
    codes = await villages(changling)
    first = figures(codes, tmp_path, "2024")
    (tmp_path / "corrected").mkdir()
    second = figures(codes, tmp_path / "corrected", "2024", change=1.0)
    other_source = ImportOptions(source_status=SourceStatus.OFFICIAL, source="年报")

    async def both(database: Database) -> ImportReport:
        await bring(database, catalogue, first)
        return await bring(database, catalogue, second, other_source)

    with new_sqlite_database("changling") as address:  # type: ignore[operator]
        async with Database(address) as other:
            by_cell, expected = await both(other), await kept(other)
    monkeypatch.setattr(plain_columns, "SMALLEST", 0)
    monkeypatch.setattr(importing, "read_file", None)
    by_column = await both(changling)
    assert await kept(changling) == expected
    counts = [(one.new, one.corrections, one.unchanged, one.as_before) for one in (by_column, by_cell)]
    assert counts[0] == counts[1] == (0, len(codes) - 1, len(codes) + 1, len(codes) + 1)
    told = [
        {
            (one.after.region_code, one.after.value, one.before and one.before.value)
            for one in report.corrected
        }
        for report in (by_column, by_cell)
    ]
    assert told[0] == told[1]
    monkeypatch.setattr(bulk, "_MOST_TOLD", 1)
    back = await bring(changling, catalogue, first)
    assert (back.corrections, len(back.corrected)) == (len(codes) - 1, 1)


async def test_references_are_looked_up_again_after_a_large_import(
    changling: Database, catalogue: IndicatorCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_columns, "SMALLEST", 0)
    await bring(changling, catalogue, figures(await villages(changling), tmp_path, "2024"))
    columns = [column.name for column in observation.columns if column.name not in {"id", "region_code"}]
    elsewhere = select(literal("990000000000"), *(observation.c[name] for name in columns)).limit(1)
    lost = insert(observation).from_select(["region_code", *columns], elsewhere)

    async def refer_to_nothing() -> None:
        async with changling.write(author="县", reason="试", kind="test") as (connection, _):
            await connection.execute(lost)

    with pytest.raises(IntegrityError):
        await refer_to_nothing()


async def test_a_large_file_in_parts_goes_on_where_it_was_interrupted(
    changling: Database, catalogue: IndicatorCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_columns, "SMALLEST", 0)
    codes = await villages(changling)
    tables = [pq.read_table(figures(codes, tmp_path, period)) for period in ("2023", "2024")]
    file = tmp_path / "both.parquet"
    pq.write_table(pa.concat_tables(tables), file)
    size = 100
    options = ImportOptions(**{**vars(OPTIONS), "values_at_once": size})

    async def revisions() -> int:
        async with changling.read() as connection:
            imports = select(func.count()).where(revision.c.kind == "import")
            return int(await connection.scalar(imports) or 0)

    class InterruptedError(Exception):
        pass

    def interrupt(_stage: object, done: int, _total: int) -> None:
        if done > 2 * size:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await import_files(
            changling, catalogue, [file], options, author="县", reason="年报", progress=interrupt
        )
    assert await revisions() == 2
    assert len(await kept(changling)) == 2 * size
    again = await bring(changling, catalogue, file, options)
    every = len(codes) * 4
    assert (again.new, again.unchanged) == (every - 2 * size, 2 * size)
    # Each year in parts of its own.
    assert await revisions() == 2 * -(-len(codes) * 2 // size)
    async with changling.read() as connection:
        assert (await verify(connection)).holds
    in_one = await bring(changling, catalogue, file)
    assert (in_one.revision, in_one.unchanged) == (None, every)


async def test_corrections_and_faults_in_a_large_file_are_told_as_in_a_small_one(
    changling: Database, catalogue: IndicatorCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_columns, "SMALLEST", 0)
    codes = await villages(changling)
    await bring(changling, catalogue, figures(codes, tmp_path, "2023"))
    corrected = await bring(changling, catalogue, figures(codes, tmp_path, "2023", change=1.0))
    assert len(corrected.corrected) == len(codes) - 1
    file = tmp_path / "a.csv"
    file.write_text(f"region,indicator,value,period\n{codes[0]},households,-1,2024\n")
    refused = await bring(changling, catalogue, file)
    assert (refused.refused, [one.place for one in refused.problems]) == (True, ["a.csv:2"])
    file.write_text(f"region,indicator,value,period\n{codes[0]},households,7,2024\n")
    done = await bring(changling, catalogue, file)
    assert (done.new, done.revision is None, done.held) == (1, False, [])
    async with changling.read() as connection:
        found = (await repository.current(connection, [codes[0]]))[codes[0]]
    assert {one.qualifier for one in found} == {Qualifier.EXACT}


@pytest.mark.parametrize("quote", ["", '"'])
async def test_a_csv_file_is_read_as_columns_with_and_without_quotes(
    changling: Database,
    catalogue: IndicatorCatalogue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    quote: str,
) -> None:
    monkeypatch.setattr(plain_columns, "SMALLEST", 0)
    monkeypatch.setattr(importing, "read_file", None)
    codes = await villages(changling)
    rows = [
        ("区划代码", "指标", "值", "时期"),
        *((code, "households", "100.5e0", "2024年") for code in codes),
    ]
    lines = [",".join(f"{quote}{one}{quote}" for one in row) for row in rows]
    file = tmp_path / "a.csv"
    file.write_text("\ufeff" + "\r\n".join(lines))
    with pytest.raises(TypeError):
        # Households are whole: for the way by cells, which is taken away here.
        await bring(changling, catalogue, file)
    file.write_text("\ufeff" + "\r\n".join(lines).replace("100.5e0", "1e2"))
    done = await bring(changling, catalogue, file)
    assert (done.new, done.held) == (len(codes), [])
