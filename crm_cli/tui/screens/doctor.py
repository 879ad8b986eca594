"""The doctor: what is wrong with the files, where, what can be done; what is safe is mended after showing it."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from crm_cli.base.lean import dataclass
from crm_cli.base.text import clip, kept_aside, visible, width
from crm_cli.book import SETTINGS, Book
from crm_cli.formats.sides import folded
from crm_cli.schema.problem import Problem
from crm_cli.services.doctor import Mended, Report, examine, mend
from crm_cli.tui.commands import DOCTOR
from crm_cli.tui.dialogs.confirm import Confirm
from crm_cli.tui.doing.files import open_file
from crm_cli.tui.page import Page
from crm_cli.tui.widgets.rows import Lines, Picture, Rows

LOOKING = "looking at every file ..."
HEADINGS = {
    "structural": "Files that cannot be read",
    "field": "Values that do not fit",
    "error": "What contradicts itself",
    "warning": "Worth a look",
}
MOST = 60
"""So many lines of what would be mended are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """A problem with the id of its record if it can be read, or a heading."""

    heading: str = ""
    problem: Problem | None = None
    id: str = ""
    number: int = 0

    @property
    def key(self) -> str:
        """What tells it from the others."""
        found = self.problem
        return f"{found.where} {found.code} {found.field} {self.number}" if found else ""


class Doctor(Page):
    """All problems of the book."""

    DEFAULT_CSS = """
    #problems { height: 1fr; min-height: 4; }
    #told { height: auto; max-height: 8; border-top: solid $surface-lighten-2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*DOCTOR]
    place: ClassVar[str] = "doctor"

    def __init__(self) -> None:
        super().__init__()
        self._looking: asyncio.Future[Report] | None = None
        self._summary = ""

    def body(self) -> ComposeResult:
        """The list over the whole sentence about the one under the cursor."""
        yield Rows[Line](Picture(_draw, lambda line: line.key), id="problems")
        with VerticalScroll(id="told", can_focus=False):
            yield Static("", markup=False)

    @property
    def rows(self) -> Rows[Line]:
        """The list."""
        return self.query_one("#problems", Rows)

    def chosen(self) -> list[str]:
        """The record of the problem under the cursor, if it can be read."""
        here = self.rows.current
        return [here.id] if here and here.id else []

    async def load(self) -> None:
        """Looks at everything, beside the keyboard."""
        self.tell(LOOKING)
        if not self.rows.items:
            self.rows.show([Line(LOOKING)])
        report = await self._examined()
        self.rows.show(list(_lines(report)))
        self._summary = report.summary().partition(";")[0]
        self.tell(self._summary)
        self.say_whole()

    async def _examined(self) -> Report:
        """One look at a time: what changes during a long one is looked at when that has ended."""
        while self._looking and not self._looking.done():
            await asyncio.wait([self._looking])
        self._looking = asyncio.ensure_future(self.crm.desk.aside(lambda book: examine(book, time.time())))
        return await asyncio.shield(self._looking)

    @on(Rows.Moved)
    def say_whole(self) -> None:
        """The whole sentence, and what would mend it."""
        here = self.rows.current
        told = self.query_one("#told")
        told.display = bool(here and here.problem)
        if here and here.problem:
            room = max(self.size.width - 2, 20)
            said = [f"{here.problem.where}  {here.problem.field}".strip(), here.problem.message, _remedy(here)]
            told.query_one(Static).update("\n".join(folded([visible(text) for text in said if text], room)))

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Opens the record; what cannot be read as one in the editor."""
        event.prevent_default()  # what every other page does, which is to open it as a record
        if event.item.id:
            self.crm.open_record(event.item.id)
        else:
            self.action_editor()

    def action_editor(self) -> None:
        """The record's file, checked before it is written; what is no record as it stands."""
        here = self.rows.current
        if here and here.problem and not here.id:
            path = here.problem.path
            self.crm.hand.begin(lambda: open_file(self.crm, path), "editor", path)
        else:
            super().action_editor()

    # -- mending

    def action_mend(self) -> None:
        """Mends what is safe."""
        self.crm.hand.begin(self._mend, "mend")

    async def _mend(self) -> None:
        self.tell("looking what can be mended ...")
        foreseen = await self.crm.desk.aside(_foreseen)
        self.tell(self._summary)
        if not foreseen:
            self.crm.say("nothing here can be mended without you")
            return
        shown = [*foreseen[:MOST], f"and {len(foreseen) - MOST} more"] if len(foreseen) > MOST else foreseen
        if not await self.crm.hand.ask(Confirm("Mend this, as one commit?", shown, yes="mend", no="leave")):
            return
        self.crm.hand.free()
        self.tell("mending ...")
        made = await self.crm.desk.aside(_mended)
        self.crm.book_changed()
        said = [f"committed your edit of {path}" for path in made.swept]
        said += [f"mended {len(made.lines)} of them"] + ([made.next] if made.next else [])
        said += [kept_aside(made.kept_aside)] if made.kept_aside else []
        for text in said:
            self.crm.say(text)


def _foreseen(book: Book) -> list[str]:
    return mend(book, examine(book, time.time()), dry=True).lines


def _mended(book: Book) -> Mended:
    return mend(book, examine(book, time.time()))


def _lines(report: Report) -> Iterator[Line]:
    if not report.problems:
        yield Line(f"{report.summary()}: every file can be read, every value fits")
    for severity, found in groupby(report.problems, lambda problem: problem.severity):
        problems: Sequence[Problem] = list(found)
        yield Line(f"{HEADINGS[severity]} ({len(problems):,})")
        for number, problem in enumerate(problems):
            page = report.survey.by_path.get(problem.path)
            yield Line(problem=problem, id=page.record.id if page else "", number=number)
    for note in report.notes:
        yield Line(note)


def _remedy(line: Line) -> str:
    assert line.problem
    if line.problem.fix:
        return f"F {line.problem.fix}"
    if line.id:
        return "enter opens the record, i changes its fields, e opens its file"
    return f"enter opens {'the settings' if line.problem.path == SETTINGS else 'the file'} in your editor"


def _draw(line: Line, room: int) -> Lines:
    if line.problem is None:
        return [[(visible(line.heading), "heading")]]
    problem = line.problem
    mends = "F" if problem.fix else " "
    half = min(room // 2, max(24, room * 2 // 5))
    where = _short(visible(problem.where), half)
    about = clip(visible(f"{problem.field}: {problem.message}" if problem.field else problem.message), room - half - 4)
    return [[(f"{mends} ", "good"), (where + " " * (half - width(where) + 2), ""), (about, "dim")]]


def _short(where: str, room: int) -> str:
    """A path with its line; where room is short the beginning of the name gives way, never the line."""
    if width(where) <= room:
        return where
    folder, _, name = where.partition("/")
    while name and width(f"{folder}/…{name}") > room:
        name = name[1:]
    return f"{folder}/…{name}"
