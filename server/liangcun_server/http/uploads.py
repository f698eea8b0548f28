"""Bodies that are files: written to the disk as they arrive, and never whole in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request

from liangcun_server.http.requests import BodyTooLarge, BodyTooSlow, UnsupportedMediaType, refuse_compressed
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

# So much has to arrive in the time that a body may take.
_MEGABYTE = 1_000_000


class UploadNotKept(LiangcunError):
    """A file that the server has no room for, or nowhere to put."""

    code = "UPLOAD_NOT_KEPT"


def check_upload(request: Request, limit: int) -> None:
    """Raises InvalidRequest for a body that says of itself that it isn't a file of at most `limit` bytes."""
    media = request.headers.get("content-type", "")
    if media.lower().startswith("multipart/"):
        raise UnsupportedMediaType(
            Text(
                "请发文件本身，不要用表单（multipart）；curl 用 --data-binary @文件",
                "send the file itself, not a form (multipart); with curl, --data-binary @FILE",
            )
        )
    refuse_compressed(request)
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and (len(announced) > 18 or int(announced) > limit):
        raise _too_large(limit)


async def save_body(request: Request, path: Path, *, limit: int, seconds: float) -> int:
    """Write the body to a file, and tell its bytes. Each megabyte may take so many seconds.

    Raises BodyTooLarge, BodyTooSlow, UploadNotKept, and ClientDisconnect for one that breaks off.
    """
    size = 0
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        with _kept(path) as file:
            async with asyncio.timeout_at(began + seconds) as time:
                async for chunk in request.stream():
                    size += len(chunk)
                    if size > limit:
                        raise _too_large(limit)
                    await asyncio.to_thread(file.write, chunk)
                    time.reschedule(began + seconds * (1 + size // _MEGABYTE))
    except TimeoutError:
        raise BodyTooSlow(
            Text(
                f"文件没有按时发完（每 MB 限 {seconds:g} 秒）",
                f"the file didn't arrive in time; each megabyte may take {seconds:g} s",
            ),
            Connection="close",
        ) from None
    return size


@contextmanager
def _kept(path: Path) -> Iterator[BinaryIO]:
    with told_where_there_is_no_room(), path.open("xb") as file:
        yield file


@contextmanager
def told_where_there_is_no_room() -> Iterator[None]:
    """Raises UploadNotKept where the file system fails."""
    try:
        yield
    except TimeoutError:
        # An OSError too, though nothing failed.
        raise
    except OSError as error:
        told = error.strerror or type(error).__name__
        raise UploadNotKept(
            Text(
                f"服务器存不下上传的文件（{told}）；请告诉管理员",
                f"the server can't keep the uploaded file ({told}); tell the administrator",
            )
        ) from None


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        Text(
            f"文件超过 {limit:,} 字节；请分成几个，或请管理员调大上限",
            f"the file is larger than {limit:,} bytes; split it, or have the administrator raise the limit",
        )
    )
