"""Trees of files: what is told apart by its quotes alone, and what is not."""

import pytest

from crm_cli.schema.node import Bare, Plain, alike, ambiguous, written
from crm_cli.store.codec import Document, emit, parse

AMBIGUOUS = [
    *("1", "-1", "+1", "007", "1_000", "1.5", "1.", ".5", "1e5", "1.5E-3", "0x1F", "0o17", "0b101", ".inf", "-.INF"),
    *("12:30", "12:30:45", "1:2.5", ".nan", "true", "NO", "On", "y", "~", "Null", "2026-11-21", "2026-1-1"),
    *("2026-11-21T10:30:00Z", "2026-11-21T10:30:00.5+05:30"),
]
PLAIN = ["home", "12a", "v1.10", "1.2.3", "+91-98", "2026-11", "no-need", "nullable", "12:3x", "yes!", "0x", "--03-14"]


@pytest.mark.parametrize("text", ["", *AMBIGUOUS])
def test_what_could_be_no_text_is_two_values(text: str) -> None:
    assert ambiguous(text)
    assert not alike(Bare(text), text)
    assert _again({"a": {"b": text}}) == {"a": {"b": text}}


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_always_text_is_one_value_with_and_without_quotes(text: str) -> None:
    assert not ambiguous(text)
    assert alike(_tree(f"a: {text}\n".encode()), _tree(f"a: '{text}'\n".encode()))


@pytest.mark.parametrize("text", [*AMBIGUOUS, *PLAIN])
def test_a_tree_that_is_written_reads_back_with_its_quotes(text: str) -> None:
    for value in (text, Bare(text) if ambiguous(text) else text):
        tree: Plain = {"a": [value, {"b": value}]}
        found = parse(emit({"a": tree}), "made/up.yaml")
        assert isinstance(found, Document)
        if text.lower() in ("~", "null") and isinstance(value, Bare):
            value = Bare("")
            tree = {"a": [value, {"b": value}]}
        assert alike(written(found.root), {"a": tree})


def _tree(data: bytes) -> Plain | None:
    found = parse(data, "made/up.yaml")
    assert isinstance(found, Document), found
    return written(found.root)


def _again(tree: dict[str, Plain]) -> Plain | None:
    return _tree(emit(tree))
