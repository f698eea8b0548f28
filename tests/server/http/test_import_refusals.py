"""What `POST /imports` doesn't take: said with a code and the way out, and nothing of it stays."""

from __future__ import annotations

import asyncio
import io
import tempfile
import threading
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.conftest import NewDatabase
from tests.server.http.uploading import (
    ERSHIHAO,
    MENGGU,
    SAID,
    Clerk,
    clerk_of,
    csv_of,
    parquet_of,
    workbook_of,
)

from liangcun_server.http import imports
from liangcun_server.http.app import create_app
from liangcun_server.scoring_tables import archive

LIMIT = 100_000
CSV = csv_of(f"{MENGGU},cleaners,5")
WORKBOOK = workbook_of([["区划代码", "cleaners"], [MENGGU, 5]])
PARQUET = parquet_of([(MENGGU, "cleaners", 5.0)])


@pytest.fixture
async def clerk(
    new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Clerk]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with new_database("demonstration") as address:
        async with clerk_of(
            address, tmp_path, max_import_bytes=LIMIT, body_seconds=0.5, request_seconds=0.5
        ) as clerk:
            before = await clerk.revision()
            yield clerk
            assert await clerk.revision() == before
    assert clerk.left_behind() == []


def bomb() -> bytes:
    file = io.BytesIO(WORKBOOK)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/image1.png", b"\0" * 3_000_001)
    return file.getvalue()


@pytest.mark.parametrize("token", [None, "Bearer lc_wrong"])
async def test_only_the_operator_sends(clerk: Clerk, token: str | None) -> None:
    headers = {} if token is None else {"authorization": token}
    answer = await clerk.client.post(
        "/imports", params=SAID | {"name": "a.csv"}, content=CSV, headers=headers
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_it_is_sent_by_post(clerk: Clerk) -> None:
    assert (await clerk.client.get("/imports", headers=clerk.headers)).status_code == 405


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sourceStatus": ""}, "sourceStatus: “”不可用；可用：official, published"),
        ({"sourceStatus": "true"}, "sourceStatus: “true”不可用；可用：official, published"),
        ({"level": "emperor"}, "level: “emperor”不可用；可用：self, township, county, prefecture, province"),
        ({"format": "pdf"}, "format: “pdf”不可用；可用：xlsx, xls, csv, parquet, kobo"),
        ({"format": "xlsx"}, "format: 与文件名“报表.csv”不符"),
        ({"dryRun": "yes"}, "dryRun: “yes”不可用；可用：true, false"),
        ({"suspectRatio": "nan"}, "suspectRatio: “nan”不可用；应为不小于 0 的数"),
        ({"suspectRatio": "-1"}, "suspectRatio: “-1”不可用"),
        ({"reason": " "}, "reason: 必须写明"),
        ({"author": ""}, "author: 必须写明"),
        ({"source": "a\0b"}, "source: 含有无法保存的字符"),
        ({"source": "长" * 1_001}, "source: 最多 1,000 字"),
        ({"dry_run": "true"}, "dry_run: 没有这个参数；可用：name, sourceStatus"),
        ({"name": ""}, "name: 必须写明"),
        ({"name": "a/.."}, "name: 不是文件名"),
        ({"name": "报" * 100 + ".csv"}, "name: 文件名最多 240 字节（80 个汉字）"),
        ({"name": "报表.docx"}, "name: 文件名应以 .xlsx、.xls、.csv、.parquet 之一结尾"),
        ({"name": "报表"}, "name: 文件名应以 .xlsx"),
    ],
    ids=range(18),
)
async def test_parameters_are_refused_by_name(clerk: Clerk, fields: dict[str, str], words: str) -> None:
    answer = await clerk.send(CSV, **fields)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (422, "INVALID_IMPORT")
    assert error["message"].startswith(words)


async def test_a_parameter_there_twice_is_refused_in_the_reader_s_language(clerk: Clerk) -> None:
    answer = await clerk.client.post(
        "/imports?name=a.csv&name=b.csv", content=CSV, headers=clerk.headers | {"accept-language": "en"}
    )
    assert answer.json()["errors"][0]["message"] == "name: it may be there once only"


@pytest.mark.parametrize(
    ("data", "fields", "code", "words"),
    [
        (b"", {}, "INVALID_IMPORT", "没有内容"),
        (WORKBOOK, {}, "INVALID_IMPORT", "应是 CSV，内容却不是（像是工作簿）"),
        (PARQUET, {}, "INVALID_IMPORT", "应是 CSV，内容却不是（像是Parquet）"),
        (PARQUET, {"format": "kobo"}, "INVALID_IMPORT", "应是 CSV"),
        (CSV, {"name": "a.parquet"}, "INVALID_IMPORT", "应是 Parquet，内容却不是（像是CSV）"),
        (PARQUET[:-9], {"name": "a.parquet"}, "INVALID_IMPORT", "不是可读的 Parquet 文件"),
        (CSV, {"name": "a.xlsx"}, "UNREADABLE_WORKBOOK", "不是工作簿"),
        (WORKBOOK[:-99], {"name": "a.xlsx"}, "UNREADABLE_WORKBOOK", "文件损坏"),
        (bomb(), {"name": "a.xlsx"}, "UNREADABLE_WORKBOOK", "解压后超过 3 MB"),
        (workbook_of([["甲", "乙"], [1, 2]]), {"name": "a.xlsx"}, "INVALID_IMPORT", "找不到表头"),
        (csv_of(), {}, "INVALID_IMPORT", "没有填任何值"),
        (CSV, {"period": "去年"}, "INVALID_PERIOD", "去年"),
    ],
    ids=range(12),
)
async def test_what_can_t_be_read_is_said_and_leaves_nothing(
    clerk: Clerk,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes,
    fields: dict[str, str],
    code: str,
    words: str,
) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 3_000_000)
    answer = await clerk.send(data, **fields)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (422, code)
    assert words in error["message"]


