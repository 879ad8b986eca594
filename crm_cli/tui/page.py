"""What all screens have in common: the lines on top, the footer, reading anew when the book changes."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from crm_cli.book import Book
from crm_cli.services.overview.unsynced import unsynced
from crm_cli.tui.acts import Acts
from crm_cli.tui.beside import beside
from crm_cli.tui.commands import RECORD
from crm_cli.tui.widgets.bar import Bar, Status
from crm_cli.tui.widgets.keys import Keys
from crm_cli.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from textual.command import Provider

    from crm_cli.tui.app import CrmApp


def _views() -> "type[Provider]":
    from crm_cli.tui.viewing import Views  # with the first palette that is opened

    return Views


class Page(Acts, Screen[None]):
    """A screen over the book. Subclasses compose a `body` and `load` what it shows."""

    BINDINGS: ClassVar[list[BindingType]] = [*RECORD]
    COMMANDS = {_views}  # noqa: RUF012 - a set that is never changed, as Textual declares it
    AUTO_FOCUS = "Rows"
    place: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self._stale = True

    @property
    def crm(self) -> "CrmApp":
        """The application, by its type."""
        return cast("CrmApp", self.app)

    def compose(self) -> ComposeResult:
        """The frame around the body."""
        yield Bar(self.here)
        yield Status()
        yield from self.body()
        yield Keys(show_command_palette=False, compact=True)

    @property
    def here(self) -> str:
        """The name of the place that this screen is."""
        return self.place

    def body(self) -> ComposeResult:
        """What stands between the lines on top and the footer."""
        raise NotImplementedError

    async def load(self) -> None:
        """Asks the book, and shows the answer."""
        raise NotImplementedError

    def chosen(self) -> list[str]:
        """References of the records that a command is for."""
        return []

    def tell(self, right: str) -> None:
        """What this screen has to say about itself, at the right of the line on top."""
        self.query_one(Status).tell(self.crm.headline, right)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Opens the record."""
        self.crm.open_record(event.rows.picture.key(event.item))

    def entered(self) -> None:
        """Somebody has gone to this place again."""

    # -- fresh

    def on_screen_resume(self) -> None:
        """What changed while another screen was shown is read now."""
        if self._stale:
            self._stale = False
            self.reload()

    def book_changed(self) -> None:
        """The files are others now."""
        self._stale = not self._in_sight()
        if not self._stale:
            self.reload()

    def _in_sight(self) -> bool:
        """Whether it is shown: on top, or behind dialogs."""
        stack = self.app.screen_stack
        return self.is_mounted and self in stack and all(screen.is_modal for screen in stack[stack.index(self) + 1 :])

    @beside("load")
    async def reload(self) -> None:
        """Reads anew; trouble is told and leaves what is shown as it is."""
        self.crm.headline = await self.crm.desk.ask(_headline)
        await self.load()


def _headline(book: Book) -> str:
    """The name of the book, the day, what waits to be synced, whether something is wrong with the files."""
    now = book.context.now
    behind = unsynced(book)
    waits = f"  not synced: {behind.commits}" if behind and behind.commits else ""
    wrong = "  problems: 9 shows them" if book.index.has_problems else ""
    return f"{book.settings.name}  {now:%A} {now.day} {now:%B %Y}{waits}{wrong}"
