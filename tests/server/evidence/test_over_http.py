"""Evidence as an inspector's app sends it, and as a frontend shows it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from tests.conftest import NewDatabase, installed_plugins
from tests.server.evidence.pictures import PDF, photo
from tests.server.http.conftest import client_of, post_to

from liangcun_server.application import Application
from liangcun_server.operators.tokens import issue_token
from liangcun_server.settings import Settings

ABOUT = {
    "region": "220722201204",
    "indicator": "street_lamps",
    "period": "2023",
    "name": "C:\\照片\\路灯.jpg",
    "caption": "村口",
    "author": "检查组",
    "reason": "夜查",
}
_SHOW = """{ village(code: "220722201204") { observations(period: "2023", indicators: ["street_lamps"]) {
  evidence { id name caption mediaType takenAt latitude longitude url thumbnailUrl recordedBy } } } }"""
_REMOVE = """mutation ($id: ID!) { removeEvidence(input: {id: $id, author: "王敏", reason: "拍错了"}) {
  __typename ... on InputRefused { code } } }"""


class Office:
    """An application with a folder of its own, and its operator."""

    def __init__(self, client: httpx.AsyncClient, token: str, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.headers = {"authorization": f"Bearer {token}"}

    async def send(self, data: bytes, **fields: str) -> httpx.Response:
        return await self.client.post("/evidence", params=ABOUT | fields, content=data, headers=self.headers)

    async def remove(self, id: str) -> dict[str, str]:
        body = {"query": _REMOVE, "variables": {"id": id}}
        answer = (await post_to(self.client, body, **self.headers)).json()
        removed: dict[str, str] = answer["data"]["removeEvidence"]
        return removed

    async def shown(self, **headers: str) -> list[dict[str, Any]]:
        answer = (await post_to(self.client, {"query": _SHOW}, **headers)).json()
        found: list[dict[str, Any]] = answer["data"]["village"]["observations"][0]["evidence"]
        return found


@pytest.fixture
async def office(new_sqlite_database: NewDatabase, tmp_path: Path) -> AsyncIterator[Office]:
    with new_sqlite_database("demonstration") as address:
        settings = Settings(
            database_url=address, evidence_store=str(tmp_path / "files"), max_evidence_bytes=100_000
        )
        application = Application.open(settings, installed_plugins())
        token = await issue_token(application.database, author="王敏", reason="测试")
        assert token is not None
        async with client_of(application) as client:
            yield Office(client, token, tmp_path / "files")
        await application.close()


async def test_a_photo_stands_behind_its_value(office: Office) -> None:
    data = photo()
    answer = await office.send(data)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["latitude"], made["takenAt"]) == (44.275, "2024-03-05T20:14:00+08:00")
    (shown,) = await office.shown()
    assert (shown["name"], shown["caption"], shown["recordedBy"]) == ("路灯.jpg", "村口", "检查组")
    assert (shown["latitude"], shown["takenAt"]) == (None, "2024-03-05T20:14:00+08:00")
    (own,) = await office.shown(**office.headers)
    assert own["latitude"] == 44.275

    plain = await office.client.get(shown["url"])
    assert (plain.status_code, plain.headers["content-type"]) == (200, "image/jpeg")
    assert b"Phone" not in plain.content
    whole = await office.client.get(shown["url"], params={"whole": "true"}, headers=office.headers)
    assert whole.content == data
    assert (await office.client.get(shown["url"], params={"whole": "true"})).status_code == 401
    small = await office.client.get(shown["thumbnailUrl"])
    assert Image.open(io.BytesIO(small.content)).format == "JPEG"


async def test_the_same_file_is_kept_once(office: Office) -> None:
    first, second = (await office.send(photo())).json(), (await office.send(photo())).json()
    assert first["id"] == second["id"]
    other = (await office.send(photo(), indicator="village_plan")).json()
    assert (other["sha256"], other["id"] != first["id"]) == (first["sha256"], True)
    assert len(list(office.folder.rglob("*.jpg"))) == 2  # the photo and its thumbnail


async def test_what_is_taken_back_shows_no_more(office: Office) -> None:
    made = (await office.send(PDF, name="台账.pdf")).json()
    removed = await office.remove(made["id"])
    assert removed["__typename"] == "EvidenceRemoved"
    assert await office.shown() == []
    assert (await office.client.get(f"/evidence/{made['sha256']}")).status_code == 404
    again = await office.remove(made["id"])
    assert again["code"] == "UNKNOWN_EVIDENCE"


@pytest.mark.parametrize(
    ("data", "fields", "status", "code"),
    [
        (b"words", {}, 422, "INVALID_EVIDENCE"),
        (b"", {}, 422, "INVALID_EVIDENCE"),
        (b"x" * 100_001, {}, 422, "INVALID_EVIDENCE"),
        (PDF, {"name": " "}, 422, "INVALID_EVIDENCE"),
        (PDF, {"name": "a\0b.pdf"}, 422, "INVALID_EVIDENCE"),
        (PDF, {"level": "emperor"}, 422, "INVALID_EVIDENCE"),
        (PDF, {"level": "self"}, 422, "UNKNOWN_OBSERVATION"),
        (PDF, {"indicator": "nothing"}, 422, "UNKNOWN_OBSERVATION"),
        (PDF, {"region": "x"}, 422, "INVALID_REGION_CODE"),
        (PDF, {"period": "x"}, 422, "INVALID_PERIOD"),
        (PDF, {"reason": " "}, 422, "INVALID_INPUT"),
    ],
    ids=range(11),
)
async def test_what_can_t_be_evidence_is_said_and_leaves_nothing(
    office: Office, data: bytes, fields: dict[str, str], status: int, code: str
) -> None:
    answer = await office.send(data, **fields)
    told = answer.json()["errors"][0]["extensions"]["code"]
    assert (answer.status_code, told) == (status, code)
    assert await office.shown() == []


async def test_only_the_operator_sends(office: Office) -> None:
    answer = await office.client.post("/evidence", params=ABOUT, content=PDF)
    assert answer.status_code == 401


async def test_digests_that_nothing_has_are_not_found(office: Office) -> None:
    for digest in ("f" * 64, "x", "..%2f..%2fetc%2fpasswd"):
        assert (await office.client.get(f"/evidence/{digest}")).status_code == 404


async def test_a_store_that_fails_is_said_and_nothing_is_on_record(office: Office) -> None:
    office.folder.write_text("no folder")
    answer = await office.send(PDF)
    assert answer.json()["errors"][0]["extensions"]["code"] == "EVIDENCE_UNAVAILABLE"
    assert answer.status_code == 503
    assert await office.shown() == []


async def test_many_at_once_all_arrive(office: Office) -> None:
    sent = await asyncio.gather(*(office.send(photo(size=(40 + n, 40))) for n in range(8)))
    assert [one.status_code for one in sent] == [201] * 8
    assert len(await office.shown()) == 8
