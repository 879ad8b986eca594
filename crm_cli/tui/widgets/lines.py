"""Lines of pages that are lists: texts in columns under headings, long texts broken to fit, what each leads to."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crm_cli.base.text import clip, width
from crm_cli.formats.shown import GAP, fit
from crm_cli.tui.widgets.rows import Lines, Part, Picture

INDENT = "  "
"""What a line that the cursor passes over has in the place of the cursor."""
ROOM = 4
"""A tab stands for so many blanks."""


class Line(NamedTuple):
    """A line: texts, the widths that their columns want, which stand at the right; what the first one looks like.

    `key` is empty where the cursor does not stop. `ref` is the record that it leads to, and what commands are for where
    it `acts`; `field` the name of the field that it shows.
    """

    texts: Sequence[str] = ()
    key: str = ""
    ref: str = ""
    field: str = ""
    look: str = ""
    widest: Sequence[int] = ()
    right: Sequence[bool] = ()
    acts: bool = False


def picture() -> Picture[Line]:
    """How lines are drawn."""
    return Picture(draw, lambda line: line.key)


def draw(line: Line, room: int) -> Lines:
    """The columns of a line; those of its group have the same widths."""
    if not line.widest:
        return [[(clip(text, room), "" if place else line.look) for place, text in enumerate(line.texts)]]
    widths = fit(line.widest, room - GAP * (len(line.widest) - 1))
    right = line.right or [False] * len(widths)
    parts: list[Part] = []
    for text, cells, to_right in zip(line.texts, widths, right, strict=False):
        text = clip(text, cells)
        blank, gap = " " * (cells - width(text)), " " * GAP if parts else ""
        parts.append((gap + (blank + text if to_right else text + blank), "" if parts else line.look))
    return [parts]


def aligned(lines: Sequence[Line]) -> list[Line]:
    """The lines of a group with the widths that their columns want together."""
    widest = [max(map(width, column)) for column in zip(*(line.texts for line in lines), strict=True)]
    return [line._replace(widest=widest) for line in lines]


def heading(text: str) -> list[Line]:
    """A heading, a blank line above it."""
    return [Line(), Line((text,), look="heading")]


def broken(text: str, room: int, most: int = 0) -> Iterator[str]:
    """A line in pieces of at most so many cells, between words where it can; at most `most`, then an ellipsis."""
    room, at, count = max(4, room), 0, 1
    text = text.replace("\t", " " * ROOM)
    while True:
        ahead = text[at : at + 8 * room]
        whole = at + len(ahead) == len(text)
        shown = clip(ahead, room)
        if count == most or (whole and width(ahead) <= room):
            yield shown
            return
        cut = max(1, len(shown) - 1)
        space = ahead.rfind(" ", max(room // 3, len(ahead) - len(ahead.lstrip())), cut + 1)
        cut = space if space > 0 else cut
        yield ahead[:cut]
        at += cut
        while text[at : at + 1] == " ":
            at += 1
        count += 1
