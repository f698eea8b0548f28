"""What an operation may cost: weights times list sizes, put into a formula that variables are filled into.

An upper bound, after the @cost and @listSize directives of IBM's GraphQL Cost Directives Specification:
`first` multiplies what stands under `edges` and `nodes`. What several fragments repeat counts each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    value_from_ast_untyped,
)
from graphql.type import SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef
from strawberry.schema.schema_converter import GraphQLCoreConverter

from liangcun_server.graphql.connections import MAX_FIRST, USUAL_FIRST
from liangcun_server.limits.measuring import CEILING
from liangcun_server.limits.weights import COST, LEAF, OBJECT, POINT, SIZED_BY, SIZES, USUAL_SIZE, WEIGHTS

_META_FIELDS: Mapping[str, GraphQLField] = {
    "__schema": SchemaMetaFieldDef,
    "__type": TypeMetaFieldDef,
    "__typename": TypeNameMetaFieldDef,
}
_ITEMS = {"edges", "nodes"}

Variables: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class OperationCost:
    """The cost of one operation of a valid document, for any values of its variables."""

    _steps: tuple[_Step, ...]
    _whole: _Amount
    _defaults: Variables
    # The nodes that were looked at to find the formula.
    visited: int

    @classmethod
    def of(
        cls, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> OperationCost:
        """The formula for an operation of `document`, which has been validated against `schema`."""
        compiler = _Compiler(schema, document)
        root = schema.get_root_type(operation.operation)
        assert root is not None
        plain, _ = compiler.selections(operation.selection_set, root)
        defaults = {
            one.variable.name.value: value_from_ast_untyped(one.default_value)
            for one in operation.variable_definitions or ()
            if one.default_value is not None
        }
        return cls(tuple(compiler.steps), plain, defaults, compiler.visited)

    def points(self, variables: Variables | None) -> int:
        """The cost in points, rounded up; at most a tenth of CEILING."""
        given = {**self._defaults, **(variables or {})}
        values: list[int] = []
        for step in self._steps:
            values.append(min(step.value(values, given), CEILING))
        return -(-_of(self._whole, values) // POINT)


@dataclass(frozen=True)
class _Earlier:
    """The value of an earlier step."""

    step: int


# A number known beforehand, or one that depends on variables.
_Amount: TypeAlias = int | _Earlier


def _of(amount: _Amount, values: list[int]) -> int:
    return amount if isinstance(amount, int) else values[amount.step]


class _Step(Protocol):
    """One step of a formula; steps only look back."""

    def value(self, values: list[int], variables: Variables) -> int:
        """Its value, from those of the steps before it."""


@dataclass(frozen=True)
class _Sum:
    known: int
    others: tuple[_Earlier, ...]

    def value(self, values: list[int], _variables: Variables) -> int:
        return self.known + sum(values[other.step] for other in self.others)


@dataclass(frozen=True)
class _Times:
    size: int | _Size
    amount: _Amount

    def value(self, values: list[int], variables: Variables) -> int:
        size = self.size if isinstance(self.size, int) else self.size.value(variables)
        return size * _of(self.amount, values)


@dataclass(frozen=True)
class _Unless:
    """Nothing where a variable of @skip or @include leaves it out."""

    variable: str
    left_out_when: bool
    amount: _Amount

    def value(self, values: list[int], variables: Variables) -> int:
        left_out = variables.get(self.variable) is self.left_out_when
        return 0 if left_out else _of(self.amount, values)


@dataclass(frozen=True)
class _Size:
    """A list size that a variable gives, as the number itself or as a list of that length."""

    variable: str
    usual: int
    absent: int

    def value(self, variables: Variables) -> int:
        if self.variable not in variables:
            return self.absent
        return _size(variables[self.variable], self.usual)


def _size(value: Any, usual: int) -> int:
    if isinstance(value, list):
        return len(value)
    # What is no size is refused when it runs; until then it counts as if it weren't there.
    if isinstance(value, int) and not isinstance(value, bool):
        return min(max(value, 0), MAX_FIRST)
    return usual


class _Compiler:
    """Puts the formula together; what no variable changes is added up at once."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.steps: list[_Step] = []
        self.visited = 0
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._known: dict[str, tuple[_Amount, _Amount]] = {}

    def selections(
        self, selection_set: SelectionSetNode, parent: GraphQLNamedType
    ) -> tuple[_Amount, _Amount]:
        """What the selections cost for one parent: once, and for each item where it is a connection."""
        once: list[_Amount] = []
        each: list[_Amount] = []
        for selection in selection_set.selections:
            self.visited += 1
            if isinstance(selection, FieldNode):
                is_item = selection.name.value in _ITEMS and _is_connection(parent)
                cost = self._conditional(self._field(selection, parent, is_item=is_item), selection)
                (each if is_item else once).append(cost)
            else:
                inner_once, inner_each = self._fragment(selection, parent)
                once.append(self._conditional(inner_once, selection))
                each.append(self._conditional(inner_each, selection))
        return self._sum(once), self._sum(each)

    def _fragment(self, node: SelectionNode, parent: GraphQLNamedType) -> tuple[_Amount, _Amount]:
        if isinstance(node, InlineFragmentNode):
            return self.selections(node.selection_set, self._narrowed(node.type_condition, parent))
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        if name not in self._known:
            fragment = self._fragments[name]
            type_ = self._narrowed(fragment.type_condition, parent)
            self._known[name] = self.selections(fragment.selection_set, type_)
        return self._known[name]

    def _narrowed(self, condition: NamedTypeNode | None, parent: GraphQLNamedType) -> GraphQLNamedType:
        type_ = parent if condition is None else self.schema.get_type(condition.name.value)
        assert type_ is not None
        return type_

    def _field(self, node: FieldNode, parent: GraphQLNamedType, *, is_item: bool) -> _Amount:
        name = node.name.value
        definition = _definition(parent, name)
        coordinate = f"{parent.name}.{name}"
        named = get_named_type(definition.type)
        once, each = (0, 0) if node.selection_set is None else self.selections(node.selection_set, named)
        unit = LEAF if is_leaf_type(named) else OBJECT
        weight = round(WEIGHTS.get(coordinate, _own_cost(definition)) * POINT)
        one = self._sum([unit, once, self._times(_page_size(node, definition), each)])
        if is_list_type(get_nullable_type(definition.type)) and not is_item:
            one = self._times(_list_size(node, definition, coordinate), one)
        return self._sum([weight, one])

    def _sum(self, amounts: list[_Amount]) -> _Amount:
        known = min(sum(amount for amount in amounts if isinstance(amount, int)), CEILING)
        others = tuple(amount for amount in amounts if isinstance(amount, _Earlier))
        if known == 0 and len(others) == 1:
            return others[0]
        return self._step(_Sum(known, others)) if others else known

    def _times(self, size: int | _Size, amount: _Amount) -> _Amount:
        if amount == 0:
            return 0
        if isinstance(size, int) and isinstance(amount, int):
            return min(size * amount, CEILING)
        return self._step(_Times(size, amount))

    def _conditional(self, amount: _Amount, node: SelectionNode) -> _Amount:
        for directive in node.directives or ():
            if directive.name.value not in ("skip", "include") or not directive.arguments:
                continue
            left_out_when = directive.name.value == "skip"
            condition = directive.arguments[0].value
            if isinstance(condition, VariableNode):
                amount = self._step(_Unless(condition.name.value, left_out_when, amount))
            elif isinstance(condition, BooleanValueNode) and condition.value is left_out_when:
                return 0
        return amount

    def _step(self, step: _Step) -> _Earlier:
        self.steps.append(step)
        return _Earlier(len(self.steps) - 1)


