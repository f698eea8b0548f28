"""docs/errors.md names every code that an error can have, with the status it goes with."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import liangcun_server
import liangcun_standards
from liangcun_server.http.requests import InvalidRequest
from liangcun_server.http.statuses import status_of_refusal
from liangcun_standards.errors import LiangcunError

_PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
_ROWS = dict(re.findall(r"^\| `(\w+)` \| (\d+|—) \|", _PAGE, re.MULTILINE))
# Those of no class: what graphql-core finds, what is masked, and what HTTP alone refuses.
_OTHERS = {
    "GRAPHQL_ARGUMENT_INVALID",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "GRAPHQL_VARIABLES_INVALID",
    "INTERNAL_ERROR",
    "METHOD_NOT_ALLOWED",
    "NOT_ACCEPTABLE",
    "OPERATION_NAME_NEEDED",
    "OPERATION_NOT_FOUND",
    "SUBSCRIPTION_NOT_SUPPORTED",
    "TOO_MANY_STREAMS",
}
# Set where the refusal is made, not by their code.
_OWN_STATUS = {"METHOD_NOT_ALLOWED": 405, "NOT_ACCEPTABLE": 406, "TOO_MANY_STREAMS": 503}


def _classes() -> Iterator[type[LiangcunError]]:
    """Every class of error in the server and the SDK, all of whose modules are imported."""
    for package in (liangcun_server, liangcun_standards):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__") and ".migrations" not in module.name:
                importlib.import_module(module.name)
    waiting: list[type[LiangcunError]] = [LiangcunError]
    while waiting:
        one = waiting.pop()
        if one.__module__.startswith(("liangcun_server", "liangcun_standards")):
            yield one
        waiting += one.__subclasses__()


def test_every_code_is_on_the_page_and_no_other() -> None:
    assert {one.code for one in _classes()} | _OTHERS == set(_ROWS)


def test_every_code_goes_with_the_status_that_the_page_says() -> None:
    of_requests = {one.code: one.status for one in _classes() if issubclass(one, InvalidRequest)}
    for code, shown in _ROWS.items():
        if shown == "—" or code == "TOO_DEEP":
            continue
        own = of_requests | _OWN_STATUS
        status = own.get(code) or status_of_refusal([{"extensions": {"code": code}}])
        assert (code, int(shown)) == (code, status)
