"""What only the operator may do, and the setting by which reading is among it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from liangcun_server.graphql.context import LiangcunInfo, RequestContext
from liangcun_server.graphql.errors import explained
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

_HEADER = "Authorization: Bearer …"


class OperatorTokenNeeded(LiangcunError):
    """A request without the operator's token that asks for what only the operator may do."""

    code = "OPERATOR_TOKEN_NEEDED"


class WrongOperatorToken(LiangcunError):
    """A request with a token that isn't the operator's."""

    code = "WRONG_OPERATOR_TOKEN"


async def require_operator(info: LiangcunInfo) -> None:
    """Raises OperatorTokenNeeded or WrongOperatorToken unless the operator asks."""
    await require_operator_of(info.context)


class RequireOperator(SchemaExtension):
    """Runs no operation but the operator's, where reading isn't open. Not even the document is read."""

    async def on_parse(self) -> AsyncIterator[None]:
        context = self.execution_context.context
        assert isinstance(context, RequestContext)
        try:
            await require_operator_of(context)
        except LiangcunError as error:
            # What ends an operation here passes no extension on its way out, so it is put into words now.
            raise explained(GraphQLError(error.text("en"), original_error=error), context.locale) from error
        yield


async def require_operator_of(context: RequestContext) -> None:
    """Raises OperatorTokenNeeded or WrongOperatorToken unless the operator asks."""
    if await context.is_operator():
        return
    if context.token is None:
        raise OperatorTokenNeeded(
            Text(
                f"这需要操作员令牌：请在请求头里带上 {_HEADER}；令牌在建库（liangcun init）时显示过一次，"
                "遗失了用 liangcun token renew 换新的",
                f"this needs the operator's token: send it as {_HEADER}; liangcun init showed it once, and "
                "liangcun token renew replaces a lost one",
            )
        )
    raise WrongOperatorToken(
        Text(
            "操作员令牌不对；可能已被换过（liangcun token renew 再换一个）",
            "that isn't the operator's token; it may have been replaced (liangcun token renew makes another)",
        )
    )
