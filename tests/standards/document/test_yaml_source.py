"""YAML as a document may use it: plain values with their places, and what is refused before it is built."""

from __future__ import annotations

import math

import pytest
from tests.standards.document.documents import LAMPS, changed, refusal

from liangcun_standards.document import yaml_source
from liangcun_standards.document.yaml_source import MAX_BYTES, MAX_DEPTH, MAX_VALUES, Place, read_yaml
from liangcun_standards.errors import InvalidDocument


def said(text: str) -> str:
    with pytest.raises(InvalidDocument) as caught:
        read_yaml(text, "a.yaml")
    assert caught.value.message.zh != caught.value.message.en
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("5", 5),
        ("-5", -5),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1_000", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'5'", "5"),
        ('"true"', "true"),
        ("有", "有"),
        ("2023-01-01", "2023-01-01"),
        # YAML 1.1's traps stay text.
        ("yes", "yes"),
        ("1:30", "1:30"),
        ("0x1F", "0x1F"),
        # A leading zero is part of a code, not of a number.
        ("022", "022"),
        (".nan", ".nan"),
        ("[1, a]", [1, "a"]),
        ("{b: 1}", {"b": 1}),
    ],
)
def test_a_value_is_read_as_a_person_means_it(written: str, read: object) -> None:
    value = read_yaml(f"a: {written}", "a.yaml").values["a"]
    assert value == read
    assert type(value) is type(read)


def test_a_number_beyond_every_float_is_infinite_and_left_to_the_field_to_refuse() -> None:
    assert math.isinf(read_yaml("a: 1e400", "a.yaml").values["a"])


def test_every_value_knows_its_line_and_column() -> None:
    source = read_yaml("a:\n  - b: 1\n    有: 2\n", "a.yaml")
    assert source.place(("a", 0, "有")) == Place(3, 8)
    assert source.place(("a", 0, "有")).text("a.yaml") == "a.yaml:3:8"


def test_what_is_not_there_has_the_place_of_what_would_hold_it() -> None:
    assert read_yaml("a:\n  b: 1\n", "a.yaml").place(("a", "c", "d")) == Place(2, 3)


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    assert read_yaml("\ufeffa: 1", "a.yaml").values == {"a": 1}


def test_a_duplicate_key_is_refused_where_it_stands_the_second_time() -> None:
    error = refusal(changed("version: 2023\n", "version: 2023\nversion: 2024\n"))
    assert str(error) == "lamps.yaml:4:1: duplicate key 'version'"
    assert error.text("zh") == "lamps.yaml:4:1: 重复的键“version”"


def test_a_duplicate_key_is_found_however_it_is_quoted_and_however_deep() -> None:
    assert said('a:\n  b: 1\n  "b": 2') == "a.yaml:3:3: duplicate key 'b'"


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = 'a: &a ["x", "x"]\n' + "".join(
        f"{inner}: &{inner} [*{outer}, *{outer}, *{outer}]\n"
        for outer, inner in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert said(bomb) == "a.yaml:1:4: YAML anchors and aliases are refused; write it out"


@pytest.mark.parametrize("text", ["a: *b", "a: &b 1", "&b a: 1", "&b {a: 1}", "a: 1\nb: *a"])
def test_no_anchor_and_no_alias_is_let_in_anywhere(text: str) -> None:
    assert "anchors and aliases are refused" in said(text)


@pytest.mark.parametrize(
    "text",
    ["a: !!python/object/apply:os.system [ls]", "a: !!str 5", "a: ! 5", "!!map {a: 1}", "a: !own {b: 1}"],
)
def test_tags_are_refused(text: str) -> None:
    assert said(text).endswith("YAML tags are refused")


def test_a_second_document_is_refused() -> None:
    assert said("a: 1\n---\nb: 2") == "a.yaml:2:1: one document a file: remove the --- here"


def test_a_document_may_have_its_marks_and_directives() -> None:
    assert read_yaml("%YAML 1.2\n---\na: 1\n...\n", "a.yaml").values == {"a": 1}


def test_nesting_stops_at_the_limit() -> None:
    text = "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    assert read_yaml(text[1:-1], "a.yaml").values != []
    assert said("[" * 100_000) == f"a.yaml:1:{MAX_DEPTH + 2}: this is nested more than {MAX_DEPTH} deep"


def test_values_are_counted_while_they_are_read() -> None:
    assert said("[" + "1," * MAX_VALUES + "1]").endswith(f"there are more than {MAX_VALUES} values")


def test_a_document_larger_than_the_limit_is_not_read_at_all() -> None:
    assert said("a: " + "有" * (MAX_BYTES // 3)) == "a.yaml: the document is larger than 1 MB"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1", "a.yaml:1:6"),
        ("a: b: c", "a.yaml:1:5"),
        ("a:\n\tb: 1", "a.yaml:2:1"),
        ('a: 1\nb: "2', "a.yaml:2:6"),
        ("a: ]", "a.yaml:1:4"),
    ],
)
def test_broken_yaml_is_refused_with_its_place(text: str, place: str) -> None:
    assert said(text).startswith(f"{place}: this is not valid YAML (")


@pytest.mark.parametrize(
    ("character", "name"), [("\x00", "U+0000"), ("\x07", "U+0007"), ("\ud800", "U+D800")]
)
def test_a_control_character_is_named_with_its_place(character: str, name: str) -> None:
    assert said(f"a: 1\nb: x{character}") == f"a.yaml:2:5: there is a control character, {name}; remove it"


@pytest.mark.parametrize("text", ["", "# 只有注释\n", " \n"])
def test_an_empty_document_is_called_empty(text: str) -> None:
    assert said(text) == "a.yaml: the document is empty"


def test_a_key_must_be_text() -> None:
    assert said("? [a, b]\n: 1") == "a.yaml:1:3: a key must be text"


def test_the_smallest_document_is_within_every_limit() -> None:
    assert set(read_yaml(LAMPS, "lamps.yaml").values) > {"jurisdiction", "code", "groups"}


@pytest.mark.parametrize(
    "text",
    [
        LAMPS,
        "a: 1\n",
        "\ufeffa: 1\n",
        "%YAML 1.2\n---\na: 1\n",
        "a:\nb: 1\n",
        "a:\tb\n",
        "a: ''\nb: ~\n",
        "a: |\n  一\n  二\nb: >-\n  三\n  四\n",
        'a: "\\u8def\\/"\n',
        "a: {b: [1, 2.5, .inf], 'c': yes}\n",
        "a: [1\n  ,2]\n",
        "- 1\n- {a: 07, b: 0x1f, c: 1_000, d: 2024-01-01}\n",
        "a: 路\u2028灯\n",
        "a: b: c\n",
        "a: @b\n",
        "a: [,]\n",
        "a: &x 1\nb: *x\n",
        "a: !!str 3\n",
        "a: 1\n---\nb: 2\n",
        "a: 1\na: 2\n",
        "",
    ],
)
def test_the_parser_in_c_and_the_one_in_python_read_the_same(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def read() -> object:
        try:
            source = read_yaml(text, "a.yaml")
        except InvalidDocument as error:
            return str(error)
        return source.values, source.places

    assert yaml_source._QUICK
    quickly = read()
    monkeypatch.setattr(yaml_source, "_QUICK", False)
    assert read() == quickly
