"""Edits by position: all of them at once, each line with its own end."""

import pytest

from crm_cli.store.codec.edits import Clash, Edits

TEXT = "one\r\ntwo\nthree"


def test_without_edits_the_text_is_the_same():
    assert Edits(TEXT, "\n").result(last_break=False) == TEXT


def test_positions_are_those_of_the_original_text():
    edits = Edits(TEXT, "\n")
    edits.replace(TEXT.index("three"), len(TEXT), "3")
    edits.replace(0, 3, "1\n1")
    edits.put(edits.line(TEXT.index("two")), ["and"])
    edits.put(-1, ["top"])
    assert edits.result(last_break=False) == "top\n1\n1\r\ntwo\nand\n3"


def test_a_dropped_last_line_leaves_the_last_break_missing():
    edits = Edits(TEXT, "\n")
    edits.drop(2)
    assert edits.result(last_break=False) == "one\r\ntwo"
    assert edits.result(last_break=True) == "one\r\ntwo\n"


def test_lines_put_behind_a_dropped_one_take_its_place():
    edits = Edits(TEXT, "\r\n")
    edits.drop(1)
    edits.put(1, ["2", "2b"])
    assert edits.result(last_break=False) == "one\r\n2\r\n2b\r\nthree"


def test_a_span_over_several_lines_joins_them():
    edits = Edits(TEXT, "\n")
    edits.replace(1, TEXT.index("hree"), "-")
    assert edits.result(last_break=False) == "o-hree"


def test_everything_may_go():
    edits = Edits("one\n", "\n")
    edits.drop(0)
    edits.drop(1)
    assert edits.result(last_break=False) == ""


def test_two_edits_of_the_same_bytes_clash():
    edits = Edits(TEXT, "\n")
    edits.replace(0, 3, "1")
    edits.replace(1, 2, "x")
    with pytest.raises(Clash):
        edits.result(last_break=False)
