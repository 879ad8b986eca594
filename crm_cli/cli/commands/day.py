"""crm alone: my day on one screen."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from crm_cli.base.text import visible, width
from crm_cli.cli.page import BOLD, look
from crm_cli.cli.plain import aligned
from crm_cli.cli.streams import is_terminal
from crm_cli.cli.terminal import screen
from crm_cli.schema.condition import Selection
from crm_cli.schema.table import Table
from crm_cli.services.ago import ago
from crm_cli.services.day import Section, my_day
from crm_cli.services.unsynced import unsynced

LINES = 30
"""The longest day: a higher screen has room for what was typed before."""

FEWEST_COLUMNS = 5
"""The handle among them."""

FIRST = 4
"""So many rows of what is overdue and due today go before a second row of anything else."""


def day(run: Any) -> None:
    """Shows my day, or what a new book needs."""
    book = run.book
    now = book.context.now
    room, colored = look(run, sys.stdout)
    height = min(LINES, screen(sys.stdout)[1] - 2) if is_terminal(sys.stdout) else LINES
    lines = [f"{visible(book.settings.name)}, {now:%A} {now.day} {now:%B %Y}"]
    behind = list(_behind(book))
    sections = list(my_day(book))
    lines += laid_out(sections, height - 1 - len(behind), book.settings.country, room, colored=colored)
    if not sections:
        lines += ["", *_nothing(book)]
    run.print_lines([*lines, *behind])
    run.note_problems()


def laid_out(
    sections: Sequence[Section], height: int, country: str, room: int | None, *, colored: bool
) -> Iterator[str]:
    """The lines of the sections, at most `height` of them where that can be; the first ones get most of the room."""
    fit = len(sections) if 2 * len(sections) <= height else (height - 1) // 2
    sections, others = sections[:fit], sections[fit:]
    airy = height - 4 * len(sections) >= 0
    room_for_rows = height - bool(others) - (1 + airy) * len(sections)
    shown = shares([len(list(section.table.rows)) for section in sections], room_for_rows)
    for section, count in zip(sections, shown, strict=True):
        hidden = section.count - count
        more = f", {hidden} more{f': {section.all}' if section.all else ''}" if hidden > 0 else ""
        number = f" ({section.count})" if section.count else ""
        heading = f"{visible(section.heading)}{number}"
        yield from [""] * airy
        yield f"{BOLD.format(heading) if colored else heading}{visible(more)}"
        yield from aligned(_narrowed(section.table, count, country, room), country, room)
    if others:
        yield f"Also: {', '.join(f'{visible(each.heading)} ({each.count})' for each in others)}"


def _narrowed(table: Table, count: int, country: str, room: int | None) -> Table:
    """The first rows; where a view has more columns than the screen can hold, those on its right give way."""
    rows = [list(row) for row in list(table.rows)[:count]]
    columns = list(table.columns)
    while (
        room
        and len(columns) > FEWEST_COLUMNS
        and max(map(width, aligned(Table("", (*columns,), rows), country, None))) > room
    ):
        del columns[-2]
        for row in rows:
            del row[-2]
    return Table(table.name, tuple(columns), rows)


def shares(counts: Sequence[int], lines: int) -> list[int]:
    """How many rows each section may show: one each, then the first two up to a few, then all in turn."""
    shown = [min(count, 1) for count in counts]
    left = lines - sum(shown)
    for place in range(min(2, len(counts))):
        more = min(min(counts[place], FIRST) - shown[place], max(0, left))
        shown[place] += more
        left -= more
    while left > 0 and (wanting := [place for place in range(len(counts)) if shown[place] < counts[place]]):
        for place in wanting[:left]:
            shown[place] += 1
        left -= len(wanting[:left])
    return shown


def _behind(book: Any) -> Iterator[str]:
    """What is not synced yet, in a line."""
    found = unsynced(book)
    if found and found.commits:
        commits = f"{found.commits} {'commit' if found.commits == 1 else 'commits'}"
        today = book.context.today
        last = found.last and ago(min(found.last.astimezone(book.context.zone).date(), today), today)
        yield ""
        yield f"Not yet synced: {commits}, {f'last synced {last}' if last else 'never synced before'}"


def _nothing(book: Any) -> list[str]:
    if book.index.ids([kind for kind in book.kinds.all if kind.name != "view"], Selection(limit=1)):
        return ["Nothing is due today.", "crm pipeline shows the deals, crm due --within 30d what is coming."]
    return [
        "The book is empty. Begin with one of these:",
        '  crm contact add "Asha Sharma" --phone 98765-43210',
        '  crm log call "Asha Sharma" "wants a website" --create --next "fri Call back"',
        "  crm import contacts.csv --map google-contacts",
    ]
