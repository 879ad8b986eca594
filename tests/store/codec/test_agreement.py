"""Whatever a file holds, reading it raises nothing, and both YAML parsers give one answer."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.schema.problem import Problem
from crm_cli.store.codec import Document, parse
from crm_cli.store.codec.engine import read_events
from crm_cli.store.codec.scan import Scanned, scan
from tests.effort import sample
from tests.store.codec.layouts import layouts

SAMPLE = """\
# contacts
name: आशा शर्मा
"key" : 'it''s'
h: >-
  x

   y
  z
flow: {b: [c, d: e], "f": g, h: 12:30}
i: "q
  r\\
  s \\u0041"
k:
- - l
  - m
-   n: o   # p
    q: r
t: |+
  s


# u
v: w #x
tab:\ty
? z
: last
"""
ATOMS = [
    "a", "b", "key", ": ", ":", " ", "  ", "\n", "\n", "\n  ", "\n    ", "- ", "-", "? ", "?", "[", "]", "{",
    "}", ", ", ",", '"', "'", "#", " # c", "|", ">", "|-", ">+", "|2", "\t", "&x", "*x", "!t", "<<", "---",
    "...", "%", "@", "`", "\\", "\\n", "\r\n", "\r", "é", "😀", "\u2028", "\ufeff", "\x85", "\xa0", "\x00", "~",
    "http://x", "12:30", '""', "''", "\n- ", "\n  - ", "a: ", "b: ", "c:\n", "\n\n", "=", "0", "=======",
    "<<<<<<< ", "\\\n", "\\x41", "\\ud800",
]  # fmt: skip


def _agree(data: bytes) -> None:
    quick = parse(data, "x.yaml")
    assert isinstance(quick, Document | Problem)
    assert quick == parse(data, "x.yaml", pure=True)
    scanned = scan(data, "x.yaml")
    if isinstance(scanned, Scanned):
        assert read_events(scanned, "x.yaml", False) == read_events(scanned, "x.yaml", True)


def test_a_file_cut_off_at_any_byte():
    data = SAMPLE.encode()
    for end in range(len(data)):
        _agree(data[:end])


def test_a_crlf_file_cut_off_at_every_third_byte():
    data = b"\xef\xbb\xbf" + SAMPLE.replace("\n", "\r\n").encode()
    for end in range(0, len(data), 3):
        _agree(data[:end])


@given(st.randoms(use_true_random=False))
@settings(max_examples=sample(60, 150))
def test_a_damaged_file(rnd: random.Random):
    chars = list(SAMPLE)
    for _ in range(rnd.randrange(1, 6)):
        place = rnd.randrange(len(chars))
        chars[place : place + rnd.randrange(4)] = rnd.choice(["", rnd.choice(ATOMS), "".join(rnd.choices(chars, k=4))])
    _agree("".join(chars).encode())


@given(st.lists(st.sampled_from(ATOMS), max_size=14))
@settings(max_examples=sample(60, 150))
def test_pieces_of_yaml_in_any_order(pieces):
    _agree("".join(pieces).encode())


@given(st.lists(st.sampled_from(ATOMS), max_size=8))
@settings(max_examples=sample(40, 100))
def test_a_value_of_any_pieces(pieces):
    _agree(f"a: {''.join(pieces)}\nb: c\n".encode())


@given(st.binary(max_size=200))
def test_bytes_of_any_kind(data):
    _agree(data)


@given(layouts())
def test_files_as_people_lay_them_out(data):
    assert isinstance(parse(data, "x.yaml"), Document)
    _agree(data)
