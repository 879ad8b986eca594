"""What happened lately with everybody, under the days; more comes as one goes down."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult

from crm_cli.book import Book
from crm_cli.schema.context import Context
from crm_cli.services.overview.lately import lately
from crm_cli.tui.page import Page
from crm_cli.tui.widgets import facts
from crm_cli.tui.widgets.lines import Line, heading, picture
from crm_cli.tui.widgets.rows import GUTTER, Rows

FIRST = 200
NEAR = 50
"""So many lines before the end more is asked for."""
_LINES = 2


class Timeline(Page):
    """Talks, finished tasks and stage moves, newest first."""

    place: ClassVar[str] = "timeline"

    def __init__(self) -> None:
        super().__init__()
        self._count = FIRST
        self._rows: Sequence[Sequence[Any]] = ()
        self._now: Context | None = None

    def body(self) -> ComposeResult:
        """One list under headings of days."""
        yield Rows[Line](picture(), id="lately")

    @property
    def _list(self) -> Rows[Line]:
        return self.query_one(Rows)

    def chosen(self) -> list[str]:
        """The records of the lines that are marked, else of the one under the cursor."""
        keys = self._list.chosen
        return list(dict.fromkeys(line.ref for line in self._list.items if line.key in keys and line.ref))

    async def load(self) -> None:
        """The newest ones, as many as were seen so far."""
        count = self._count

        def answer(book: Book) -> tuple[list[Sequence[Any]], Context]:
            return list(lately(book, count).rows), book.context

        self._rows, self._now = await self.crm.desk.ask(answer)
        self._lay_out()

    def on_resize(self) -> None:
        """Texts are broken for another width."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._now is None:
            return
        told = [
            (at, what, id, kind, f"{whom}: {text}" if whom and text else text or whom, by)
            for at, what, id, kind, text, whom, by in self._rows
        ]
        lines = list(facts.story(told, self._now, self.size.width - GUTTER - 1, most=_LINES))
        nothing = heading("Nothing has happened yet: c writes down a call, n a note")
        self._list.show(lines[1:] or nothing)
        self.tell("" if len(self._rows) < self._count else f"the last {len(self._rows)}")

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Near the end more is read."""
        rows = event.rows
        if len(self._rows) == self._count and len(rows.items) - rows.cursor < NEAR:
            self._count *= 2
            self.reload()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Opens what the line tells of."""
        event.prevent_default()  # a page alone would open what the key names
        self.crm.open_record(event.item.ref)
