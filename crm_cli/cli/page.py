"""Lays out a page for people: labels in a column of their own, texts wrapped beside them, tables under headings."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crm_cli.base.text import visible, visible_block, width
from crm_cli.cli.plain import aligned

if TYPE_CHECKING:
    from crm_cli.services.overview.brief import Page

GAP = 2
WIDEST_LABEL = 14
BOLD = "\x1b[1m{}\x1b[0m"


def lay_out(page: "Page", country: str, room: int | None, *, colored: bool) -> Iterator[str]:
    """The lines of a page, at most `room` cells wide where that is given."""
    bold = BOLD if colored else "{}"
    yield bold.format(visible(page.title))
    if page.under:
        yield from wrapped(visible(page.under), room)
    label = min(WIDEST_LABEL, max((width(visible(name)) for name, _text in page.facts), default=0)) + GAP
    if page.facts:
        yield ""
    for name, text in page.facts:
        yield from _fact(visible(name), text, label, room)
    for heading, table in page.sections:
        yield ""
        yield bold.format(heading)
        yield from aligned(table, country, room)
    if page.hints:
        yield ""
        yield from (line for hint in page.hints for line in wrapped(visible(hint), room))


def _fact(name: str, text: str, label: int, room: int | None) -> Iterator[str]:
    """A label once, its text beside it; a label that is too long has a line of its own."""
    lines = [
        part for line in visible_block(text).splitlines() for part in wrapped(line, room - label if room else None)
    ]
    if width(name) > label - GAP:
        yield name
        name = ""
    for place, line in enumerate(lines):
        head = "" if place else name
        yield f"{head}{' ' * (label - width(head))}{line}"


def wrapped(text: str, room: int | None) -> list[str]:
    """The text in lines of at most so many cells, broken between words; a longer word has a line of its own."""
    if room is None:
        return [text]
    lines: list[str] = []
    for word in text.split():
        if lines and width(lines[-1]) + 1 + width(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def look(run: Any, stream: Any) -> tuple[int | None, bool]:
    """How wide a page may be on a stream (None: as wide as it is), and whether it is coloured."""
    from crm_cli.cli.streams import is_terminal, use_color
    from crm_cli.cli.terminal import screen

    room = screen(stream)[0] if is_terminal(stream) else None
    return room, use_color(stream, run.options.color, run.config.color)
