"""The web server, run inside this process: its address, its start, its end."""

from __future__ import annotations

import errno
import gc
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from liangcun_server.application import Application
from liangcun_server.http.app import create_app
from liangcun_server.http.connections import impatient_protocol
from liangcun_server.settings import Settings
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - shown, not bound


class AddressUnavailable(LiangcunError):
    """The address that the server was to listen on can't be had."""

    code = "ADDRESS_UNAVAILABLE"


class _Server(uvicorn.Server):
    """Tells when it has started to answer."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell_started()


def claim_address(settings: Settings) -> socket.socket:
    """A socket bound to the host and port of the settings. Raises AddressUnavailable with the way out."""
    host, port = settings.host, settings.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise AddressUnavailable(
            Text(
                f"主机名“{host}”无法解析；本机用 127.0.0.1，所有网卡用 0.0.0.0",
                f"the host '{host}' can't be found; use 127.0.0.1 for this machine, 0.0.0.0 for all",
            ),
            where="--host",
        ) from None
    family, kind, protocol, _, address = found[0]
    claimed = socket.socket(family, kind, protocol)
    try:
        claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        claimed.bind(address)
    except OSError as error:
        claimed.close()
        raise _unavailable(error, host, port) from None
    return claimed


def base_url(settings: Settings, claimed: socket.socket) -> str:
    """The address to open on this machine."""
    port = claimed.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{_EVERY_ADDRESS.get(settings.host, host)}:{port}"


def server_config(application: Application) -> uvicorn.Config:
    """How the application is served; the lifespan closes it."""
    return uvicorn.Config(
        create_app(application),
        http=impatient_protocol(application.settings.body_seconds),
        # There is nothing to connect to: a handshake is a GET like any other.
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # The application itself reads X-Forwarded-For, as far as LIANGCUN_TRUSTED_PROXIES lets it.
        proxy_headers=False,
    )


async def serve(config: uvicorn.Config, claimed: socket.socket, started: Callable[[], None]) -> None:
    """Answer until a signal ends it; `started` is called once it answers. Raises AddressUnavailable."""
    host, port = claimed.getsockname()[:2]
    try:
        with _collecting_seldom():
            await _Server(config, started).serve([claimed])
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise _unavailable(error, host, port) from None


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Have Python look for garbage less often, and never again through what is there already.

    An answer makes thousands of objects that are all gone soon; at the usual 700, going through them again
    and again takes a third of the time of a large answer.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _unavailable(error: OSError, host: str, port: int) -> AddressUnavailable:
    if error.errno == errno.EADDRINUSE:
        other = 8123 if port != 8123 else 8124
        message = Text(
            f"端口 {port} 已被占用；换一个端口：make run PORT={other}，或 liangcun serve --port {other}",
            f"port {port} is taken; use another: make run PORT={other}, or liangcun serve --port {other}",
        )
    elif error.errno == errno.EACCES:
        message = Text(
            f"没有权限使用端口 {port}；1024 以下的端口需要管理员权限，请用更大的端口",
            f"no permission for port {port}; ports below 1024 need an administrator, take a higher one",
        )
    else:
        reason = error.strerror or str(error)
        message = Text(
            f"{host} 不是本机的地址（{reason}）；本机用 127.0.0.1，所有网卡用 0.0.0.0",
            f"{host} is no address of this machine ({reason}); write 127.0.0.1 for this machine alone, "
            "0.0.0.0 for all networks",
        )
    return AddressUnavailable(message, where=f"{host}:{port}")
