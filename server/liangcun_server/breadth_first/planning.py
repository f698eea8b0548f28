"""Plans an operation once: which fields of which type, resolved how, in which order.

A plan holds for one operation and one outcome of its @skip and @include. Selections below a field depend on
the type of object found there, so each is planned when objects of that type first turn up, and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.executor import Executor
from graphql.type.introspection import TypeNameMetaFieldDef

from liangcun_server.breadth_first.leaves import AtOnce, at_once
from liangcun_server.breadth_first.resolvers import Resolver, resolver_of


class Kind(Enum):
    """What completes a value."""

    LEAF = "scalar or enum"
    LIST = "list"
    OBJECT = "object"
    ABSTRACT = "interface or union"


@dataclass(slots=True)
class Shape:
    """A field's or list item's type, taken apart: its named type (for a list that of its items at last).

    `python_types` keeps which Python classes turned out to be which object type, where Strawberry's own
    rules say so by the class alone.
    """

    kind: Kind
    nullable: bool
    graphql_type: GraphQLOutputType
    item: Shape | None = None
    at_once: AtOnce | None = None
    python_types: dict[type, GraphQLObjectType] = field(default_factory=dict)

    @property
    def leaf_type(self) -> GraphQLLeafType:
        """The scalar or enum of a LEAF."""
        assert is_leaf_type(self.graphql_type)
        return self.graphql_type

    @property
    def object_type(self) -> GraphQLObjectType:
        """The object type of an OBJECT."""
        assert isinstance(self.graphql_type, GraphQLObjectType)
        return self.graphql_type

    @property
    def abstract_type(self) -> GraphQLAbstractType:
        """The interface or union of an ABSTRACT."""
        assert is_abstract_type(self.graphql_type)
        return self.graphql_type

    @classmethod
    def of(cls, type_: GraphQLOutputType) -> Shape:
        """The shape of a type."""
        nullable = not is_non_null_type(type_)
        inner: Any = type_.of_type if is_non_null_type(type_) else type_
        if is_list_type(inner):
            return cls(Kind.LIST, nullable, inner, item=cls.of(inner.of_type))
        if is_leaf_type(inner):
            return cls(Kind.LEAF, nullable, inner, at_once=at_once(inner))
        return cls(Kind.ABSTRACT if is_abstract_type(inner) else Kind.OBJECT, nullable, inner)


class PlannedField:
    """A field of a selection: what answers under one response key, merged from all nodes that ask for it."""

    __slots__ = (
        "definition",
        "details",
        "key",
        "name",
        "nodes",
        "parent_type",
        "rank",
        "resolver",
        "selections",
        "shape",
    )

    def __init__(
        self,
        key: str,
        rank: int,
        parent_type: GraphQLObjectType,
        definition: GraphQLField,
        details: FieldDetailsList,
        resolver: Resolver,
    ) -> None:
        self.key = key
        self.rank = rank
        self.parent_type = parent_type
        self.definition = definition
        self.details = details
        self.nodes: list[FieldNode] = [one.node for one in details]
        self.name = self.nodes[0].name.value
        self.resolver = resolver
        self.shape = Shape.of(definition.type)
        self.selections: dict[str, Selection] = {}


@dataclass(frozen=True, slots=True)
class Selection:
    """The fields asked of objects of a type, and the dict that answers for one of them before they are known.

    The dict has all keys in the order of the answer, so that fields may be completed in any order.
    """

    type: GraphQLObjectType
    fields: tuple[PlannedField, ...]
    template: dict[str, Any]


class OperationPlan:
    """The plan of an operation. `wrapped`: every resolver runs inside middleware.

    `size` is how many fields have been planned so far; it grows as objects of more types turn up.
    """

    __slots__ = ("root", "size", "wrapped")

    def __init__(self, root: Selection, *, wrapped: bool) -> None:
        self.root = root
        self.wrapped = wrapped
        self.size = 1 + len(root.template)

    def below(self, executor: Executor[Any], parent: PlannedField, type_: GraphQLObjectType) -> Selection:
        """What is asked of objects of a type that are values of the field.

        Raises GraphQLError when a directive on the way is given what it can't take.
        """
        selection = parent.selections.get(type_.name)
        if selection is None:
            collected = collect_subfields(
                executor.schema,
                executor.fragments,
                executor.variable_values,
                executor.operation,
                type_,
                parent.details,
                executor.hide_suggestions,
            )
            selection = plan_selection(executor, type_, collected.grouped_field_set, wrapped=self.wrapped)
            parent.selections[type_.name] = selection
            self.size += 1 + len(selection.template)
        return selection


def plan_operation(executor: Executor[Any], root_type: GraphQLObjectType, *, wrapped: bool) -> OperationPlan:
    """The plan of the executor's operation. Raises GraphQLError as OperationPlan.below does."""
    collected = collect_fields(
        executor.schema,
        executor.fragments,
        executor.variable_values,
        root_type,
        executor.operation,
        executor.hide_suggestions,
    )
    root = plan_selection(executor, root_type, collected.grouped_field_set, wrapped=wrapped)
    return OperationPlan(root, wrapped=wrapped)


def plan_selection(
    executor: Executor[Any], type_: GraphQLObjectType, grouped: GroupedFieldSet, *, wrapped: bool
) -> Selection:
    """The fields of a type, without those that the type doesn't have: an answer leaves them out."""
    template: dict[str, Any] = {}
    fields: list[PlannedField] = []
    for key, details in grouped.items():
        definition = executor.schema.get_field(type_, details[0].node.name.value)
        if definition is None:
            continue
        if definition is TypeNameMetaFieldDef and not wrapped:
            template[key] = type_.name
            continue
        template[key] = None
        resolver = resolver_of(executor.schema, definition, wrapped=wrapped)
        fields.append(PlannedField(key, len(template), type_, definition, details, resolver))
    return Selection(type_, tuple(fields), template)


@dataclass(frozen=True, slots=True)
class Directives:
    """What an operation's directives mean for planning it."""

    # The variables that @skip and @include read, in alphabetical order.
    conditions: tuple[str, ...]
    incremental: bool

    @classmethod
    def of(
        cls, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
    ) -> Directives:
        """Read the directives of the operation and of every fragment in its document."""
        conditions: set[str] = set()
        incremental = False
        waiting: list[SelectionSetNode] = [operation.selection_set]
        waiting += [fragment.selection_set for fragment in fragments.values()]
        while waiting:
            for node in waiting.pop().selections:
                for directive in node.directives or ():
                    name = directive.name.value
                    incremental = incremental or name in ("defer", "stream")
                    if name in ("skip", "include"):
                        values = [argument.value for argument in directive.arguments or ()]
                        conditions |= {one.name.value for one in values if isinstance(one, VariableNode)}
                if isinstance(node, (FieldNode, InlineFragmentNode)) and node.selection_set is not None:
                    waiting.append(node.selection_set)
        return cls(tuple(sorted(conditions)), incremental)
