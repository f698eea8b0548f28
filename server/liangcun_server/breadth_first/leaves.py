"""Scalars and enums, completed a whole column at a time where the values' own types allow it.

Each built-in scalar gives a value of exactly its own Python type back as it is, within its range; for a
column of such values there is nothing to do but to look. Any other column is left to the scalar itself.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from math import isfinite
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
)
from strawberry.schema.schema_converter import CustomGraphQLEnumType

# (values, whether they may be null) -> the completed values, or None: the scalar has to see each.
AtOnce = Callable[[list[Any], bool], list[Any] | None]

_NONE = type(None)


def at_once(type_: GraphQLLeafType) -> AtOnce | None:
    """What completes a column of the type at once, None where nothing does."""
    coerce = getattr(type_, "coerce_output_value", None)
    if type(type_) is CustomGraphQLEnumType:
        return _enum_members(type_)
    if isinstance(type_, GraphQLEnumType):
        return None
    return next((own for scalar, own in _BUILT_IN if scalar.coerce_output_value is coerce), None)


def _present(values: list[Any], kind: type, nullable: bool) -> list[Any] | None:
    """The values that aren't null, or None when one isn't of that very type."""
    kinds = set(map(type, values))
    kinds.discard(kind)
    if not kinds:
        return values
    if nullable and kinds == {_NONE}:
        return [value for value in values if value is not None]
    return None


def _texts(values: list[Any], nullable: bool) -> list[Any] | None:
    return None if _present(values, str, nullable) is None else values


def _booleans(values: list[Any], nullable: bool) -> list[Any] | None:
    return None if _present(values, bool, nullable) is None else values


def _integers(values: list[Any], nullable: bool) -> list[Any] | None:
    present = _present(values, int, nullable)
    if present is None:
        return None
    fits = not present or (min(present) >= GRAPHQL_MIN_INT and max(present) <= GRAPHQL_MAX_INT)
    return values if fits else None


def _floats(values: list[Any], nullable: bool) -> list[Any] | None:
    present = _present(values, float, nullable)
    return values if present is not None and all(map(isfinite, present)) else None


def _enum_members(type_: CustomGraphQLEnumType) -> AtOnce | None:
    """By the member's name: hashing the member itself would call Python code."""
    members: Any = type_.wrapped_cls
    names: dict[str | None, str | None] = {}
    for member in members.__members__.values():
        with suppress(Exception):  # What the type can't serialise is left to it, to say so.
            names[member._name_] = type_.coerce_output_value(member)
    names_or_null = {**names, None: None}

    def complete(values: list[Any], nullable: bool) -> list[Any] | None:
        present = _present(values, members, nullable)
        if present is None:
            return None
        try:
            if present is values:
                return [names[value._name_] for value in values]
            return [names_or_null[None if value is None else value._name_] for value in values]
        except KeyError:
            return None

    return complete


_BUILT_IN: tuple[tuple[Any, AtOnce], ...] = (
    (GraphQLString, _texts),
    (GraphQLID, _texts),
    (GraphQLInt, _integers),
    (GraphQLFloat, _floats),
    (GraphQLBoolean, _booleans),
)
