"""One record: what comes next, its fields, what leads to it, what happened with it."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from crm_cli.base.errors import CrmError
from crm_cli.base.ids import handle
from crm_cli.base.lean import dataclass
from crm_cli.base.text import clip, visible, width
from crm_cli.book import Book
from crm_cli.schema.context import Context
from crm_cli.schema.table import Table
from crm_cli.services.deals.stuck import reasons
from crm_cli.services.overview.card import Sheet, names_of, sheet
from crm_cli.services.overview.related import next_steps, related
from crm_cli.services.overview.timeline import timeline
from crm_cli.services.refs import resolve
from crm_cli.tui.beside import beside
from crm_cli.tui.commands import SHEET
from crm_cli.tui.page import Page
from crm_cli.tui.widgets import facts
from crm_cli.tui.widgets.lines import Line, heading, picture
from crm_cli.tui.widgets.rows import GUTTER, Rows

WIDE = 110
"""From so many cells on the story stands beside the fields."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the book says about a record."""

    about: Sheet
    names: dict[str, str]
    steps: Table
    lists: Sequence[tuple[str, Table]]
    stuck: Sequence[str]
    context: Context


class Title(Static):
    """The name of the record and of what it is a record; below it where it belongs and how it stands."""

    def __init__(self) -> None:
        super().__init__(id="title", markup=False)
        self._left, self._right, self._under = "", "", ""

    def tell(self, about: Sheet) -> None:
        """Another record, or the same one as it stands now."""
        values = about.values
        self._left = visible(values["name"] or about.id)
        self._right = f"{about.kind.name} {handle(about.id)}"
        state = values["_state"] if "_state" in values else values.get("status")
        stage = values.get("stage")
        archived = f"archived since {values['archived'][:10]}" if values["archived"] else None
        parts = (about.where, stage, state if state not in ("open", stage) else None, archived)
        self._under = " · ".join(visible(part) for part in parts if part)
        self.refresh()

    def render(self) -> Content:
        """Two lines."""
        room = self.size.width
        name = clip(self._left, max(0, room - width(self._right) - 2))
        blank = " " * (room - width(name) - width(self._right))
        return Content.assemble((name, "bold"), blank, (self._right, "dim"), "\n", clip(self._under, room))


class RecordPage(Page):
    """Everything about one record."""

    place: ClassVar[str] = "record"
    BINDINGS: ClassVar[list[BindingType]] = [*SHEET]

    def __init__(self, ref: str) -> None:
        super().__init__()
        self.ref = ref
        self._answer: Answer | None = None
        self._happened: Sequence[Sequence[Any]] | None = None
        self._empty = False

    def body(self) -> ComposeResult:
        """The title, and two lists that are one where there is little room."""
        yield Title()
        with Horizontal(id="halves"):
            yield Rows[Line](picture(), id="facts")
            yield Rows[Line](picture(), id="story")

    @property
    def _lists(self) -> tuple[Rows[Line], Rows[Line]]:
        return self.query_one("#facts", Rows), self.query_one("#story", Rows)

    @property
    def about(self) -> str:
        """This record."""
        return self.ref

    def chosen(self) -> list[str]:
        """The records of the rows that are marked or under the cursor, else the record itself."""
        rows = next((each for each in self._lists if each is self.focused), self._lists[0])
        keys = rows.chosen
        refs = [line.ref for line in rows.items if line.key in keys and line.acts]
        return list(dict.fromkeys(refs)) or [self.ref]

    # -- what is shown

    async def load(self) -> None:
        """The record at once, its story behind it: that reads the history of git."""
        self._answer = await self.crm.desk.ask(self._asked)
        self.ref = self._answer.about.id
        self.query_one(Title).tell(self._answer.about)
        self._lay_out()
        self.tell("")
        self._tell_story()

    def _asked(self, book: Book) -> Answer:
        found = resolve(book, self.ref)
        about = sheet(book, found)
        names = names_of(book, facts.linked(about))
        stuck = list(reasons(book, about.values)) if about.values.get("_state") == "open" else []
        lists = list(related(book, found, about.values))
        return Answer(about, names, next_steps(book, found), lists, stuck, book.context)

    @beside("story")
    async def _tell_story(self) -> None:
        await asyncio.sleep(0)  # the record is painted first

        def happened(book: Book) -> list[Sequence[Any]]:
            return list(timeline(book, resolve(book, self.ref)).rows)

        try:
            self._happened = await self.crm.desk.aside(happened)
        except CrmError as error:
            self._happened = []
            self.crm.complain(error)
        self._lay_out()

    def on_resize(self) -> None:
        """Texts are broken for another width."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._answer is None:
            return
        left, right = self._lists
        wide = self.size.width >= WIDE
        room = self.size.width // (2 if wide else 1) - GUTTER - 2
        right.display = wide
        first, second = self._facts(self._answer, room), self._story(self._answer, room)
        left.show(first if wide else [*first, Line(), *second])
        right.show(second if wide else [])
        if self.focused is None or not self.focused.display:
            self.set_focus(left)

    def _facts(self, answer: Answer, room: int) -> list[Line]:
        about, country = answer.about, answer.context.settings.country
        wrong = list(facts.warnings(about, answer.stuck, room))
        lines = [*wrong, *([Line()] if wrong else []), *facts.step(answer.steps)]
        lines += facts.fields(about, answer.names, country, room, empty=self._empty)
        steps = Table("task", answer.steps.columns, list(answer.steps.rows)[1:])
        for title, table in (("Then", steps), *answer.lists):
            lines += facts.listed(title, table, country)
        return lines

    def _story(self, answer: Answer, room: int) -> list[Line]:
        lines = facts.notes(answer.about, room)
        if self._happened is None:
            lines += heading("Reading what happened…")
        else:
            lines += facts.story(self._happened, answer.context, room, answer.about.id)
        return lines[1:] if lines and not lines[0].texts else lines

    # -- commands

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Opens what the line leads to, or edits the field that it shows."""
        event.prevent_default()  # a page alone would open what the key names
        line: Line = event.item
        if line.ref:
            self.crm.open_record(line.ref)
        elif line.field:
            self.edit_fields(self.ref, [line.field])

    def action_empty(self) -> None:
        """Shows the fields that have no value, too, or hides them again."""
        self._empty = not self._empty
        self._lay_out()
