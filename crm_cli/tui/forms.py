"""A form over the blanks of a sheet: it checks and offers while somebody types, and loses nothing unasked."""

from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from crm_cli.base.errors import CrmError
from crm_cli.base.text import visible
from crm_cli.services.filling import Sheet, Typed
from crm_cli.tui.dialogs.confirm import Confirm
from crm_cli.tui.dialogs.understood import Understood
from crm_cli.tui.helping import Helper, sentence
from crm_cli.tui.widgets.blanks import ROWS, Block, Line, Row

Submit = Callable[[Typed], Awaitable[bool]]
"""Uses what was typed; False where the form is to stay open. CrmError is said in the form."""


class Form(ModalScreen[Typed]):
    """Rows to fill in. It gives back what was typed once that has been used."""

    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,ctrl+enter", "save", "Save", priority=True),
        Binding("escape", "leave", "Leave"),
    ]

    def __init__(
        self, title: str, sheet: Sheet, helper: Helper, submit: Submit | None = None, *, start: str = "", save: str = ""
    ) -> None:
        super().__init__()
        self.heading = title
        self.sheet = sheet
        self.helper = helper
        self.submit = submit
        self.save_word = save or "save"
        self._start = start
        self._saving = False

    def compose(self) -> ComposeResult:
        """Title, rows, what is wrong, the keys."""
        with Vertical(classes="dialog form"):
            yield Static(visible(self.heading), classes="title", markup=False)
            with VerticalScroll(classes="rows", can_focus=False):
                for blank in self.sheet.blanks:
                    yield ROWS[blank.field.type](blank)
            yield Static("", classes="told wrong", markup=False)
            enter = "enter or " if self._is_line else ""
            yield Static(
                Content.from_markup(
                    f"[@click=screen.save]{enter}ctrl+s {self.save_word}[/]   [@click=screen.leave]esc leave[/]"
                ),
                classes="keys",
            )

    @property
    def rows(self) -> list[Row]:
        """The rows from above."""
        return list(self.query(Row))

    @property
    def _is_line(self) -> bool:
        return len(self.sheet.blanks) == 1 and ROWS[self.sheet.blanks[0].field.type] is Row

    @property
    def names(self) -> dict[str, str]:
        """The records that names stand for: those that were there, and those that were taken."""
        taken = {name: id for row in self.rows for name, id in row.names.items()}
        return {**self.sheet.names, **taken}

    def typed(self) -> Typed:
        """What stands in the form."""
        return Typed({row.blank.name: row.lines for row in self.rows}, self.names)

    def on_mount(self) -> None:
        """The keyboard goes to the first row, or to the one that was asked for; what stands there is explained."""
        rows = self.rows
        if rows:
            next((row for row in rows if row.blank.name == self._start), rows[0]).start()
        self._explain()

    @work(group="explain")
    async def _explain(self) -> None:
        for row in self.rows:
            if row.lines and not isinstance(row, Block):
                row.tell(await self.helper.check(row.blank, row.lines, self.names))

    # -- while somebody types

    @on(Row.Edited)
    def edited(self, event: Row.Edited) -> None:
        """What it means, and what it could become."""
        self.query_one(".told", Static).update("")
        row = event.row
        if not isinstance(row, Block):
            self.run_worker(self._look(row), group=f"look-{row.blank.name}", exclusive=True)

    async def _look(self, row: Row) -> None:
        line = next((each for each in row.query(Line) if each.has_focus), None)
        names: Mapping[str, str] = self.names
        try:
            row.offer(await self.helper.offers(row.blank, line.value, names) if line and line.value else ())
        except CrmError:
            row.offer(())
        told = await self.helper.check(row.blank, row.lines, names)
        row.tell(told if row.lines else Understood(""))

    def on_descendant_blur(self) -> None:
        """Offers are for the row that has the keyboard."""
        for row in self.rows:
            if row.offered and not row.has_focus_within:
                row.hide()

    @on(Row.Finished)
    def finished(self, event: Row.Finished) -> None:
        """Enter goes on; a form of one line is done with it."""
        event.stop()
        if self._is_line:
            self.action_save()
        else:
            self.focus_next()

    # -- the end

    def action_save(self) -> None:
        """Uses what was typed, once."""
        if not self._saving:
            self._saving = True
            self._save()

    @work(group="save")
    async def _save(self) -> None:
        try:
            if await self._fits():
                typed = self.typed()
                if self.submit is None or await self.submit(typed):
                    self.dismiss(typed)
        except CrmError as error:
            self.query_one(".told", Static).update(visible(sentence(error)))
        finally:
            self._saving = False

    async def _fits(self) -> bool:
        """Whether every row can be understood; the first that cannot gets the keyboard."""
        wrong = []
        for row in self.rows:
            if row.touched or row.blank.required:
                told = await self.helper.check(row.blank, row.lines, self.names)
                row.tell(told)
                wrong += [] if told.fits else [row]
        if wrong:
            wrong[0].start()
        return not wrong

    @on(Row.Left)
    def left(self, event: Row.Left) -> None:
        """Escape within a row."""
        event.stop()
        self.action_leave()

    def action_leave(self) -> None:
        """Leaves; what was typed is asked about first."""
        if self._saving:
            return
        if not any(row.touched for row in self.rows):
            self.dismiss(None)
            return
        question = Confirm("Leave what you have typed?", ["it is not saved"], yes="leave it", no="go on typing")
        self.app.push_screen(question, self._left_after_asking)

    def _left_after_asking(self, leave: bool | None) -> None:
        if leave:
            self.dismiss(None)
