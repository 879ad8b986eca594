"""Two versions of a value beside each other."""

from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.text import width
from crm_cli.formats.sides import MOST_LINES, both, folded, value_lines


def test_values_of_every_shape_are_lines() -> None:
    assert value_lines(None) == ["(nothing)"]
    assert value_lines({"city": "Pune", "zip": None}) == ["city: Pune", "zip: "]
    assert value_lines(["a", "b\x1b"]) == ["- a", "- b\\x1b"]
    assert value_lines("one\ntwo\n") == ["one", "two"]


def test_what_long_texts_begin_with_alike_is_left_out_and_so_is_their_end() -> None:
    same = [f"line {number}" for number in range(40)]
    left, right = both([*same, "mine"], [*same, *("theirs" for _ in range(40))], 20)
    assert left == ["… 40 lines alike", "mine"]
    assert right[0] == "… 40 lines alike"
    assert right[-1] == f"… {40 - MOST_LINES} more lines"


@given(st.text(st.sampled_from("ab शर्मा\u200d漢 "), max_size=60), st.integers(4, 30))
def test_no_folded_line_is_wider_than_the_room_and_no_letter_is_lost(text: str, room: int) -> None:
    lines = folded([text], room)
    assert all(width(line) <= room + 4 for line in lines)  # a syllable is never torn
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
