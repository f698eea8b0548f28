"""Documents are read, measured and validated once, and kept within bounds, with what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from graphql import specified_rules
from tests.server.limits.documents import aliases, conflicting, directives, doubling, nested

from liangcun_server.graphql.schema import build_schema
from liangcun_server.limits import documents
from liangcun_server.limits.bounds import DEFAULTS, Limits
from liangcun_server.limits.documents import Documents, PreparedDocument
from liangcun_standards.errors import LiangcunError

_SCHEMA = build_schema()._schema


def _prepared(text: str, limits: Limits = DEFAULTS, *, suggestions: bool = False) -> PreparedDocument:
    return Documents(_SCHEMA, limits, suggestions=suggestions).prepare(text, specified_rules)


def _code(prepared: PreparedDocument) -> str | None:
    """The code of the only error, None where it is in graphql-core's own words."""
    (error,) = prepared.errors
    return error.original_error.code if isinstance(error.original_error, LiangcunError) else None


def test_a_document_is_read_and_validated_once() -> None:
    kept = Documents(_SCHEMA, DEFAULTS)

    first = kept.prepare("{ __typename }", specified_rules)

    assert first.errors == []
    assert kept.prepare("{ __typename }", specified_rules) is first
    assert kept.prepare("{  __typename }", specified_rules) is not first
    assert first.cost(_SCHEMA, None) is first.cost(_SCHEMA, None)


@pytest.mark.parametrize("text", ["{", "{ nothing }", aliases(200), conflicting(400), nested(210)])
def test_what_is_wrong_with_a_document_is_found_once(text: str) -> None:
    kept = Documents(_SCHEMA, DEFAULTS)

    first = kept.prepare(text, specified_rules)

    assert len(first.errors) == 1
    assert kept.prepare(text, specified_rules) is first
    # Kept for long, it keeps none of the frames that it was raised through.
    assert first.errors[0].__traceback__ is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("#" + "x" * 100_000 + "\n{ __typename }", "DOCUMENT_TOO_LARGE"),
        (aliases(2_000), "DOCUMENT_TOO_LARGE"),
        ("#\n" * 6_000 + "{ __typename }", "DOCUMENT_TOO_LARGE"),
        (aliases(1_500), "TOO_MANY_ALIASES"),
        (directives(1_600), "DOCUMENT_TOO_LARGE"),
        (directives(500), "TOO_MANY_DIRECTIVES"),
        (nested(21), "TOO_DEEP"),
        (nested(250), "TOO_DEEP"),
        ("{ a(b: " + "[" * 300 + "]" * 300 + ") }", "TOO_DEEP"),
        (doubling(19), "TOO_MANY_FIELDS"),
        (doubling(90), "TOO_MANY_FIELDS"),
        (doubling(500), "DOCUMENT_TOO_LARGE"),
        (conflicting(600), "DOCUMENT_TOO_LARGE"),
        (conflicting(400), "TOO_COMPLEX"),
        ("{" + "__typename " * 4_900 + "}", "TOO_MANY_FIELDS"),
        ("{" + "__typename " * 1_900 + "}", "TOO_COMPLEX"),
        ("query A{__typename}" * 101, "TOO_MANY_FRAGMENTS"),
    ],
)
def test_documents_made_to_be_hard_are_refused_with_the_code_of_the_limit(text: str, code: str) -> None:
    assert _code(_prepared(text)) == code


def test_a_few_hundred_fragments_are_refused_by_validation_when_no_limit_does_it_before() -> None:
    # graphql-core's own bound on how deep fragments go.
    unlimited = Limits(max_tokens=10**6, max_fields=10**13, max_fragments=10**6)

    assert _code(_prepared(doubling(500), unlimited)) == "TOO_COMPLEX"


def test_a_text_that_quotes_the_parsers_words_is_a_syntax_error_all_the_same() -> None:
    prepared = _prepared('{ "nested too deeply. Parsing aborted." }')

    assert _code(prepared) is None


def test_of_many_errors_a_client_gets_the_first_ones() -> None:
    prepared = _prepared("{" + " ".join(f"nothing{n}" for n in range(100)) + "}")

    assert len(prepared.errors) == 20


def test_fragments_that_repeat_each_others_fields_are_fine_within_reason() -> None:
    fields = "code name level parent { name }"
    spreads = " ".join(f"...F{n}" for n in range(20))
    text = f'{{ region(code: "220722") {{ {spreads} }} }}'
    text += "".join(f" fragment F{n} on Region {{ {fields} }}" for n in range(20))

    assert _prepared(text).errors == []


@pytest.mark.parametrize(
    "text", ["{ regoin { name } }", '{ region(coed: "1") { name } }', "{ ...F } fragment F on Qery { a }"]
)
def test_nothing_of_the_schema_is_suggested_unless_asked_for(text: str) -> None:
    said = [error.message for error in _prepared(text).errors]
    suggested = [error.message for error in _prepared(text, suggestions=True).errors]

    assert not any("Did you mean" in message for message in said)
    assert any("Did you mean" in message for message in suggested)


@pytest.mark.parametrize(
    "text_of", [lambda n: f"{{ a{n}: __typename }}", lambda n: f"{{ {n}", lambda n: f"{{ nothing{n} }}"]
)
def test_no_more_documents_are_kept_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch, text_of: Callable[[int], str]
) -> None:
    monkeypatch.setattr(documents, "_KEPT_DOCUMENTS", 5)
    kept = Documents(_SCHEMA, DEFAULTS)
    first = kept.prepare(text_of(0), specified_rules)

    for n in range(1, 20):
        kept.prepare(text_of(n), specified_rules)
        assert len(kept) <= 5
        kept.prepare(text_of(0), specified_rules)

    assert kept.prepare(text_of(0), specified_rules) is first


def test_large_documents_leave_room_for_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    small = "{ __typename }"
    monkeypatch.setattr(documents, "_KEPT_BYTES", 100_000)
    kept = Documents(_SCHEMA, DEFAULTS)
    before = kept.prepare(small, specified_rules)

    for n in range(20):
        kept.prepare(f"{{ {'#' * 30_000}\n a{n}: __typename }}", specified_rules)
        assert len(kept) <= 4

    assert kept.prepare(small, specified_rules) is not before


def test_a_lone_surrogate_is_a_syntax_error() -> None:
    assert _code(_prepared('{ region(code: "\ud800") { name } }')) is None


def test_a_document_of_more_bytes_than_the_limit_is_told_how_many() -> None:
    limits = replace(DEFAULTS, max_document_bytes=20)

    (error,) = _prepared('{ a(b: "村村村村") }', limits).errors

    assert "24" in error.message
    assert "20" in error.message
