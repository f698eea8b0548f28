"""Writes random operations that are valid for a schema: whatever one can ask, in whatever form.

Every response key stands for one field with one set of arguments throughout the document, so that selections
may be repeated and merged at will without ever being in conflict.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType

# Values to try for an argument of that name, instead of any of its type.
Hints = Mapping[str, list[Any]]

SCALARS: dict[str, Callable[[Random], Any]] = {
    "Int": lambda random: random.choice([0, 1, 2, 7, -3]),
    "Float": lambda random: random.choice([0, 0.5, -2.25, 3]),
    "String": lambda random: random.choice(["", "甲", 'a "b"\n', "x"]),
    "ID": lambda random: random.choice(["1", 2, "k"]),
    "Boolean": lambda random: random.choice([True, False]),
    "DateTime": lambda random: random.choice(["2020-01-01T00:00:00Z", "2100-01-01T00:00:00+08:00"]),
    "Period": lambda random: random.choice(["2023", "2019", "2023-Q2"]),
    "Date": lambda random: random.choice(["2024-01-31", "1999-12-31"]),
}


@dataclass(frozen=True)
class Operation:
    """An operation to run."""

    text: str
    variables: dict[str, Any]

    def __repr__(self) -> str:
        return f"{self.text}\n{self.variables}"


@dataclass
class Writer:
    """Writes one operation."""

    schema: GraphQLSchema
    random: Random
    hints: Hints = field(default_factory=dict)
    most_fields: int = 4
    # How likely (of 100) a directive, a fragment, a variable is where there may be one.
    directives: int = 12
    fragments: int = 25
    inputs: int = 35
    # How many fields with fields of their own there may be, fragments counted once.
    nested: int = 14
    _keys: dict[str, str] = field(default_factory=dict)
    _fragments: dict[str, tuple[Composite, str]] = field(default_factory=dict)
    _variables: dict[str, str] = field(default_factory=dict)
    _given: dict[str, Any] = field(default_factory=dict)

    def write(self, depth: int, kind: str = "query") -> Operation:
        """An operation whose fields nest as deep as that."""
        root = self.schema.mutation_type if kind == "mutation" else self.schema.query_type
        assert root is not None
        selections = self._selections(root, depth)
        body = [selections]
        # Only fragments and variables that are used may stand in a document.
        for name in self._used(self._fragments, "...", selections):
            type_, text = self._fragments[name]
            body.append(f"fragment {name} on {type_.name} {text}")
        variables = self._used(self._variables, "$", *body)
        declared = ", ".join(self._variables[name] for name in variables)
        head = f"{kind} Asked({declared}) " if declared else f"{kind} "
        given = {name: value for name, value in self._given.items() if name in variables}
        return Operation(head + "\n".join(body), given)

    def _used(self, names: Iterable[str], sign: str, *texts: str) -> list[str]:
        """The names that occur with their sign in the texts, or in a fragment that does."""
        found: list[str] = []
        waiting = list(texts)
        while waiting:
            words = re.findall(rf"{re.escape(sign)}(\w+)\b", waiting.pop())
            new = [word for word in dict.fromkeys(words) if word in names and word not in found]
            found += new
            waiting += [self._fragments[name][1] for name in new if sign == "..."]
        return found

    def _likely(self, share: int) -> bool:
        return self.random.randrange(100) < share

    def _selections(self, type_: Composite, depth: int) -> str:
        """A selection set of a type."""
        parts = [
            self._selection(type_, depth)
            for _ in range(self.random.randint((self.most_fields + 1) // 2, self.most_fields))
        ]
        return "{ " + " ".join(parts) + " }"

    def _selection(self, type_: Composite, depth: int) -> str:
        fields = [
            (name, own)
            for name, own in getattr(type_, "fields", {}).items()
            if (depth > 1 and self.nested > 0) or is_leaf_type(get_named_type(own.type))
        ]
        deeper = depth > 1 and self.nested > 0
        if self._likely(self.fragments) or (not fields and deeper and is_abstract_type(type_)):
            return self._fragment(type_, depth)
        if not fields or self._likely(5):
            return f"__typename{self._directive()}"
        nesting = [one for one in fields if is_composite_type(get_named_type(one[1].type))]
        name, own = self.random.choice(nesting if nesting and self._likely(50) else fields)
        return self._field(type_, name, own, depth)

    def _field(self, parent: Composite, name: str, own: GraphQLField, depth: int) -> str:
        arguments = self._arguments(own.args.items())
        text = f"{self._key(parent, name, own, arguments)}{name}{arguments}{self._directive()}"
        named = get_named_type(own.type)
        if not is_composite_type(named):
            return text
        self.nested -= 1
        return f"{text} {self._selections(named, depth - 1)}"

    def _key(self, parent: Composite, name: str, own: GraphQLField, arguments: str) -> str:
        """The alias that stands for the field with these arguments, of its own where the name won't do."""
        meaning = f"{name} {own.type} {arguments}"
        if self._likely(75) and self._keys.setdefault(name, meaning) == meaning:
            return ""
        alias = f"k{self.random.randrange(3)}_{name}"
        while self._keys.setdefault(alias, meaning) != meaning:
            alias += "_"
        return f"{alias}: "

    def _fragment(self, type_: Composite, depth: int) -> str:
        """An inline fragment or a spread, of the type itself or of one that has objects in common with it."""
        known = [name for name, (own, _text) in self._fragments.items() if self._overlaps(type_, own)]
        if known and self._likely(50):
            name = self.random.choice(known)
            # A fragment nests as deep as when it was written, which is no deeper than it would be here.
            if depth >= int(name.rpartition("_")[2]):
                return f"...{name}{self._directive()}"
        others = [own for own in self._composites() if self._overlaps(type_, own)]
        condition = self.random.choice([type_, *others])
        selections = self._selections(condition, depth)
        if self._likely(40):
            name = f"F{len(self._fragments)}_{depth}"
            self._fragments[name] = (condition, selections)
            return f"...{name}{self._directive()}"
        written = "" if condition is type_ and self._likely(50) else f" on {condition.name}"
        return f"...{written}{self._directive()} {selections}"

    def _composites(self) -> Iterable[Composite]:
        for type_ in self.schema.type_map.values():
            if is_composite_type(type_) and not type_.name.startswith("__"):
                yield type_

    def _overlaps(self, one: Composite, other: Composite) -> bool:
        return bool(self._possible(one) & self._possible(other))

    def _possible(self, type_: Composite) -> set[str]:
        if isinstance(type_, GraphQLObjectType):
            return {type_.name}
        return {own.name for own in self.schema.get_possible_types(type_)}

    def _directive(self) -> str:
        if not self._likely(self.directives):
            return ""
        name = self.random.choice(["skip", "include"])
        value = self.random.choice(["true", "false", self._boolean()])
        return f" @{name}(if: {value})"

    def _boolean(self) -> str:
        name = f"b{self.random.randrange(3)}"
        if name not in self._variables:
            default = self.random.choice(["", " = true", " = false"])
            self._variables[name] = f"${name}: Boolean!{default}"
            if not default or self._likely(50):
                self._given[name] = self._likely(50)
        return f"${name}"

    def _arguments(self, arguments: Iterable[tuple[str, GraphQLArgument]]) -> str:
        written = [
            f"{name}: {self._value(name, own.type)}"
            for name, own in arguments
            if is_required_argument(own) or self._likely(50)
        ]
        return f"({', '.join(written)})" if written else ""

    def _value(self, name: str, type_: GraphQLInputType) -> str:
        """A literal or a variable of a type."""
        if self._likely(self.inputs):
            return self._variable(name, type_)
        return self._literal(self._plain(name, type_), type_)

    def _variable(self, name: str, type_: GraphQLInputType) -> str:
        variable = f"v{len(self._variables)}"
        value = self._plain(name, type_)
        default = f" = {self._literal(value, type_)}" if value is not None and self._likely(40) else ""
        self._variables[variable] = f"${variable}: {type_}{default}"
        if (is_non_null_type(type_) and not default) or self._likely(60):
            self._given[variable] = self._plain(name, type_)
        return f"${variable}"

    def _plain(self, name: str, type_: Any) -> Any:
        """A value of a type as JSON has it."""
        if is_non_null_type(type_):
            return self._present(name, type_.of_type)
        return None if self._likely(10) else self._present(name, type_)

    def _present(self, name: str, type_: Any) -> Any:
        if is_list_type(type_):
            return [self._plain(name, type_.of_type) for _ in range(self.random.randrange(3))]
        if name in self.hints:
            return self.random.choice(self.hints[name])
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return self._input(type_)
        return SCALARS[type_.name](self.random)

    def _input(self, type_: GraphQLInputObjectType) -> dict[str, Any]:
        if type_.is_one_of:
            name, own = self.random.choice(list(type_.fields.items()))
            return {name: self._present(name, own.type)}
        chosen = [
            (name, own)
            for name, own in type_.fields.items()
            if is_required_input_field(own) or self._likely(30)
        ]
        return {name: self._plain(name, own.type) for name, own in chosen}

    def _literal(self, value: Any, type_: Any) -> str:
        """The same value as GraphQL has it."""
        inner = type_.of_type if is_non_null_type(type_) else type_
        if value is None:
            return "null"
        if is_list_type(inner):
            return "[" + ", ".join(self._literal(item, inner.of_type) for item in value) + "]"
        if isinstance(inner, GraphQLInputObjectType):
            fields = inner.fields
            return "{" + ", ".join(f"{k}: {self._literal(v, fields[k].type)}" for k, v in value.items()) + "}"
        if isinstance(inner, GraphQLEnumType):
            return str(value)
        return json.dumps(value, ensure_ascii=False)
