"""Texts by line, and unknown values as text that can be read back."""

import pytest
from hypothesis import given

from crm_cli.schema.node import Bare, Plain, alike
from crm_cli.store.merge import spelled, unspelled
from crm_cli.store.merge.values import merged_lines
from tests.generate import trees


@pytest.mark.parametrize(
    ("base", "late", "early", "expected"),
    [
        ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
        ("a", "a\nb", "a", "a\nb"),
        ("a\nb", "a\nb\nc\n", "A\nb", "A\nb\nc\n"),
        ("a\nb\nc\nd", "a\nc\nd", "a\nb\nc", "a\nc"),
        ("a\nb", "A\nb", "a\nB", None),
        ("a", "a\nx", "a\ny", None),
        ("a\n\nb", "a\n\nb\u2028c", "x\n\nb", "x\n\nb\u2028c"),
    ],
)
def test_two_edits_of_a_text(base: str, late: str, early: str, expected: str | None) -> None:
    assert merged_lines(base, late, early) == expected
    assert merged_lines(base, early, late) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [(Bare("1"), "1"), ("1", "'1'"), ("home", "home"), ("", "''"), (Bare(""), ""), ("'x'", "''x''"), ("it's", "it's")],
)
def test_unknown_values_say_whether_they_stood_in_quotes(value: str, text: str) -> None:
    assert spelled(value) == text
    assert alike(unspelled(text), value)


@given(value=trees())
def test_every_unknown_value_can_be_read_back(value: Plain) -> None:
    assert alike(unspelled(spelled(value)), value)
