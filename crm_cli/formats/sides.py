"""Two versions of a value beside each other, in lines of so many cells: what both begin with alike is left out."""

from collections.abc import Sequence
from typing import Any

from crm_cli.base.text import visible, width
from crm_cli.formats.cells import cell

MOST_LINES = 12
NOTHING = "(nothing)"
_JOINERS = "\u200d\u094d"


def value_lines(value: Any) -> list[str]:
    """A value in lines: those of a text, a key or an item each."""
    if value in (None, "", [], {}):
        return [NOTHING]
    if isinstance(value, dict):
        return [visible(f"{key}: {cell(part)}") for key, part in value.items()]
    if isinstance(value, list):
        return [f"- {visible(cell(part))}" for part in value]
    return [visible(line) for line in str(value).rstrip("\n").split("\n")]


def both(left: list[str], right: list[str], cells: int) -> tuple[list[str], list[str]]:
    """Both sides in lines of so many cells. What long texts begin with alike is left out, and so is their end."""
    same = 0
    if max(len(left), len(right)) > MOST_LINES:
        while same < min(len(left), len(right)) and left[same] == right[same]:
            same += 1
    above = [f"… {same} lines alike"] if same > 1 else []
    return (above + _capped(left[same * (same > 1) :], cells), above + _capped(right[same * (same > 1) :], cells))


def _capped(lines: Sequence[str], cells: int) -> list[str]:
    out = [part for line in lines for part in folded([line], cells)]
    more = len(out) - MOST_LINES
    return [*out[:MOST_LINES], f"… {more} more lines"] if more > 1 else out


def folded(lines: Sequence[str], room: int, indent: str = "") -> list[str]:
    """Lines of at most so many cells, broken between words, and within one that is too long between syllables."""
    out = []
    for line in lines:
        made = [""]
        for word in line.split(" "):
            pieces = _pieces(word, room - len(indent))
            joined = f"{made[-1]} {pieces[0]}" if made[-1] else pieces[0]
            if width(joined) <= room - len(indent):
                made[-1] = joined
            else:
                made.append(pieces[0])
            made += pieces[1:]
        out += made
    return [indent + line for line in out]


def _pieces(word: str, room: int) -> list[str]:
    """A word in pieces of at most so many cells; a sign stays with the letter that it belongs to."""
    pieces = [""]
    for char in word:
        fits = width(pieces[-1] + char) <= room
        bound = not width(char) or pieces[-1].endswith(tuple(_JOINERS))
        if pieces[-1] and not fits and not bound:
            pieces.append(char)
        else:
            pieces[-1] += char
    return pieces
