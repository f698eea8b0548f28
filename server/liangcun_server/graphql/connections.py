"""Relay connections with keyset cursors: a page goes on after a key, never after a count."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Generic, TypeVar

import orjson
import strawberry

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

MAX_FIRST = 1000
USUAL_FIRST = 50

Node = TypeVar("Node")


class InvalidPage(LiangcunError):
    """A page size out of bounds, or a cursor that this API never gave."""

    code = "INVALID_PAGE"


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="One item of a page, with the cursor to go on after it.")
class Edge(Generic[Node]):
    node: Node
    cursor: str


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    edges: list[Edge[Node]]
    page_info: PageInfo

    @strawberry.field(description="The items themselves, for clients that need no cursors.")
    def nodes(self) -> list[Node]:
        return self.items()  # type: ignore[return-value]

    def items(self) -> Sequence[Node]:
        """The items of the page."""
        return [edge.node for edge in self.edges]


def page_info(cursors: list[str], *, has_next: bool, after: str | None) -> PageInfo:
    """The page info of a page with these cursors."""
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=after is not None,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


def check_first(first: int | None) -> int:
    """`first` when it is a page size, the usual one for null. Raises InvalidPage otherwise."""
    if first is None:
        return USUAL_FIRST
    if not 0 <= first <= MAX_FIRST:
        raise InvalidPage(
            Text(
                f"first 应在 0 到 {MAX_FIRST} 之间，而不是 {first}",
                f"first must be between 0 and {MAX_FIRST}, not {first}",
            ),
            where="first",
        )
    return first


def encode_cursor(*key: str | float) -> str:
    """An opaque cursor for a key."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> tuple[str | float, ...]:
    """The key in a cursor, whose parts are of `kinds`. Raises InvalidPage for anything else."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        key = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError):
        key = None
    fits = isinstance(key, list) and len(key) == len(kinds)
    if not fits or not all(isinstance(part, kind) for part, kind in zip(key, kinds, strict=True)):
        raise InvalidPage(
            Text(
                "after 不是本接口给出的游标，请使用上一页的 endCursor",
                "after is no cursor of this list; use the endCursor of the page before",
            ),
            where="after",
        )
    return tuple(key)
