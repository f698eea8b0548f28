"""Errors as a client gets them: a stable code, the reader's language, nothing of the inside."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import structlog
from graphql import GraphQLError, GraphQLSyntaxError, VariableDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import PreExecutionError

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Locale, Text

_log = structlog.get_logger("liangcun.graphql")


class ExplainErrors(SchemaExtension):
    """Gives every error its `extensions.code`; what nobody expected is logged and masked.

    Syntax and validation errors keep their words: they are about the client's own document.
    """

    async def on_operation(self) -> AsyncIterator[None]:
        yield
        context = self.execution_context
        locale: Locale = getattr(context.context, "locale", "zh")
        result = context.result
        errors = getattr(result, "errors", None)
        if errors:
            ran = not isinstance(result, PreExecutionError)
            result.errors = [explained(error, locale, ran=ran) for error in errors]  # type: ignore[union-attr]


def explained(error: GraphQLError, locale: Locale, *, ran: bool = False) -> GraphQLError:
    """The error for the client; `ran` says that it comes from executing a valid document."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, LiangcunError):
        return _rewritten(error, cause.text(locale), {"code": cause.code, **getattr(cause, "details", {})})
    if cause is None or isinstance(cause, GraphQLError) or _is_of_a_variable(error):
        code = _code(error, ran=ran)
        return _rewritten(error, error.message, {"code": code, **(error.extensions or {})})
    incident = uuid.uuid4().hex[:12]
    _log.error("unexpected error", incident=incident, path=error.path, exc_info=cause)
    words = Text(
        f"服务器内部错误，编号 {incident}；请把编号告诉管理员",
        f"something went wrong inside the server; tell the administrator the number {incident}",
    )
    return _rewritten(error, words.pick(locale), {"code": "INTERNAL_ERROR", "incident": incident})


def _is_of_a_variable(error: GraphQLError) -> bool:
    """Whether it says that the value of a variable is wrong, whatever the scalar's own reason was."""
    return error.path is None and any(isinstance(node, VariableDefinitionNode) for node in error.nodes or ())


def _code(error: GraphQLError, *, ran: bool) -> str:
    """The code of an error in graphql-core's own words."""
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    if not ran:
        return "GRAPHQL_VALIDATION_FAILED"
    return "GRAPHQL_VARIABLES_INVALID" if error.path is None else "GRAPHQL_ARGUMENT_INVALID"


def _rewritten(error: GraphQLError, message: str, extensions: dict[str, object]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
