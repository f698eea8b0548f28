"""Which operation of a document runs: the one named, or the only one there is."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLError, OperationDefinitionNode
from strawberry.extensions import SchemaExtension

from liangcun_standards.text import Locale, Text


class RequireOperationName(SchemaExtension):
    """Refuses a document of several operations when none is named; Strawberry would run the first."""

    def on_parse(self) -> Iterator[None]:
        yield
        context = self.execution_context
        # Strawberry's own `operation_name` names the first operation where the client named none.
        if context.graphql_document is None or context._provided_operation_name is not None:
            return
        definitions = context.graphql_document.definitions
        operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
        if len(operations) > 1:
            locale: Locale = getattr(context.context, "locale", "zh")
            words = Text(
                "文档里有多个操作，请用 operationName 指明一个",
                "the document holds several operations; name one with operationName",
            )
            error = GraphQLError(
                words.pick(locale), operations[1], extensions={"code": "OPERATION_NAME_NEEDED"}
            )
            context.pre_execution_errors = [error]