async def test_forms_and_compressed_bodies_are_refused(clerk: Clerk) -> None:
    for header in ({"content-type": "multipart/form-data; boundary=a"}, {"content-encoding": "gzip"}):
        answer = await clerk.client.post(
            "/imports", params=SAID | {"name": "a.csv"}, content=CSV, headers=clerk.headers | header
        )
        code = answer.json()["errors"][0]["extensions"]["code"]
        assert (answer.status_code, code) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_file_above_the_limit_is_refused(clerk: Clerk, announced: bool) -> None:
    data = CSV + b"\n" * LIMIT

    async def in_parts() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 10_000):
            yield data[start : start + 10_000]

    answer = await clerk.send(data if announced else in_parts())
    code = answer.json()["errors"][0]["extensions"]["code"]
    assert (answer.status_code, code) == (413, "BODY_TOO_LARGE")


async def test_a_file_that_stops_coming_is_given_up(clerk: Clerk) -> None:
    async def stopping() -> AsyncIterator[bytes]:
        yield CSV
        await asyncio.Event().wait()

    answer = await clerk.send(stopping())
    code = answer.json()["errors"][0]["extensions"]["code"]
    assert (answer.status_code, code) == (408, "BODY_TOO_SLOW")


async def test_a_file_that_breaks_off_writes_nothing(clerk: Clerk) -> None:
    coming = [
        {"type": "http.request", "body": CSV, "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent = []

    async def receive() -> dict[str, object]:
        return coming.pop(0)

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    query = "name=a.csv&sourceStatus=official&reason=a&author=b&period=2024"
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/imports",
        "raw_path": b"/imports",
        "query_string": query.encode(),
        "headers": [
            (b"authorization", f"Bearer {clerk.token}".encode()),
            (b"content-length", str(2 * len(CSV)).encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await create_app(clerk.application)(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 400
    assert await clerk.stands("cleaners") == []


async def test_while_other_long_work_has_the_turn_an_upload_is_asked_to_come_again(clerk: Clerk) -> None:
    started, go = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        go.wait(60)

    busy = asyncio.create_task(clerk.application.long_work.run(work))
    await asyncio.to_thread(started.wait, 60)
    answer = await clerk.send(CSV)
    go.set()
    await busy
    code = answer.json()["errors"][0]["extensions"]["code"]
    assert (answer.status_code, code, answer.headers["retry-after"]) == (503, "SERVER_BUSY", "10")
    again = (await clerk.send(CSV, dryRun="true")).json()
    assert again["new"] == 1


async def test_more_files_at_once_than_there_is_room_for_are_refused(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "_MOST_FILES", 1)
    arriving, go = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        arriving.set()
        yield CSV
        await go.wait()

    first = asyncio.create_task(clerk.send(slowly(), dryRun="true"))
    await arriving.wait()
    second = await clerk.send(CSV, dryRun="true")
    go.set()
    assert (second.status_code, second.headers["retry-after"]) == (503, "10")
    assert (await first).status_code == 200
    assert (await clerk.send(CSV, dryRun="true")).status_code == 200


async def test_a_server_without_room_on_its_disk_says_so(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(clerk.folder / "nowhere"))
    answer = await clerk.send(CSV)
    code = answer.json()["errors"][0]["extensions"]["code"]
    assert (answer.status_code, code) == (503, "UPLOAD_NOT_KEPT")


async def test_of_many_problems_the_first_are_told_and_all_are_counted(clerk: Clerk) -> None:
    answer = await clerk.send(csv_of(*[f"{ERSHIHAO},cleaners,-{n}" for n in range(1, 1_201)]))
    told = answer.json()
    assert (answer.status_code, told["problemCount"], len(told["problems"])) == (422, 1_200, 1_000)


async def test_an_import_under_way_goes_on_when_nobody_waits_for_it(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go, over = asyncio.Event(), asyncio.Event(), asyncio.Event()
    whole = imports.import_files

    async def held(*given: object, **named: object) -> object:
        reached.set()
        await go.wait()
        try:
            return await whole(*given, **named)  # type: ignore[arg-type]
        finally:
            over.set()

    monkeypatch.setattr(imports, "import_files", held)
    sending = asyncio.create_task(clerk.send(CSV, dryRun="true"))
    await reached.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    # What it was sent is still there to be read.
    assert clerk.left_behind()
    go.set()
    await over.wait()
    assert (await clerk.send(CSV, dryRun="true")).json()["new"] == 1
