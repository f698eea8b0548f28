"""How large a document is: depth, fields, aliases; each fragment is looked at once, however often spread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ListValueNode,
    Node,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from liangcun_server.limits.bounds import Limits
from liangcun_server.limits.errors import (
    IntrospectionDisabled,
    LimitExceeded,
    TooDeep,
    TooManyAliases,
    TooManyDirectives,
    TooManyFields,
    TooManyFragments,
)

# Counts stop here: nested spreads double them with every fragment.
CEILING = 10**12
_INTROSPECTING = {"__schema", "__type"}


@dataclass(frozen=True)
class DocumentSize:
    """The size of a document; counts are of its largest operation, with fragments spread out."""

    depth: int
    fields: int
    aliases: int
    # Of the document as it is written.
    directives: int
    definitions: int
    value_depth: int
    introspects: bool
    # The nodes that were looked at to find this out.
    visited: int

    def excess(self, limits: Limits) -> LimitExceeded | None:
        """What is over the limits, the first there is."""
        counted = (
            (TooManyFragments, self.definitions, limits.max_fragments),
            (TooManyDirectives, self.directives, limits.max_directives),
            (TooDeep, max(self.depth, self.value_depth), limits.max_depth),
            (TooManyAliases, self.aliases, limits.max_aliases),
            (TooManyFields, self.fields, limits.max_fields),
        )
        for error, count, limit in counted:
            if count > limit:
                return error.over(count, limit)
        if self.introspects and not limits.introspection:
            return IntrospectionDisabled()
        return None


def measure(document: DocumentNode) -> DocumentSize:
    """The size of a document that has been parsed, whether it is valid or not.

    A fragment that spreads itself counts once in itself: validation refuses it.
    """
    bodies = [_body(one) for one in document.definitions]
    fragments: dict[str, _Body] = {}
    for definition, body in zip(document.definitions, bodies, strict=True):
        if isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = body
    for name in _inner_first(fragments):
        fragments[name].spread_out(fragments)
    operations = [
        body
        for definition, body in zip(document.definitions, bodies, strict=True)
        if isinstance(definition, OperationDefinitionNode)
    ]
    for body in operations:
        body.spread_out(fragments)
    # Without an operation there is nothing to run, and validation says so.
    largest = operations or bodies
    return DocumentSize(
        depth=max((body.depth for body in largest), default=0),
        fields=max((body.fields for body in largest), default=0),
        aliases=max((body.aliases for body in largest), default=0),
        directives=sum(body.directives for body in bodies),
        definitions=len(bodies),
        value_depth=max((body.value_depth for body in bodies), default=0),
        introspects=any(body.introspects for body in bodies),
        visited=sum(body.visited for body in bodies),
    )


@dataclass
class _Body:
    """What stands in one operation or fragment; after `spread_out` with its fragments' contents."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    value_depth: int = 0
    introspects: bool = False
    visited: int = 0
    # The fragments spread in it, with the depth at which each is.
    spreads: list[tuple[str, int]] = field(default_factory=list)
    whole: bool = False

    def spread_out(self, fragments: dict[str, _Body]) -> None:
        """Add what the fragments hold, those that are whole themselves."""
        for name, depth in self.spreads:
            inner = fragments.get(name)
            if inner is not None and inner.whole:
                self.fields = min(self.fields + inner.fields, CEILING)
                self.aliases = min(self.aliases + inner.aliases, CEILING)
                self.depth = max(self.depth, depth + inner.depth)
        self.whole = True


def _body(definition: Node) -> _Body:
    """Walk over one definition, without recursion: what was parsed may be deeper than the stack."""
    body = _Body()
    _add_values(body, definition)
    top = getattr(definition, "selection_set", None)
    waiting: list[tuple[SelectionSetNode, int]] = [] if top is None else [(top, 0)]
    while waiting:
        selections, depth = waiting.pop()
        for selection in selections.selections:
            body.visited += 1
            _add_values(body, selection)
            if isinstance(selection, FragmentSpreadNode):
                body.spreads.append((selection.name.value, depth))
                continue
            inner_depth = depth
            if isinstance(selection, FieldNode):
                inner_depth += 1
                body.fields += 1
                body.aliases += selection.alias is not None
                body.depth = max(body.depth, inner_depth)
                body.introspects |= selection.name.value in _INTROSPECTING
            inner: SelectionSetNode | None = selection.selection_set  # type: ignore[attr-defined]
            if inner is not None:
                waiting.append((inner, inner_depth))
    return body


def _add_values(body: _Body, node: Node) -> None:
    """Count directives and how deep values are nested: in arguments, and in the defaults of variables."""
    values: list[tuple[Node, int]] = []
    for holder in (node, *(getattr(node, "variable_definitions", None) or ())):
        directives = getattr(holder, "directives", None) or ()
        body.directives += len(directives)
        for one in (holder, *directives):
            values += [(argument.value, 0) for argument in getattr(one, "arguments", None) or ()]
        default = getattr(holder, "default_value", None)
        if default is not None:
            values.append((default, 0))
    while values:
        value, depth = values.pop()
        body.visited += 1
        if isinstance(value, ObjectFieldNode):
            values.append((value.value, depth))
            continue
        inner: Iterable[Node] = ()
        if isinstance(value, ListValueNode):
            inner = value.values
        elif isinstance(value, ObjectValueNode):
            inner = value.fields
        else:
            continue
        body.value_depth = max(body.value_depth, depth + 1)
        values += [(one, depth + 1) for one in inner]


def _inner_first(fragments: dict[str, _Body]) -> Iterator[str]:
    """The names of the fragments, those that a fragment spreads before it, where they go in no circle."""
    seen: set[str] = set()
    for first in fragments:
        waiting = [(first, False)]
        while waiting:
            name, after_its_spreads = waiting.pop()
            if after_its_spreads:
                yield name
            elif name in fragments and name not in seen:
                seen.add(name)
                waiting.append((name, True))
                waiting += [(spread, False) for spread, _ in fragments[name].spreads]
