"""One record: its fields, what leads to it, what happened with it."""

from typing import ClassVar

from textual.app import ComposeResult

from crm_cli.book import Book
from crm_cli.services.overview.card import card
from crm_cli.services.refs import resolve
from crm_cli.tui.page import Page
from crm_cli.tui.widgets.rows import Picture, Rows


class RecordPage(Page):
    """Everything about one record."""

    place: ClassVar[str] = "record"

    def __init__(self, ref: str) -> None:
        super().__init__()
        self.ref = ref

    def body(self) -> ComposeResult:
        """Its card."""
        yield Rows[str](Picture(lambda line, _room: [[(line, "")]], lambda line: ""), id="card")

    def chosen(self) -> list[str]:
        """The record itself."""
        return [self.ref]

    async def load(self) -> None:
        """Reads the card."""

        def lines(book: Book) -> list[str]:
            return list(card(book, resolve(book, self.ref)))

        self.query_one(Rows).show(await self.crm.desk.ask(lines))
        self.tell(self.ref)
