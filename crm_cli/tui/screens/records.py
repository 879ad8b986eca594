"""The list of any kind: its columns, a filter in the words of queries, saved views, marks for one command on many."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from crm_cli import kinds
from crm_cli.base.errors import CrmError
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.schema.table import Table
from crm_cli.services import listing
from crm_cli.services.listing import Listing, Question, possible_columns
from crm_cli.services.views import as_view, save_view, saved_views
from crm_cli.tui.beside import beside
from crm_cli.tui.commands import LIST
from crm_cli.tui.dialogs.choose import Choose
from crm_cli.tui.dialogs.columns import Columns
from crm_cli.tui.dialogs.understood import Understood
from crm_cli.tui.page import Page
from crm_cli.tui.widgets.filter import Filter
from crm_cli.tui.widgets.grid import Grid, Note
from crm_cli.tui.widgets.rows import Rows

PAGE = 60
"""So many rows come with the first answer; those behind them when they are seen."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A list as far as it is known: what was asked, the ids, the rows of those that are seen, how many there are."""

    listing: Listing
    ids: list[str]
    known: Table
    of: int
    country: str


class Window(NamedTuple):
    """Where somebody looks: the record under the cursor, those on the screen."""

    at: str = ""
    seen: Sequence[str] = ()


class Records(Page):
    """The records of one kind."""

    BINDINGS: ClassVar[list[BindingType]] = [*LIST]

    def __init__(self, kind: str, filter: str = "") -> None:
        super().__init__()
        self.kind = kinds.KINDS[kind]
        self.question = self.understood = Question(kind, filter)
        self.answer: Answer | None = None

    @property
    def here(self) -> str:
        """The kind's own place."""
        return self.kind.name

    @property
    def adds(self) -> str:
        """The kind that is listed."""
        return self.kind.name

    def body(self) -> ComposeResult:
        """The filter line over the table."""
        yield Filter((self.kind.name,))
        yield Grid()

    def on_mount(self) -> None:
        """The filter that was asked for before there was a line, or with which the program was started."""
        started = self.crm.filter if self.crm.first == self.kind.name else ""
        if text := started or self.question.text:
            self.question = Question(self.kind.name, text)
            self.query_one(Filter).put(text)

    @property
    def grid(self) -> Grid:
        """The table."""
        return self.query_one(Grid)

    def chosen(self) -> list[str]:
        """The ids that are marked, else the one under the cursor."""
        return self.grid.rows.chosen

    # -- what is shown

    async def load(self) -> None:
        """The list as it is now; the first time its first page before the rest."""
        if self.answer is None:
            question = self.question
            with suppress(CrmError):  # which the whole list is told of, too
                self._show(await self.crm.desk.ask(lambda book: _begun(book, question)))
        await self._find(Window(self.grid.rows.key, self.grid.seen()), None)

    @beside("load")
    async def look(self) -> None:
        """The list for another question."""
        await self._find(Window(self.grid.rows.key), self.answer.of if self.answer else None)

    async def _find(self, window: Window, of: int | None) -> None:
        """What the filter finds; where it is not understood, without the word that is being typed, or as it was."""
        line, wrong = self.query_one(Filter), None
        asked, plain = self.question, Question(self.kind.name)
        for question in dict.fromkeys((asked, replace(asked, text=line.before), self.understood, plain)):
            try:
                answer = await self.crm.desk.ask(partial(_whole, question, window, of))
            except CrmError as error:
                wrong = wrong or error
                continue
            self._show(answer, anew=question != self.understood)
            self.understood = question
            line.tell(wrong)
            self._status()
            return
        assert wrong  # nothing can be listed at all
        raise wrong

    def _show(self, answer: Answer, *, anew: bool = False) -> None:
        self.answer = answer
        grid, asked = self.grid, answer.listing
        grid.country = answer.country
        grid.fill(answer.ids or self._nothing(), answer.known, asked.sorted_by, anew=anew)
        self._status()

    def _nothing(self) -> list[Note]:
        if self.question.text:
            return [
                Note(f"nothing fits {self.question.text}"),
                Note("/ changes the filter, escape in it takes it away"),
            ]
        return [Note(f"no {self.kind.folder} yet"), Note("a adds one, crm import takes a file")]

    @on(Rows.Marked)
    def _status(self) -> None:
        """How many there are, of how many, and how many are marked."""
        if self.answer is None:
            return
        here, of, text = len(self.answer.ids), self.answer.of, self.understood.text
        what = self.kind.name if of == 1 else self.kind.folder
        said = f"{here:,} of {of:,} {what}, {text}" if text else f"{here:,} {what}"
        marked = len(self.grid.rows.marked)
        self.tell(f"{marked:,} marked, {said}" if marked else said)

    @on(Grid.Wanted)
    @beside("rows", exclusive=False)
    async def fetch(self, event: Grid.Wanted) -> None:
        """The rows that came into sight."""
        assert self.answer
        asked = self.answer.listing
        found = await self.crm.desk.ask(lambda book: _kept(listing.rows(book, asked, event.ids)))
        if self.answer and self.answer.listing is asked:
            self.grid.learn(found)

    # -- filter

    def ask(self, text: str) -> None:
        """Puts a query into the filter line."""
        self.question = Question(self.kind.name, text)
        if self.is_mounted:
            self.query_one(Filter).put(text)
            self.look()

    def action_filter(self) -> None:
        """To the filter line."""
        self.query_one(Filter).open()

    @on(Filter.Changed)
    def filtered(self, event: Filter.Changed) -> None:
        """Shows what fits the words."""
        if event.text != self.question.text:
            self.question = replace(self.question, text=event.text)
            self.look()

    @on(Filter.Left)
    def to_the_list(self) -> None:
        """From the line to the rows."""
        self.grid.rows.focus()

    # -- order and columns

    @on(Grid.Sorted)
    def sort_by(self, event: Grid.Sorted) -> None:
        """By the column that was clicked or chosen; once more the other way round."""
        assert self.answer
        turned = self.answer.listing.sorted_by == (event.column, "+")
        self.question = replace(self.question, sort=f"{'-' if turned else ''}{event.column}")
        self.look()

    def action_sort(self) -> None:
        """Asks for the column."""
        self.crm.hand.begin(self._sort, "sort", writes=False)

    async def _sort(self) -> None:
        if self.answer is None:
            return
        asked = self.answer.listing
        now, sign = asked.sorted_by
        names = [name for name, order in zip(asked.columns, asked.orders, strict=True) if order]
        about = f"{'up' if sign == '+' else 'down'} now, enter turns it round"
        choices = [(name, about if name == now else "") for name in names]
        column = await self.crm.hand.ask(Choose("Sort by", choices, at=now))
        if column:
            self.sort_by(Grid.Sorted(column))

    def action_columns(self) -> None:
        """Asks which columns there are to be."""
        self.crm.hand.begin(self._columns, "columns", writes=False)

    async def _columns(self) -> None:
        if self.answer is None:
            return
        now = self.answer.listing.columns
        possible = await self.crm.desk.ask(lambda book: possible_columns(book, self.kind))
        columns = await self.crm.hand.ask(Columns(now, possible))
        if columns:
            self.question = replace(self.question, columns=tuple(columns))
            self.look()

    # -- views

    def action_view(self) -> None:
        """Shows a saved view of this kind."""
        self.crm.hand.begin(self._view, "view", writes=False)

    async def _view(self) -> None:
        views = await self.crm.desk.ask(lambda book: saved_views(book, self.kind))
        if not views:
            self.crm.say(f"no view of {self.kind.folder} is saved yet: V saves what is shown")
            return
        name = await self.crm.hand.ask(Choose(f"Views of {self.kind.folder}", views))
        if name:
            self.ask(as_view(name))
            self.to_the_list()

    def action_save_view(self) -> None:
        """Keeps filter, columns and order under a name that is asked for."""
        self.crm.hand.begin(self._save, "save-view")

    async def _save(self) -> None:
        names = {name for name, _query in await self.crm.desk.ask(lambda book: saved_views(book, self.kind))}

        async def check(text: str) -> Understood:
            word = as_view(text.strip().removeprefix("@"))
            again = text.strip().removeprefix("@") in names
            return Understood(f"{word} is there: it shows this from now on" if again else f"in any query: {word}")

        # No list to choose from: half a name and enter would change a view that nobody thought of.
        title = f"Save this list of {self.kind.folder} as"
        name = await self.crm.hand.ask(Choose(title, [], check=check, hint="a name"))
        if name:
            question, said = self.question, f"saved: {as_view(name)} shows this in any query"
            await self.crm.hand.write(lambda book: (save_view(book, name, question), said))
            self.ask(as_view(name))


def _begun(book: Book, question: Question) -> Answer:
    """The first page, and no more."""
    asked = listing.understand(book, question)
    known = _kept(listing.first(book, asked, PAGE))
    ids = [str(row[-1]) for row in known.rows]
    return Answer(asked, ids, known, listing.everything(book, asked.kind), book.settings.country)


def _whole(question: Question, window: Window, of: int | None, book: Book) -> Answer:
    """All ids, and the rows of those that will be seen."""
    asked = listing.understand(book, question)
    ids = listing.ids(book, asked)
    at = ids.index(window.at) if window.at in ids else 0
    near = ids[max(0, at - PAGE) : at + PAGE]
    known = _kept(listing.rows(book, asked, list(dict.fromkeys([*near, *window.seen]))))
    of = listing.everything(book, asked.kind) if of is None else of
    return Answer(asked, ids, known, of, book.settings.country)


def _kept(table: Table) -> Table:
    """The table with its rows at hand, since only the thread of the book may ask for them."""
    return Table(table.name, table.columns, list(table.rows), table.ids)
