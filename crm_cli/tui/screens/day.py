"""My day: what is due, who is slipping away, which deals are stuck or about to close; beside it pictures of numbers."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal

from crm_cli.base.text import visible
from crm_cli.book import Book
from crm_cli.formats.shown import RIGHT, for_reader
from crm_cli.schema.condition import Selection
from crm_cli.services.overview.day import Section, my_day
from crm_cli.tui.beside import beside
from crm_cli.tui.page import Page
from crm_cli.tui.places import place
from crm_cli.tui.widgets.charts import Charts
from crm_cli.tui.widgets.lines import Line, aligned, heading, picture
from crm_cli.tui.widgets.rows import Rows

SHOWN = 100
SOON = 7
WIDE = 110
"""From so many cells on there is room for the charts."""
LATE = frozenset(("Overdue", "Stuck deals"))


class Day(Page):
    """What one looks at first in the morning."""

    place: ClassVar[str] = "day"

    def body(self) -> ComposeResult:
        """One list under headings, the charts beside it."""
        with Horizontal(id="today"):
            yield Rows[Line](picture(), id="day")
            yield Charts()

    def chosen(self) -> list[str]:
        """The record under the cursor, or those that are marked."""
        rows = self.query_one(Rows)
        keys = rows.chosen
        return list(dict.fromkeys(line.ref for line in rows.items if line.key in keys and line.ref))

    async def load(self) -> None:
        """The sections of the day as lines, the charts behind them."""
        self.query_one(Rows).show(await self.crm.desk.ask(_lines))
        self.tell("")
        self._draw_charts()

    def on_resize(self) -> None:
        """The charts are seen where there is room for them."""
        self._draw_charts()

    @beside("charts")
    async def _draw_charts(self) -> None:
        await self.query_one(Charts).draw(self.crm.desk, self.size.width >= WIDE)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Opens the record."""
        event.prevent_default()  # a page alone would open what the key names
        if event.item.ref:
            self.crm.open_record(event.item.ref)


def _lines(book: Book) -> list[Line]:
    country = book.settings.country
    lines = [line for section in my_day(book, shown=SHOWN, soon=SOON) for line in _section(section, country)]
    return lines[1:] or _nothing(book)


def _section(section: Section, country: str) -> Iterator[Line]:
    title = visible(section.heading)
    yield from heading(f"{title} ({section.count})" if section.count else title)
    columns = [column for column in section.table.columns if column.name != "handle"]
    right, look = [column.type in RIGHT for column in columns], "late" if section.heading in LATE else ""
    lines = []
    for row in section.table.rows:
        texts = [visible(for_reader(value, country)) for value in row[: len(columns)]]
        ref = str(row[-1]) if len(row) > len(columns) else ""
        lines.append(Line(texts, key=f"{section.heading}:{ref}" if ref else "", ref=ref, look=look, right=right))
    yield from aligned(lines)


def _nothing(book: Book) -> list[Line]:
    if book.index.ids([kind for kind in book.kinds.all if kind.name != "view"], Selection(limit=1)):
        texts = ["Nothing is due.", "", f"{_key('pipeline')} shows the deals, {_key('timeline')} what happened lately"]
    else:
        texts = ["The book is empty. Begin with one of these:", "", "a  a new contact, organization, deal or task"]
        texts += ["?  every command and its key", "", "crm import FILE, on the command line, takes in what you have."]
    return [Line((text,), look="" if number else "heading") for number, text in enumerate(texts)]


def _key(name: str) -> str:
    found = place(name)
    return found.key if found else ""
