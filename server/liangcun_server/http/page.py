"""The query page: a place to try queries in the browser, with nothing loaded from elsewhere."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from liangcun_standards.text import Locale


@lru_cache
def query_page(locale: Locale) -> str:
    """The page in the reader's language."""
    page = files("liangcun_server.http").joinpath("query_page.html").read_text(encoding="utf-8")
    return page.replace('<html lang="zh">', f'<html lang="{locale}">')
