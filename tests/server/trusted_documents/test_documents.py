"""Trusted documents: how they are named, where they come from, and what is said of those that don't fit."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.server.conftest import SCHEMA

from liangcun_server.settings import Settings
from liangcun_server.trusted_documents import (
    TrustedDocuments,
    UnknownDocument,
    document_id,
    load_trusted_documents,
    shipped_ids,
)
from liangcun_server.trusted_documents.files import UnreadableFolder

_FINE = 'query County { region(code: "220722") { name } }\n'
_OTHER = "query Plugins { plugins { name } }"


def _load(folder: Path, **shipped: str) -> TrustedDocuments:
    return TrustedDocuments.load(SCHEMA._schema, shipped, folder)


# The example of GraphQL over HTTP, appendix A (Persisted Documents), and its identifier there.
_EXAMPLE = "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}"
_EXAMPLE_ID = "sha256:7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e"


def test_a_document_is_named_as_the_specification_names_its_example() -> None:
    assert document_id(_EXAMPLE) == _EXAMPLE_ID


def test_files_in_the_folder_and_below_are_found_by_the_hash_of_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "county.graphql").write_bytes(_FINE.encode())
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "plugins.graphql").write_bytes(_OTHER.encode())
    (tmp_path / "README.md").write_text("not a document")

    trusted = _load(tmp_path)

    assert trusted.problems == ()
    assert trusted.find(f"sha256:{hashlib.sha256(_FINE.encode()).hexdigest()}") == _FINE
    assert trusted.find(document_id(_OTHER)) == _OTHER
    assert len(trusted.texts) == 2


def test_line_ends_count(tmp_path: Path) -> None:
    windows = _FINE.replace("\n", "\r\n")
    (tmp_path / "county.graphql").write_bytes(windows.encode())

    trusted = _load(tmp_path)

    assert trusted.allows(windows)
    assert not trusted.allows(_FINE)


def test_a_folder_of_ones_own_comes_beside_what_is_shipped(tmp_path: Path) -> None:
    (tmp_path / "county.graphql").write_text(_FINE)

    trusted = _load(tmp_path, **{"Plugins.graphql": _OTHER})

    assert trusted.allows(_FINE)
    assert trusted.allows(_OTHER)


@pytest.mark.parametrize("prefix", ["", "sha256:"])
def test_a_manifest_as_code_generators_write_it_is_read(tmp_path: Path, prefix: str) -> None:
    digest = hashlib.sha256(_OTHER.encode()).hexdigest()
    (tmp_path / "persisted-documents.json").write_text(json.dumps({prefix + digest: _OTHER}))

    trusted = _load(tmp_path)

    assert trusted.problems == ()
    assert trusted.find(f"sha256:{digest}") == _OTHER


def test_the_prefix_may_be_left_out_when_asking(tmp_path: Path) -> None:
    (tmp_path / "county.graphql").write_text(_FINE)

    assert _load(tmp_path).find(document_id(_FINE).removeprefix("sha256:")) == _FINE


def test_a_request_gives_its_text_or_its_identifier_or_both(tmp_path: Path) -> None:
    (tmp_path / "county.graphql").write_text(_FINE)
    trusted = _load(tmp_path)

    assert trusted.choose("{ anything }", None) == "{ anything }"
    assert trusted.choose(None, document_id(_FINE)) == _FINE
    assert trusted.choose(_FINE, document_id(_FINE)) == _FINE
    assert trusted.choose(None, None) is None


def test_a_text_under_another_documents_identifier_is_refused(tmp_path: Path) -> None:
    (tmp_path / "county.graphql").write_text(_FINE)

    with pytest.raises(UnknownDocument, match="isn't the SHA-256 of query"):
        _load(tmp_path).choose(_OTHER, document_id(_FINE))


@pytest.mark.parametrize(
    "identifier",
    ["", "sha256:", _EXAMPLE_ID, document_id(_FINE).upper(), "md5:" + document_id(_FINE)[7:], "x" * 10_000],
)
def test_an_identifier_that_nothing_has_is_refused_with_the_way_out(tmp_path: Path, identifier: str) -> None:
    (tmp_path / "county.graphql").write_text(_FINE)

    with pytest.raises(UnknownDocument) as caught:
        _load(tmp_path).find(identifier)

    assert caught.value.code == "PERSISTED_DOCUMENT_NOT_FOUND"
    assert "LIANGCUN_TRUSTED_DOCUMENTS" in caught.value.message.zh
    assert len(caught.value.message.en) < 300


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("query {\n  region(code: 1 { name }\n}", ":2:18", "Syntax Error"),
        ("query {\n  village { name }\n}", ":2:3", "'Query.village(code:)'"),
        ("{\n  nothing\n}", ":2:3", "'nothing'"),
        ("fragment Part on Region { name }", ":1:1", "'Part' is never used"),
        ("", ":1:1", "Unexpected <EOF>"),
    ],
)
def test_a_document_that_can_not_run_is_told_with_file_line_and_column(
    tmp_path: Path, text: str, where: str, said: str
) -> None:
    (tmp_path / "wrong.graphql").write_text(text)
    (tmp_path / "fine.graphql").write_text(_FINE)

    trusted = _load(tmp_path)

    problem = trusted.problems[0]
    assert problem.text("en").startswith(f"{tmp_path / 'wrong.graphql'}{where}: ")
    assert said in problem.message.en
    assert "可信文档不能" in problem.message.zh
    assert trusted.allows(_FINE)


def test_who_asks_for_a_document_that_can_not_run_gets_it_and_so_its_errors(tmp_path: Path) -> None:
    (tmp_path / "old.graphql").write_text("{ nothing }")

    assert _load(tmp_path).find(document_id("{ nothing }")) == "{ nothing }"


def test_a_file_of_types_holds_no_operation(tmp_path: Path) -> None:
    (tmp_path / "types.graphql").write_text("type Region { name: String }")

    (problem, *_) = _load(tmp_path).problems

    assert "types.graphql:1:1" in str(problem.where)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.graphql", 'query { region(code: "长岭") { name } }'.encode("gbk"), "UTF-8"),
        ("a.json", b"{", "not valid JSON"),
        ("a.json", b"[1]", "must be an object"),
        ("a.json", b'{"abc": "{ plugins { name } }"}', "not the document's SHA-256"),
        ("a.json", b'{"abc": 5}', "not the document's SHA-256"),
    ],
)
def test_a_file_that_can_not_be_read_is_told_and_nothing_of_it_taken(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)

    trusted = _load(tmp_path)

    (problem,) = trusted.problems
    assert said in problem.message.en
    assert str(problem.where).startswith(str(tmp_path / name))
    assert trusted.texts == {}


def test_what_is_wrong_with_the_documents_of_the_settings_is_logged(tmp_path: Path) -> None:
    (tmp_path / "old.graphql").write_text("{ nothing }")
    (tmp_path / "fine.graphql").write_text(_FINE)

    with capture_logs() as lines:
        trusted = load_trusted_documents(Settings(trusted_documents=tmp_path), SCHEMA._schema)

    assert trusted.allows(_FINE)
    assert [(line["log_level"], line["event"]) for line in lines] == [("warning", "trusted document unfit")]
    assert "old.graphql:1:3" in lines[0]["zh"]


def test_without_a_folder_the_shipped_documents_are_trusted() -> None:
    trusted = load_trusted_documents(Settings(), SCHEMA._schema)

    assert set(trusted.texts) == set(shipped_ids().values())


def test_a_folder_that_is_not_there_is_told_by_its_setting(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFolder) as caught:
        _load(tmp_path / "none")

    assert caught.value.text("zh").startswith("LIANGCUN_TRUSTED_DOCUMENTS: ")
    assert str(tmp_path / "none") in caught.value.message.en
