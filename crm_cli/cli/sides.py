"""Two versions of a value side by side on a terminal: what is shown now to the left, what lost to the right."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from crm_cli.base.text import clip, visible, width
from crm_cli.cli.page import BOLD
from crm_cli.formats.cells import cell
from crm_cli.services.conflicts.listing import Aside

INDENT = "  "
BETWEEN = " │ "
MOST_LINES = 12
NOTHING = "(nothing)"
_JOINERS = "\u200d\u094d"


def draw_sides(found: Sequence[Aside], room: int, *, colored: bool) -> Iterator[str]:
    """The lines of all that is kept aside, each thing below the record that it belongs to."""
    before = None
    for one in found:
        if one.id != before:
            yield from [""] if before is not None else []
            yield from heading(one, room, colored=colored)
        before = one.id
        yield from draw_entry(one, room, colored=colored)


def heading(one: Aside, room: int, *, colored: bool) -> Iterator[str]:
    """Whose value it is: name, kind and id."""
    bold = BOLD if colored else "{}"
    id = f"{one.record} {visible(one.id)}"
    if not one.name:
        yield bold.format(clip(visible(one.id), room))
    elif width(visible(one.name)) + len(INDENT) + width(id) <= room:
        yield f"{bold.format(visible(one.name))}{INDENT}{id}"
    else:
        yield bold.format(clip(visible(one.name), room))
        yield INDENT + id


def draw_entry(one: Aside, room: int, *, colored: bool, other: str = "other") -> Iterator[str]:
    """One field: its name, what it was, both sides; `other` is what the right one is called."""
    if one.field is None:
        yield from folded([visible(str(one.other))], room, INDENT)
        return
    yield ""
    name = (BOLD if colored else "{}").format(clip(visible(one.field), room - len(INDENT)))
    was = "; ".join(_lines(one.base)) if one.base is not None else ""
    known = width(visible(one.field)) + len(INDENT) * 2
    yield INDENT + name + (f"{INDENT}{clip(f'was: {was}', room - known)}" if was and known + 12 < room else "")
    half = (room - len(INDENT) * 2 - len(BETWEEN)) // 2
    left, right = _parts(_lines(one.kept), _lines(one.other), half)
    for a, b in zip_longest(["kept", *left], [other, *right], fillvalue=""):
        yield f"{INDENT * 2}{a}{' ' * (half - width(a))}{BETWEEN}{b}".rstrip()


def _lines(value: Any) -> list[str]:
    """A value in lines: those of a text, a key or an item each."""
    if value in (None, "", [], {}):
        return [NOTHING]
    if isinstance(value, dict):
        return [visible(f"{key}: {cell(part)}") for key, part in value.items()]
    if isinstance(value, list):
        return [f"- {visible(cell(part))}" for part in value]
    return [visible(line) for line in str(value).rstrip("\n").split("\n")]


def _parts(left: list[str], right: list[str], cells: int) -> tuple[list[str], list[str]]:
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
