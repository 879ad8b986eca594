"""Search while one types: every field and note, in any script."""

from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from crm_cli.base.text import clip, fold, visible, width
from crm_cli.book import Book
from crm_cli.services.search import find_table
from crm_cli.tui.beside import beside
from crm_cli.tui.commands import FIND
from crm_cli.tui.page import Page
from crm_cli.tui.widgets.rows import Lines, Picture, Rows

MOST = 40
"""So many hits are fetched: whoever sees more types another letter."""
FEWEST = 2
KIND = 12
GAP = "  "


class Hit(NamedTuple):
    """A record that was found, and the words around what was found; without an id a line about the hits."""

    id: str
    kind: str
    name: str
    match: str


class Search(Page):
    """A line to type in, and what has all the words."""

    DEFAULT_CSS = """
    #ask { height: 1; margin-bottom: 1; }
    #ask Static { width: 6; color: $text-primary; text-style: bold; }
    #ask Input { width: 1fr; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*FIND]
    AUTO_FOCUS = "Input"
    place: ClassVar[str] = "search"

    def body(self) -> ComposeResult:
        """The line over the hits."""
        with Horizontal(id="ask"):
            yield Static("Find")
            yield Sought(compact=True, placeholder="a name, a number, any words; शर्मा finds Sharma", id="sought")
        yield Rows[Hit](Picture(_draw, lambda hit: hit.id), id="hits")

    @property
    def hits(self) -> Rows[Hit]:
        """What was found."""
        return self.query_one("#hits", Rows)

    def chosen(self) -> list[str]:
        """The hits that are marked, else the one under the cursor."""
        return self.hits.chosen

    async def load(self) -> None:
        """The hits as they are now."""
        text = self.query_one(Input).value
        words = [word for word in text.split() if fold(word)]
        if "".join(words).isascii() and len("".join(words)) < FEWEST:  # nearly everything has the letter e
            self.hits.show([Hit("", "", "", "type what you look for; down goes into the list, enter opens")])
            self.tell("")
            return
        found = await self.crm.desk.ask(lambda book: _found(book, words))
        self.hits.show(found[:MOST] or [Hit("", "", "", f"nothing has {text.strip()}")])
        more = f"the first {MOST}" if len(found) > MOST else f"{len(found)}"
        self.tell(f"{more} found" if found else "nothing found")

    @on(Input.Changed)
    @beside("load")
    async def look(self) -> None:
        """Asks anew; what was asked before and has no answer yet is forgotten."""
        self.hits.cursor = 0
        await self.load()

    @on(Input.Submitted)
    def open_first(self) -> None:
        """Opens the best hit."""
        self.hits.action_choose()

    def entered(self) -> None:
        """What is typed next is another search, and no command."""
        line = self.query_one(Input)
        self.set_focus(line)
        line.action_select_all()

    def action_type(self) -> None:
        """Back to the line."""
        self.query_one(Input).focus()


class Sought(Input):
    """The line; down leads from it into the hits."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n,tab", "hits", "To the hits", show=False),
        Binding("escape", "clear", "Clear", show=False),
    ]

    def action_hits(self) -> None:
        """Into the list."""
        self.screen.query_one("#hits", Rows).focus()

    async def action_clear(self) -> None:
        """Empties the line; an empty one is left."""
        if self.value:
            self.value = ""
        else:
            await self.app.run_action("app.back")


def _found(book: Book, words: list[str]) -> list[Hit]:
    rows = find_table(book, words, [], archived=False, limit=MOST + 1).rows
    return [Hit(id, kind, visible(name or ""), visible(match)) for id, kind, name, match in rows]


def _draw(hit: Hit, room: int) -> Lines:
    if not hit.id:
        return [[(visible(hit.match), "dim")]]
    name = max(16, room * 3 // 10)
    match = "" if hit.match.startswith("name: ") else hit.match
    first = clip(hit.name or hit.id, name)
    blank = " " * (name - width(first))
    return [[(first + blank + GAP, ""), (hit.kind.ljust(KIND) + GAP, "dim"), (clip(match, room - name - KIND - 4), "")]]
