"""`liangcun token`: the operator's token, shown when it is made and never again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liangcun_server.cli.language import words
from liangcun_server.cli.options import DatabaseUrl, Language
from liangcun_server.cli.output import note, say
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from liangcun_server.application import Application

token = group("操作员令牌：经接口写入时用 / the operator's token, for writing through the API")


@token.command("renew")
def renew(database_url: DatabaseUrl = None, language: Language = None) -> None:
    """换一个新令牌，旧的立即失效 / make a new token; the one before ends at once."""
    from liangcun_server.cli.session import ask
    from liangcun_server.initialising import AUTHOR
    from liangcun_server.operators.tokens import issue_token

    async def work(application: Application) -> str | None:
        return await issue_token(application.database, author=AUTHOR, reason="换操作员令牌", anew=True)

    made = ask(work, database_url=database_url)
    assert made is not None
    # Alone on its line of standard output, so that a script can take it up.
    say(made)
    note(
        words(
            "请妥善保存，不会再显示；旧令牌已失效",
            "keep it safe, it isn't shown again; the old one has ended",
        )
    )


async def show_first_token(application: Application) -> None:
    """Issue a database's first token and show it; says nothing where there is one."""
    from liangcun_server.initialising import AUTHOR
    from liangcun_server.operators.tokens import has_token, issue_token

    async with application.database.read() as connection:
        if await has_token(connection):
            return
    made = await issue_token(application.database, author=AUTHOR, reason="建库：操作员令牌")
    if made is None:
        return
    say(
        words(
            f"操作员令牌（只显示这一次，经接口写入时用）：{made}",
            f"the operator's token (shown this once; writing through the API takes it): {made}",
        )
    )
