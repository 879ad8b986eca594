"""Answers as YAML are the same values as in JSON, to a reader of YAML 1.2 and to one of 1.1."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crm_cli.formats import yamltext

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    st.sampled_from("a \n\t#:-'\"|>é\u2028&*!%@`{[,]}?0yn")
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def _yaml(values: list[Any]) -> str:
    return "".join(yamltext.lines(values))


def _read(text: str, version: tuple[int, int]) -> Any:
    yaml = YAML(typ="safe", pure=True)
    yaml.version = version
    return yaml.load(text)


@given(st.lists(VALUES, max_size=4))
@example([["a\n b\n\n", "x\n\n\ny", "\n", " a\nb", "a\r\nb", "a\n\tb", "- a\nb", "# a\nb", "a\n#b", "a\n  "]])
@example([{"n": "no", "yes": "on", "date": "2026-11-21", "time": "12:30", "num": "0x1F", "e": "1e5", "null": "~"}])
@example([[[], {}, [[]], [{}], [{"a": []}], [[1, [2]], [{"a": 1, "b": 2}]]]])
@example([["---\na", "...\nb", "a\n---\nb", "a\n...\nb"]])
@example([["null ", "Yes", "y", "inf", ".inf", "=", "<<", "a: b", "a #b", "a#b", "http://x"]])
@pytest.mark.parametrize("version", [(1, 1), (1, 2)])
def test_any_reader_gets_the_same_values(version: tuple[int, int], values: list[Any]) -> None:
    assert _read(_yaml(values), version) == values


def test_it_reads_like_a_file_of_the_book() -> None:
    record = {
        "id": "asha-sharma-k7m3q9",
        "name": "आशा शर्मा",
        "phones": [{"label": "mobile", "value": "+91 98765 43210"}],
        "tags": ["vip", "yes"],
        "rate": Decimal("1.10"),
        "pinned": True,
        "archived": None,
        "extra": {},
        "notes": "Met at the fair.\n\nLikes tea.\n",
    }
    assert _yaml([record]) == (
        "- id: asha-sharma-k7m3q9\n"
        "  name: आशा शर्मा\n"
        "  phones:\n"
        "    - label: mobile\n"
        '      value: "+91 98765 43210"\n'
        "  tags:\n"
        "    - vip\n"
        '    - "yes"\n'
        "  rate: 1.10\n"
        "  pinned: true\n"
        "  archived: null\n"
        "  extra: {}\n"
        "  notes: |\n"
        "    Met at the fair.\n"
        "\n"
        "    Likes tea.\n"
    )


def test_nothing_is_an_empty_list() -> None:
    assert _yaml([]) == "[]\n"


def test_what_steers_a_terminal_is_escaped() -> None:
    text = _yaml([{"name": "\x1b[31m\u202e", "notes": "a\nb\x9b"}])
    assert text == '- name: "\\u001b[31m\\u202e"\n  notes: "a\\nb\\u009b"\n'
