"""Documents made ready to run: parsed, measured, validated, and kept, since clients send few that differ."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    parse,
    validate,
)
from graphql.language.parser import MAX_NESTING_DEPTH
from graphql.validation.validate import ValidationAbortedError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from liangcun_server.limits.bounds import Limits
from liangcun_server.limits.costs import OperationCost
from liangcun_server.limits.errors import DocumentTooLarge, LimitExceeded, TooComplex, TooDeep
from liangcun_server.limits.measuring import DocumentSize, measure
from liangcun_standards.errors import LiangcunError

# A client mends the first few and asks again.
_MAX_ERRORS = 20
# Steps in comparing fields of one name, about a tenth of a second; graphql-core allows half a million.
_COMPARISONS = 20_000
_KEPT_BYTES = 40_000_000
_KEPT_DOCUMENTS = 1_000
# What a token takes in memory once parsed, as measured.
_BYTES_OF_A_TOKEN = 400


class _BoundedMergeRule(OverlappingFieldsCanBeMergedRule):
    """Whether fields of one name agree, given up earlier than graphql-core would."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = _COMPARISONS


@dataclass(eq=False)
class PreparedDocument:
    """A document and what is wrong with it, if anything is; without `document` it couldn't be read."""

    document: DocumentNode | None
    errors: Sequence[GraphQLError] = ()
    size: DocumentSize | None = None
    # About how much memory it takes.
    memory: int = 0
    _costs: dict[str | None, OperationCost] = field(default_factory=dict)

    def cost(self, schema: GraphQLSchema, operation_name: str | None) -> OperationCost:
        """The cost of an operation in it, by name or the only one; the document must have no errors."""
        if operation_name not in self._costs:
            assert self.document is not None
            operation = next(
                one
                for one in self.document.definitions
                if isinstance(one, OperationDefinitionNode)
                and operation_name in (None, one.name and one.name.value)
            )
            self._costs[operation_name] = OperationCost.of(schema, self.document, operation)
        return self._costs[operation_name]


class Documents:
    """The documents of one schema, the most recent ones kept by hash with their errors.

    Parsing stops at the limit of tokens, and what is cheap to find comes before validation, which isn't.
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, suggestions: bool = False) -> None:
        self._schema = schema
        self._limits = limits
        self._suggestions = suggestions
        self._kept: OrderedDict[bytes, PreparedDocument] = OrderedDict()
        self._memory = 0

    def __len__(self) -> int:
        return len(self._kept)

    def prepare(self, text: str, rules: Sequence[type[ASTValidationRule]]) -> PreparedDocument:
        """The document in `text`, validated by `rules`."""
        # A lone surrogate is no text, and the parser says so.
        written = text.encode("utf-8", "surrogatepass")
        if len(written) > self._limits.max_document_bytes:
            too_large = DocumentTooLarge.of_bytes(len(written), self._limits.max_document_bytes)
            return PreparedDocument(None, [_as_graphql(too_large)])
        key = hashlib.sha256(written).digest()
        kept = self._kept.get(key)
        if kept is None:
            kept = self._prepared(text, rules)
            kept.memory = len(written)
            if kept.document is not None:
                kept.memory += (kept.document.token_count or 0) * _BYTES_OF_A_TOKEN
            self._keep(key, kept)
        else:
            self._kept.move_to_end(key)
        return kept

    def _prepared(self, text: str, rules: Sequence[type[ASTValidationRule]]) -> PreparedDocument:
        document = self._parsed(text)
        if isinstance(document, GraphQLError):
            return PreparedDocument(None, [document])
        size = measure(document)
        excess = size.excess(self._limits)
        errors = self._validated(document, rules) if excess is None else [_as_graphql(excess)]
        return PreparedDocument(document, errors, size)

    def _parsed(self, text: str) -> DocumentNode | GraphQLError:
        limit = self._limits.max_tokens
        try:
            return parse(text, max_lexical_tokens=limit, max_comments=limit)
        except GraphQLSyntaxError as error:
            # graphql-core has no error of its own for this; what it quotes of the text ends in a quote.
            if error.message.endswith("nested too deeply. Parsing aborted."):
                return _as_graphql(TooDeep.over(MAX_NESTING_DEPTH, self._limits.max_depth))
            if error.message.endswith("Parsing aborted."):
                return _as_graphql(DocumentTooLarge.of_tokens(limit))
            # Kept for long, it mustn't keep the frames that it was raised through.
            return error.with_traceback(None)

    def _validated(
        self, document: DocumentNode, rules: Sequence[type[ASTValidationRule]]
    ) -> list[GraphQLError]:
        bounded = [_BoundedMergeRule if rule is OverlappingFieldsCanBeMergedRule else rule for rule in rules]
        errors = validate(
            self._schema,
            document,
            # Those that Strawberry adds to the ones of the specification.
            (*bounded, MaybeNullValidationRule, OneOfInputValidationRule),
            max_errors=_MAX_ERRORS,
            hide_suggestions=not self._suggestions,
        )
        found = [error for error in errors if not isinstance(error, ValidationAbortedError)]
        if len(found) < len(errors) and len(found) < _MAX_ERRORS:
            return [_as_graphql(TooComplex())]
        return [_as_found(error) for error in found]

    def _keep(self, key: bytes, prepared: PreparedDocument) -> None:
        self._kept[key] = prepared
        self._memory += prepared.memory
        while self._memory > _KEPT_BYTES or len(self._kept) > _KEPT_DOCUMENTS:
            _, oldest = self._kept.popitem(last=False)
            self._memory -= oldest.memory


def _as_found(error: GraphQLError) -> GraphQLError:
    """A validation error without what a scalar raised on a value, unless that explains itself.

    It would look like a failure of the server: an integer of 5,000 digits is a ValueError to Python.
    """
    if error.original_error is None or isinstance(error.original_error, LiangcunError):
        return error.with_traceback(None)
    return GraphQLError(error.message, error.nodes, extensions=error.extensions)


def _as_graphql(error: LimitExceeded) -> GraphQLError:
    return GraphQLError(error.message.en, original_error=error)
