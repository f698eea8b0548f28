"""What a worker does: it loads one plugin and answers the program's questions to it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint
from typing import Any

from pydantic import ValidationError

from liangcun_standards.errors import LiangcunError, PluginFailed, Problem
from liangcun_standards.isolation import answering
from liangcun_standards.isolation.messages import Channel, Message
from liangcun_standards.isolation.spending import held, spent
from liangcun_standards.isolation.tampering import Fingerprint
from liangcun_standards.plugins.contributing import Contributed, Contributor
from liangcun_standards.plugins.hookspecs import GROUP
from liangcun_standards.text import Text


def serve(channel: Channel, asked: Mapping[str, Any], fingerprint: Fingerprint) -> None:
    """Answer until the program hangs up. `asked` holds the paths of modules and the bytes of memory."""
    _settle_down(int(asked["memory"]))
    sys.path[:] = list(asked["paths"])
    before = held()
    contributed = Contributed()
    while True:
        message = channel.receive()
        _allow_seconds(float(message.said["seconds"]))
        try:
            if message.said["ask"] == "load":
                contributed, answer = _load(message.said, fingerprint)
            elif message.said["ask"] == "load many":
                answer = _load_many(message.said, fingerprint)
            elif message.said["ask"] == "observe":
                answer = _observe(message.said)
            elif message.said["ask"] == "spent":
                seconds, memory = spent()
                answer = Message({"seconds": seconds, "memory": max(0, memory - before)})
            elif message.said.get("watch"):
                answer = _watched(contributed, message)
            else:
                answer = answering.answer(contributed, message)
        except LiangcunError as error:
            report = error.report if isinstance(error, PluginFailed) else None
            answer = Message({"error": list(error.message), "where": error.where, "report": report})
        except BaseException as error:  # a plugin that exits has failed like one that raises
            report = "".join(traceback.format_exception(error, limit=-8))
            told = f"{type(error).__name__}: {error}"[:200]
            answer = Message({"error": [told, told], "where": None, "report": report})
        channel.send(answer)


def _load_many(said: Mapping[str, Any], fingerprint: Fingerprint) -> Message:
    """Several plugins one after another, each as if it were the first; raises whatever any of them raises."""
    told = []
    for one in said["plugins"]:
        sys.path[:] = list(one["paths"])
        before = set(sys.modules)
        contributor = Contributor(one["name"], EntryPoint(one["name"], one["value"], GROUP).load())
        indicators = [each.model_dump(mode="json") for each in contributor.indicators()]
        contributed = contributor.everything()
        told.append(
            {"hooks": list(contributor.hooks), "indicators": indicators}
            | answering.description(contributed)
            | {"asks": contributed.asks}
        )
        # Modules of one name in two plugins' folders are two modules.
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(one["paths"][0]):
                del sys.modules[name]
    _refuse_tampering(fingerprint)
    return Message({"plugins": told})


def _load(said: Mapping[str, Any], fingerprint: Fingerprint) -> tuple[Contributed, Message]:
    point = EntryPoint(said["name"], said["value"], GROUP)
    contributor = Contributor(point.name, point.load())
    told: dict[str, Any] = {"hooks": list(contributor.hooks)}
    told["indicators"] = [one.model_dump(mode="json") for one in contributor.indicators()]
    try:
        contributed = contributor.everything()
    except LiangcunError as error:
        # Its indicators may be what another plugin's standards are scored by.
        return Contributed(), Message(told | {"then": list(error.message), "where": error.where})
    _refuse_tampering(fingerprint)
    return contributed, Message(told | answering.description(contributed))


def _observe(said: Mapping[str, Any]) -> Message:
    # For checks alone, so it isn't loaded in every nursery.
    from liangcun_standards.isolation.observing import observed

    return Message(observed(said["name"], said["value"]))


def _watched(contributed: Contributed, message: Message) -> Message:
    """The answer, and whether the plugin's code has written to an array that it was given."""
    before = [one.tobytes() for one in message.arrays]
    answer = answering.answer(contributed, message)
    after = [one.tobytes() for one in message.arrays]
    return Message({**answer.said, "wrote": before != after}, answer.arrays)


def _refuse_tampering(fingerprint: Fingerprint) -> None:
    changed = fingerprint.changed()
    if changed is not None:
        raise LiangcunError(
            Text(
                f"插件改动了 {changed}；插件只能通过钩子起作用",
                f"the plugin changes {changed}; a plugin works through its hooks alone",
            )
        )


def _settle_down(memory: int) -> None:
    """No input, no output, nothing left of the nursery's signals, and no more memory than allowed."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_DFL)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + memory,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    """The bytes of address space taken so far. Raises OSError where the system doesn't say (macOS)."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _allow_seconds(seconds: float) -> None:
    """From now on so much of the processor's time, after which the system ends this process."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        whole = int(used.ru_utime + used.ru_stime + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (whole, resource.RLIM_INFINITY))


def details_of(error: ValidationError) -> Iterator[dict[str, Any]]:
    """What is wrong with values, each with its place, for `isolation.remote` to raise again."""
    from liangcun_standards.document.complaints import complaint

    for one in error.errors(include_url=False):
        cause = one.get("ctx", {}).get("error")
        place = [*one["loc"], *(cause.at if isinstance(cause, Problem) else ())]
        yield {"place": place, "missing": one["type"] == "missing", "told": list(complaint(one))}
