"""The saved views in the palette: choosing one shows the list of its kind."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape

from crm_cli.base.text import visible
from crm_cli.book import Book
from crm_cli.services.views import as_view, saved_views

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp
    from crm_cli.tui.screens.records import Records


class Views(Provider):
    """Every view, by its name and its kind."""

    _found: Sequence[tuple[str, str, str, str]] = ()

    async def startup(self) -> None:
        """Asks the book once."""
        self._found = await cast("CrmApp", self.app).desk.ask(_views)

    async def discover(self) -> Hits:
        """All of them."""
        for kind, folder, name, query in self._found:
            yield DiscoveryHit(_title(name, folder), partial(self._show, kind, name), name, escape(visible(query)))

    async def search(self, query: str) -> Hits:
        """Those whose name fits."""
        matcher = self.matcher(query)
        for kind, folder, name, words in self._found:
            if score := matcher.match(f"{name} {folder}"):
                yield Hit(score, _title(name, folder), partial(self._show, kind, name), name, escape(visible(words)))

    def _show(self, kind: str, name: str) -> None:
        self.app.call_later(self._go, kind, name)

    def _go(self, kind: str, name: str) -> None:
        app = cast("CrmApp", self.app)
        app.action_go(kind)
        page = cast("Records", app.get_screen(kind))
        page.ask(as_view(name))


def _title(name: str, folder: str) -> Content:
    return Content(f"{visible(name)}  view of {folder}")


def _views(book: Book) -> list[tuple[str, str, str, str]]:
    """Kind, folder, name and query of each view; one of no kind in particular is shown among the first."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for kind in book.kinds.all:
        for name, query in saved_views(book, kind):
            found.setdefault(name, (kind.name, kind.folder, name, query))
    return list(found.values())
