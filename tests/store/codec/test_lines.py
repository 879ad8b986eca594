"""The quick reader reads ordinary files as the YAML parsers do, and leaves all others to them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.store.codec.engine import read_events
from crm_cli.store.codec.lines import read_lines
from crm_cli.store.codec.scan import Scanned, scan
from tests.store.codec.layouts import layouts

ORDINARY = """\
# a record
name: Asha Sharma
organization: acme-textiles-b4x8w2

emails:
  - asha@acme.example   # first
phones:
- mobile: "+91 98765 43210"
  note: 'from 9'
-   work: "+91 22 2778 0000"
addresses:
  - office:
      street: 12 Ring Road
      city:
cadence: 6w                 # keep in touch
url: http://acme.example/a:b#c -d
notes: |
  Met at the trade fair.

    # no comment

  Prefers WhatsApp.

# after
lost: |-
  one
kept: |+
  two


last:
"""
ODD = [
    "a: [b]", "a: {b: c}", "a: >\n  b", "a: |2\n   b", "a: | # c\n  b", "a: x\n  y", "a: 'x\n  y'", 'a: "\\n"',
    "a: 'it''s'", '"a": b', "a : b", "? a\n: b", "a: &x b", "a: !x b", "a: *x", "a: @x", "a:\tb", "a: b\r\n",
    "-", "- a", "a:\n  -\n    b: c", "a:\n  - - b", "a: b: c", "a: b\n c: d", "a:\n  b: c\n d: e",
    "a: 1\na: 2", "a: |\nb: c", "a:\n- b\nc\n", "text", "", "# only", "---\na: b", "a: |\n    \n  b",
    "a: |\n  b", "a: |+\n  b", "a: 'x'#c", "a:\n  - b\n  c: d", "a: \u00a0b",
    "".join(f"{'  ' * n}a{n}:\n" for n in range(17)), "a: b\n" * 6000,
]  # fmt: skip


def _by_events(text: str):
    scanned = scan(text.encode(), "x")
    return read_events(scanned, "x", pure=False) if isinstance(scanned, Scanned) else scanned


def test_an_ordinary_file_is_read_like_the_parsers_read_it():
    tree = read_lines(ORDINARY)
    assert tree is not None
    assert tree == _by_events(ORDINARY)


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text)[:30])
def test_what_is_not_ordinary_is_left_to_the_parsers(text):
    assert read_lines(text) is None


@given(layouts())
def test_where_it_answers_it_answers_like_the_parsers(data):
    text = data.decode("utf-8-sig")
    tree = read_lines(text)
    assert tree is None or tree == _by_events(text)


LINES = [
    "a: x", "b:", "c: |", "d: |-", "e: |+", 'f: "q r"', "g: 's'", "- x", "- y: z", "- w:", "-   v", "# c", "",
    "x", "key", "h: >", "k: [a]", "l: - x", "m : n", "o: 1 ", "p: a  b", "q: @x", 'r: "a" "b"', 's: "a"#c',
    "t: a #", "u: a#b", "v:x", "w:|", "- #c", "-", "x: -", "y: ---", 'z: "a\\n"', "---", "...", "- |",
    "- A: |", "- - x", "B: c: d", "é: ü", "C: 'x",
]  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from(LINES)), min_size=1, max_size=8),
    st.sampled_from(["\n", "", "\n\n", "\n  "]),
)
def test_lines_put_together_at_random_are_read_alike_or_not_at_all(lines, end):
    text = "\n".join(" " * indent + line for indent, line in lines) + end
    tree = read_lines(text)
    assert tree is None or tree == _by_events(text)


@given(st.randoms(use_true_random=False))
def test_a_damaged_ordinary_file_is_read_alike_or_not_at_all(rnd: random.Random):
    chars = list(ORDINARY)
    for _ in range(rnd.randrange(1, 4)):
        place = rnd.randrange(len(chars))
        chars[place : place + rnd.randrange(3)] = rnd.choice(["", "\n", "  ", ":", "- ", "#", '"', "'", "|", "x"])
    text = "".join(chars)
    tree = read_lines(text)
    assert tree is None or tree == _by_events(text)
