"""My day: what is due, who is slipping away, which deals are stuck or about to close."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from crm_cli.base.lean import dataclass
from crm_cli.base.text import clip, visible, width
from crm_cli.book import Book
from crm_cli.formats.shown import GAP, RIGHT, fit, for_reader
from crm_cli.services.overview.day import my_day
from crm_cli.tui.page import Page
from crm_cli.tui.widgets.rows import Lines, Part, Picture, Rows

SHOWN = 100
SOON = 7
LATE = frozenset(("Overdue", "Stuck deals"))


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the day: a heading, or a record under it with its texts and the widths that its section wants."""

    heading: str = ""
    ref: str = ""
    texts: Sequence[str] = ()
    widest: Sequence[int] = ()
    right: Sequence[bool] = ()


class Day(Page):
    """What one looks at first in the morning."""

    place: ClassVar[str] = "day"

    def body(self) -> ComposeResult:
        """One list under headings."""
        yield Rows(Picture(_draw, lambda item: item.ref), id="day")

    def chosen(self) -> list[str]:
        """The record under the cursor, or those that are marked."""
        return self.query_one(Rows).chosen

    async def load(self) -> None:
        """The sections of the day as lines."""
        items = await self.crm.desk.ask(_items)
        self.query_one(Rows).show(items)
        self.tell("")


def _items(book: Book) -> list[Item]:
    items: list[Item] = []
    country = book.settings.country
    for section in my_day(book, shown=SHOWN, soon=SOON):
        items += [Item()] if items else []
        items.append(Item(heading=f"{section.heading} ({section.count})" if section.count else section.heading))
        rows = [list(row) for row in section.table.rows]
        texts = [[visible(for_reader(value, country)) for value in row[:-1]] for row in rows]
        widest = [max(map(width, column)) for column in zip(*texts, strict=True)]
        right = [column.type in RIGHT for column in section.table.columns]
        items += [
            Item(section.heading, str(row[-1] or ""), text, widest, right)
            for row, text in zip(rows, texts, strict=True)
        ]
    return items


def _draw(item: Item, room: int) -> Lines:
    if not item.ref:
        return [[(visible(item.heading), "heading")]]
    widths = fit(item.widest, room - GAP * (len(item.widest) - 1))
    parts: list[Part] = []
    for text, cells, to_right in zip(item.texts, widths, item.right, strict=False):
        text = clip(text, cells)
        blank = " " * (cells - width(text))
        shown = blank + text if to_right else text + blank
        parts.append((shown + " " * GAP, "late" if item.heading in LATE and not parts else ""))
    return [parts]