def _own_cost(definition: GraphQLField) -> float:
    """What a field that a plugin adds says that it costs, 0 for the product's own."""
    added = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return float(getattr(added, "metadata", {}).get(COST, 0))


def _definition(parent: GraphQLNamedType, name: str) -> GraphQLField:
    if name in _META_FIELDS:
        return _META_FIELDS[name]
    assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
    definition: GraphQLField = parent.fields[name]
    return definition


def _is_connection(type_: GraphQLNamedType) -> bool:
    return isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and "pageInfo" in type_.fields


def _page_size(node: FieldNode, definition: GraphQLField) -> int | _Size:
    """How many items a connection gives."""
    if "first" not in definition.args:
        return USUAL_SIZE
    return _argument_size(node, definition, "first", USUAL_FIRST)


def _list_size(node: FieldNode, definition: GraphQLField, coordinate: str) -> int | _Size:
    """How long a list is."""
    if "first" in definition.args:
        return _argument_size(node, definition, "first", USUAL_FIRST)
    usual = SIZES.get(coordinate, USUAL_SIZE)
    if coordinate in SIZED_BY:
        return _argument_size(node, definition, SIZED_BY[coordinate], usual)
    return usual


def _argument_size(node: FieldNode, definition: GraphQLField, name: str, usual: int) -> int | _Size:
    absent = _size(definition.args[name].default_value, usual)
    value = next((one.value for one in node.arguments or () if one.name.value == name), None)
    if isinstance(value, VariableNode):
        return _Size(value.name.value, usual, absent)
    return absent if value is None else _literal_size(value, usual)


def _literal_size(value: ValueNode, usual: int) -> int:
    if isinstance(value, ListValueNode):
        return len(value.values)
    if isinstance(value, NullValueNode):
        return usual
    if isinstance(value, IntValueNode):
        # No more digits than a size may have: the number itself may have thousands.
        return _size(int(value.value) if len(value.value) < 10 else MAX_FIRST, usual)
    # A single value stands for a list of one.
    return 1
