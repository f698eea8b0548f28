"""What a client would like to get: the media type by Accept, the language by Accept-Language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from starlette.requests import Request

from liangcun_standards.text import LOCALES, Locale

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"

# A comma or semicolon inside quotes parts nothing.
_PARTS = {mark: re.compile(rf'((?:[^{mark}"]|"(?:[^"\\]|\\.)*"?)+)') for mark in ",;"}
# What browsers and libraries send is shorter; a longer header is read each time, and not kept.
_LONGEST_KEPT = 500
_WEIGHT = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


class MediaType(NamedTuple):
    """A media type or a range of them, in small letters, with its parameters but q, which is `weight`."""

    name: str
    parameters: dict[str, str]
    weight: float = 1.0


def media_types(headers: Iterable[str]) -> Iterator[MediaType]:
    """The media types in header lines, as RFC 9110 writes them; what isn't written so is left out."""
    for header in headers:
        for part in _PARTS[","].findall(header):
            name, *written = [one.strip() for one in _PARTS[";"].findall(part)] or [""]
            pairs = [one.partition("=") for one in written]
            parameters = {
                key.strip().lower(): value.strip().strip('"').lower() for key, _, value in pairs if value
            }
            weight = parameters.pop("q", "1")
            if name.count("/") == 1 and _WEIGHT.fullmatch(weight):
                yield MediaType(name.lower(), parameters, float(weight))


def preferred_media(request: Request, offered: Sequence[str]) -> str | None:
    """The media type to answer in, of those offered; None when the client takes none of them.

    Between types that a client likes as much, the one goes first that it names, or names first; then the
    first that is offered, which a client gets that says nothing.
    """
    accepted = tuple(request.headers.getlist("accept"))
    choose = _chosen if sum(map(len, accepted)) <= _LONGEST_KEPT else _chosen.__wrapped__
    return choose(accepted, tuple(offered))


# Clients of one kind all send the same headers.
@lru_cache(maxsize=1024)
def _chosen(accepted: tuple[str, ...], offered: tuple[str, ...]) -> str | None:
    ranges = list(media_types(accepted))
    if not ranges:
        return None if accepted and accepted[0].strip() else offered[0]
    chosen: tuple[tuple[float, int, int], str] | None = None
    for media in offered:
        # What a client says of the type itself goes before what it says of a range.
        found = [
            (specificity, -place, one.weight)
            for place, one in enumerate(ranges)
            if (specificity := _specificity(one, media)) is not None
        ]
        if not found:
            continue
        specificity, place, weight = max(found)
        rank = (weight, specificity, place)
        if weight > 0 and (chosen is None or rank > chosen[0]):
            chosen = (rank, media)
    return None if chosen is None else chosen[1]


def preferred_locale(request: Request) -> Locale:
    """The reader's language by Accept-Language; Chinese unless English comes first."""
    written = ",".join(request.headers.getlist("accept-language"))
    choose = _chosen_locale if len(written) <= _LONGEST_KEPT else _chosen_locale.__wrapped__
    return choose(written)


@lru_cache(maxsize=1024)
def _chosen_locale(written: str) -> Locale:
    best: tuple[float, Locale] = (0.0, "zh")
    for part in written.split(","):
        tag, _, weight = part.replace(" ", "").lower().partition(";q=")
        for locale in LOCALES:
            if tag.split("-")[0] == locale and _WEIGHT.fullmatch(weight or "1"):
                best = max(best, (float(weight or 1), locale), key=lambda one: one[0])
    return best[1]


def _specificity(wanted: MediaType, media: str) -> int | None:
    """How closely a range means a type, None when it doesn't; every answer is in UTF-8."""
    if wanted.parameters.get("charset", "utf-8") not in ("utf-8", "utf8", "*"):
        return None
    if wanted.name == media:
        return 2
    if wanted.name == media.split("/")[0] + "/*":
        return 1
    return 0 if wanted.name == "*/*" else None
