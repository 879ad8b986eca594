"""JSON that keeps digits, refuses what is ambiguous, and cannot steer a terminal."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.errors import BadValue
from crm_cli.formats.jsontext import MAX_DEPTH, dump, dump_tight, load

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def _typed(value: Any) -> Any:
    """With numbers beside their types, since 1 equals True and Decimal(1)."""
    if isinstance(value, dict):
        return {key: _typed(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_typed(part) for part in value]
    return (type(value).__name__, str(value))


@given(VALUES)
def test_what_is_written_reads_back_with_its_digits(value: Any) -> None:
    text = dump(value)
    assert "\n" not in text
    assert _typed(load(text)) == _typed(value)
    assert load(dump_tight(value)) == value


@given(TEXTS)
def test_any_json_reader_gets_the_same_text(text: str) -> None:
    assert json.loads(dump([text])) == [text]


def test_numbers_keep_the_digits_that_were_written() -> None:
    assert dump({"a": Decimal("1.10"), "b": Decimal("1E+3"), "c": -5}) == '{"a": 1.10, "b": 1000, "c": -5}'
    assert str(load("1.10")) == "1.10"


def test_keys_stay_in_their_order_and_hindi_stays_readable() -> None:
    assert dump({"z": "आशा शर्मा", "a": None}) == '{"z": "आशा शर्मा", "a": null}'
    assert dump_tight({"z": [1, "a"]}) == '{"z":[1,"a"]}'


def test_what_steers_a_terminal_is_escaped() -> None:
    assert dump("\x1b[31m\x7f\x9b\u202e\u2028") == r'"\u001b[31m\u007f\u009b\u202e\u2028"'


def test_a_text_that_looks_like_a_marked_number_stays_a_text() -> None:
    assert dump(["decimal-0123456789abcdef:5", Decimal("5.0")]) == '["decimal-0123456789abcdef:5", 5.0]'


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), object(), {1, 2}])
def test_what_json_cannot_say_is_a_bug_of_the_caller(value: Any) -> None:
    with pytest.raises(TypeError):
        dump(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1, "a": 2}', "the key 'a' stands twice"),
        ('{"a": {"b": 1, "b": 1}}', "the key 'b' stands twice"),
        ("[NaN]", "NaN"),
        ("-Infinity", "-Infinity"),
        ("{'a': 1}", "column 2"),
        ('{\n "a": 1,\n}', "line 3, column 1"),
        ("", "column 1"),
        ("1 2", "column 3"),
        (r'["\ud800"]', "surrogate"),
        (r'{"\ud800": 1}', "surrogate"),
        (r'{"a": [{"b": "\udc00"}]}', "surrogate"),
        ("9" * 5000, "5000 digits"),
        ("0." + "9" * 5000, "digits"),
        ("1e9999999", "out of all proportion"),
        ("-1e99999999999999999999999", "out of all proportion"),
        ("[" * 100_000, "levels"),
        ('{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1), "levels"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    with pytest.raises(BadValue, match=says):
        load(text)


def test_brackets_in_texts_are_no_levels() -> None:
    assert load('["' + "[{" * 500 + r"\"" + '"]') == ["[{" * 500 + '"']


def test_so_many_levels_are_fine() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert dump(load(text)) == text
    assert load("[" + ", ".join(["[]"] * 200) + "]") == [[]] * 200
