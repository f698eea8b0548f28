"""What runs in the nursery's process: it waits to be asked for workers and forks them."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import time

import liangcun_standards
from liangcun_standards.isolation.messages import GONE, KILL, Channel, received
from liangcun_standards.isolation.serving import serve
from liangcun_standards.isolation.tampering import Fingerprint

_ = liangcun_standards  # loaded here once, for every worker

_MOMENTS = 100


def main(descriptor: int) -> None:
    """Serve until the program hangs up; then end every worker."""
    control = socket.socket(fileno=descriptor)
    fingerprint = Fingerprint.taken()
    # What is there now is never garbage; to look through it in a worker would copy all of it.
    gc.collect()
    gc.freeze()
    # Workers by number, with how they ended once they have.
    running: dict[int, int | None] = {}
    try:
        while True:
            head, descriptors, _, _ = socket.recv_fds(control, 4, 1)
            head += received(control, 4 - len(head)) if head else b""
            if len(head) < 4:
                return
            _reap(running)
            size = int.from_bytes(head, "big")
            if size not in (KILL, GONE):
                asked = json.loads(received(control, size))
                number = _fork(control, descriptors[0], asked, fingerprint)
                os.close(descriptors[0])
                running[number] = None
                told = number
            else:
                number = int.from_bytes(received(control, 4), "big")
                if size == GONE:
                    _wait(number, running)
                told = _kill(number, running)
            control.sendall(told.to_bytes(4, "big"))
    except OSError:
        return
    finally:
        for number in list(running):
            _kill(number, running)


def _fork(control: socket.socket, descriptor: int, asked: dict[str, object], fingerprint: Fingerprint) -> int:
    number = os.fork()
    if number:
        return number
    try:
        control.close()
        # A group of its own, so that what it starts ends with it.
        os.setsid()
        serve(Channel(socket.socket(fileno=descriptor)), asked, fingerprint)
    finally:
        os._exit(0)


def _wait(number: int, running: dict[int, int | None]) -> None:
    """Give a worker that has hung up a moment to be gone, so that how it ended is known."""
    for _ in range(_MOMENTS):
        _reap(running)
        if running.get(number, 0) is not None:
            return
        time.sleep(0.01)


def _kill(number: int, running: dict[int, int | None]) -> int:
    """End a worker and what it started; returns the signal by which it had ended itself, 0 for none."""
    _reap(running)
    if number not in running:
        return 0
    status = running.pop(number)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(number, signal.SIGKILL)
    if status is None:
        # Not reaped yet, so the number is still its own.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(number, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(number, 0)
        return 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def _reap(running: dict[int, int | None]) -> None:
    for number, status in running.items():
        if status is None:
            done, ended = os.waitpid(number, os.WNOHANG)
            if done:
                running[number] = ended
