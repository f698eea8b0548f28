"""Messages between the program and a worker: JSON and arrays, nothing that could carry code."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# What an array may hold; anything else is no message.
_KINDS = {"<f8", "<i8", "|b1", "|u1"}
_LENGTH = struct.Struct("!I")
_LARGEST_HEAD = 64 << 20
LARGEST_MESSAGE = 1 << 30

# What the nursery is told in place of the length of a request: to end a worker, or one that has hung up.
KILL, GONE = 0, 0xFFFFFFFF


def received(connected: socket.socket, size: int) -> bytes:
    """Exactly so many bytes. Raises ConnectionError when the other side goes before they have come."""
    data = b""
    while len(data) < size:
        more = connected.recv(size - len(data))
        if not more:
            raise ConnectionError("the other side has gone")
        data += more
    return data


class Message(NamedTuple):
    """What is said, as JSON knows it, and arrays that go with it."""

    said: dict[str, Any]
    arrays: tuple[Array, ...] = ()


class BrokenMessage(Exception):
    """The other side went away, or sent what is no message."""


class Channel:
    """One end of a connection between two processes. `receive` and `send` raise TimeoutError."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def send(self, message: Message, *, seconds: float | None = None) -> None:
        """Send a message. Raises BrokenMessage when nobody is there."""
        arrays = [_plain(one) for one in message.arrays]
        shapes = [[one.dtype.str, list(one.shape)] for one in arrays]
        head = json.dumps({"said": message.said, "arrays": shapes}, ensure_ascii=False).encode()
        self._socket.settimeout(seconds)
        try:
            self._socket.sendall(_LENGTH.pack(len(head)) + head)
            for one in arrays:
                self._socket.sendall(one.reshape(-1).view(np.uint8).data)
        except TimeoutError:
            raise
        except OSError as error:
            raise BrokenMessage(str(error)) from None

    def receive(self, *, seconds: float | None = None, at_most: int = LARGEST_MESSAGE) -> Message:
        """The next message. Raises BrokenMessage for none, or for one larger than `at_most` bytes."""
        end = None if seconds is None else time.monotonic() + seconds
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, end))
        if length > min(_LARGEST_HEAD, at_most):
            raise BrokenMessage("the message is too large")
        try:
            head = json.loads(self._exactly(length, end))
            said, shapes = head["said"], _shapes(head["arrays"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise BrokenMessage("what came is no message") from None
        if not isinstance(said, dict):
            raise BrokenMessage("what came is no message")
        if length + sum(size for _, _, size in shapes) > at_most:
            raise BrokenMessage("the message is too large")
        arrays = tuple(
            np.frombuffer(self._exactly(size, end), dtype=kind).reshape(shape) for kind, shape, size in shapes
        )
        return Message(said, arrays)

    def _exactly(self, size: int, end: float | None) -> bytearray:
        data = bytearray(size)
        view, done = memoryview(data), 0
        while done < size:
            if end is not None:
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self._socket.settimeout(left)
            else:
                self._socket.settimeout(None)
            try:
                count = self._socket.recv_into(view[done:])
            except TimeoutError:
                raise
            except OSError as error:
                raise BrokenMessage(str(error)) from None
            if count == 0:
                raise BrokenMessage("the other side has gone")
            done += count
        return data


def _plain(array: Array) -> Array:
    kind = {"f": "<f8", "i": "<i8", "u": "<i8", "b": "|b1"}[array.dtype.kind]
    return np.ascontiguousarray(array, dtype=np.uint8 if array.dtype == np.uint8 else kind)


def _shapes(listed: Sequence[Any]) -> list[tuple[str, tuple[int, ...], int]]:
    found = []
    for kind, shape in listed:
        if kind not in _KINDS or not all(isinstance(one, int) and 0 <= one < 1 << 40 for one in shape):
            raise ValueError("no such array")
        size = np.dtype(kind).itemsize
        for one in shape:
            size *= one
        found.append((kind, tuple(shape), size))
    return found
