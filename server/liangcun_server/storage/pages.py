"""Pages of a keyset listing: the items, and whether more follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item", covariant=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """`items` in the order of their key; `has_next` when more follow after the last of them."""

    items: tuple[Item, ...]
    has_next: bool

    @classmethod
    def of(cls, found: Sequence[Item], first: int) -> Page[Item]:
        """A page of at most `first` items from a listing that was asked for one more than that."""
        return cls(tuple(found[:first]), len(found) > first)
