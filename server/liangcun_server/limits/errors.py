"""The errors of a request that asks for too much: what the limit is, and how to ask for less."""

from __future__ import annotations

from typing import Any, ClassVar

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

_TRY_AGAIN_SECONDS = 10


class LimitExceeded(LiangcunError):
    """A request that asks for more than one request may; `details` go to `extensions` in the answer."""

    code = "LIMIT_EXCEEDED"

    def __init__(self, message: Text, **details: Any) -> None:
        super().__init__(message)
        self.details = details


class DocumentTooLarge(LimitExceeded):
    """A document of too many bytes or tokens."""

    code = "DOCUMENT_TOO_LARGE"

    @classmethod
    def of_bytes(cls, size: int, limit: int) -> DocumentTooLarge:
        """For a document of `size` bytes."""
        return cls(
            Text(
                f"查询文档有 {size:,} 字节，超过上限 {limit:,} 字节；请拆成几个请求，值放进变量",
                f"the document has {size:,} bytes, more than {limit:,}; send several requests, and values in "
                "variables",
            ),
            limit=limit,
        )

    @classmethod
    def of_tokens(cls, limit: int) -> DocumentTooLarge:
        """For a document of more than `limit` tokens."""
        return cls(
            Text(
                f"查询文档超过 {limit:,} 个词法单元；请拆成几个请求，值放进变量",
                f"the document has more than {limit:,} tokens; send several requests, and values in "
                "variables",
            ),
            limit=limit,
        )


class _Counted(LimitExceeded):
    """A count that is over its limit."""

    what: ClassVar[Text]
    way_out: ClassVar[Text]

    @classmethod
    def over(cls, count: int, limit: int) -> _Counted:
        """For `count` where no more than `limit` are allowed."""
        return cls(
            Text(
                f"{cls.what.zh} {count:,}，超过上限 {limit:,}；{cls.way_out.zh}",
                f"{cls.what.en} {count:,}, more than {limit:,}; {cls.way_out.en}",
            ),
            limit=limit,
        )


class TooDeep(_Counted):
    """Fields, values or JSON nested too deeply."""

    code = "TOO_DEEP"
    what = Text("嵌套层数为", "the request is nested as deep as")
    way_out = Text("请分几次查询，或从更深的一层查起", "ask in several requests, or start further down")


class TooManyFields(_Counted):
    """Too many fields, fragments spread out."""

    code = "TOO_MANY_FIELDS"
    what = Text("字段数（片段展开后）为", "the number of fields, fragments spread out, is")
    way_out = Text("请拆成几个请求", "send several requests")


class TooManyAliases(_Counted):
    """Too many aliased fields, fragments spread out."""

    code = "TOO_MANY_ALIASES"
    what = Text("别名数（片段展开后）为", "the number of aliases, fragments spread out, is")
    way_out = Text(
        "请改用列表字段（如 villages），或拆成几个请求",
        "ask a list field such as villages instead, or send several requests",
    )


class TooManyDirectives(_Counted):
    """Too many directives in one document."""

    code = "TOO_MANY_DIRECTIVES"
    what = Text("指令数为", "the number of directives is")
    way_out = Text("请去掉不需要的指令", "leave out those that do nothing")


class TooManyFragments(_Counted):
    """Too many fragments and operations in one document."""

    code = "TOO_MANY_FRAGMENTS"
    what = Text("片段与操作数为", "the number of fragments and operations is")
    way_out = Text("请只发送要执行的操作及其片段", "send only the operation to run and its fragments")


class TooComplex(LimitExceeded):
    """Fields that repeat so often that checking whether they agree would take too long."""

    code = "TOO_COMPLEX"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "同名字段重复太多，无法在限度内检查是否一致；请合并重复的字段",
                "fields of one name repeat too often to check that they agree; merge those that repeat",
            )
        )


class TooCostly(LimitExceeded):
    """A request whose cost is over what one request may cost."""

    code = "TOO_COSTLY"

    @classmethod
    def of(cls, cost: int, limit: int) -> TooCostly:
        """For a request of `cost` points."""
        return cls(
            Text(
                f"查询费用 {cost:,} 点，超过单次上限 {limit:,} 点；请减小 first，分页查询，或少选嵌套列表",
                f"the request costs {cost:,} points, more than the {limit:,} of one request; ask a smaller "
                "first, page by page, or fewer nested lists",
            ),
            cost=cost,
            limit=limit,
        )


class BudgetSpent(LimitExceeded):
    """A client that has spent its points for now; `details` hold the seconds to wait."""

    code = "BUDGET_SPENT"

    @classmethod
    def of(cls, cost: int, wait: int) -> BudgetSpent:
        """For a request of `cost` points that can run in `wait` seconds."""
        return cls(
            Text(
                f"点数已用完：本次需 {cost:,} 点，请在 {wait} 秒后重试，或减小查询",
                f"the points are spent: this takes {cost:,}; try again in {wait} s, or ask for less",
            ),
            cost=cost,
            retryAfter=wait,
        )


class TimedOut(LimitExceeded):
    """A request that was stopped because it took too long."""

    code = "TIMEOUT"

    @classmethod
    def after(cls, seconds: float) -> TimedOut:
        """For a request stopped after `seconds`."""
        return cls(
            Text(
                f"查询超过 {seconds:g} 秒，已停止；请减小 first 或缩小范围后重试",
                f"the request took longer than {seconds:g} s and was stopped; ask a smaller first or a "
                "smaller place",
            ),
            limit=seconds,
        )


class IntrospectionDisabled(LimitExceeded):
    """A question about the schema where the operator allows none."""

    code = "INTROSPECTION_DISABLED"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "本服务器不答复内省查询（__schema、__type）；类型见项目中的 schema/schema.graphql",
                "this server answers no introspection (__schema, __type); the types are in "
                "schema/schema.graphql",
            )
        )


class ServerBusy(LimitExceeded):
    """Long work that the server has no turn for now; nothing of it was begun."""

    code = "SERVER_BUSY"

    @classmethod
    def without_turn(cls, seconds: float) -> ServerBusy:
        """For work that waited `seconds` for its turn."""
        return cls(
            Text(
                f"服务器忙于别的导入或计算，等了 {seconds:g} 秒仍未轮到；没有写入，请稍后再试",
                f"the server is busy with other imports or analyses, and no turn came within {seconds:g} s; "
                "nothing was written, try again later",
            ),
            retryAfter=_TRY_AGAIN_SECONDS,
        )

    @classmethod
    def with_files(cls, most: int) -> ServerBusy:
        """For a file that comes while `most` others are being taken."""
        return cls(
            Text(
                f"已有 {most} 个文件正在上传或等候导入；没有写入，请稍后再试",
                f"{most} files are being uploaded or wait to be brought in; nothing was written, try again "
                "later",
            ),
            retryAfter=_TRY_AGAIN_SECONDS,
        )
