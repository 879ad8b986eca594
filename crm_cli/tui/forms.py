"""A form over the blanks of a sheet: it checks and offers while somebody types, and loses nothing unasked."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker

from crm_cli.base.errors import CrmError
from crm_cli.base.text import clip, visible
from crm_cli.services.filling import Sheet, Typed
from crm_cli.services.offering import Offer, is_short
from crm_cli.tui.beside import beside
from crm_cli.tui.commands import ENDING
from crm_cli.tui.dialogs.confirm import Confirm
from crm_cli.tui.dialogs.understood import TITLE, Understood
from crm_cli.tui.helping import Helper, sentence
from crm_cli.tui.widgets.blanks import ROWS, Block, Row
from crm_cli.tui.widgets.line import Edited, Finished, Left, Line
from crm_cli.tui.widgets.offers import Offers

Submit = Callable[[Typed], Awaitable[bool]]
"""Uses what was typed; False where the form is to stay open. CrmError is said in the form."""

AROUND = 7
"""Lines of a form around its rows: the box, the title, what is wrong, the keys."""


class Form(ModalScreen[Typed]):
    """Rows to fill in. It gives back what was typed once that has been used."""

    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,ctrl+enter", "save", "Save"),
        Binding("escape,ctrl+q", "leave", "Leave"),
        ENDING,
        # At once, so that what is typed behind them, however fast, is for the next line.
        Binding("tab", "on", priority=True),
        Binding("shift+tab", "before", priority=True),
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
        self.offers = Offers()
        self.rows = [ROWS[blank.field.type](blank, self.offers) for blank in sheet.blanks]
        self._start = start
        self._saving = False

    def compose(self) -> ComposeResult:
        """Title, rows, what is wrong, the keys."""
        with Container(classes="middle"), Vertical(classes="dialog form"):
            yield Static(clip(visible(self.heading), TITLE), classes="title", markup=False)
            with VerticalScroll(classes="rows", can_focus=False):
                for row in self.rows:
                    yield from row.parts
            yield Static("", classes="told wrong", markup=False)
            enter = "enter or " if self._is_line else ""
            keys = f"[@click=screen.save]{enter}ctrl+s {self.save_word}[/]   [@click=screen.leave]esc leave[/]"
            yield Static(Content.from_markup(keys), classes="keys")
        yield self.offers

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

    def on_resize(self) -> None:
        """The rows scroll where the screen is low; title and keys stay to be seen."""
        self.query_one(".rows").styles.max_height = max(3, self.size.height - AROUND)

    @beside("explain", exclusive=False)
    async def _explain(self) -> None:
        for row in self.rows:
            if row.lines and not isinstance(row, Block):
                row.tell(await self.helper.check(row.blank, row.lines, self.names))

    # -- while somebody types

    @on(Edited)
    def edited(self, event: Edited) -> None:
        """What it means, and what it could become."""
        self.query_one(".told", Static).update("")
        if isinstance(event.line, Line):
            self._begin_look(event.row, event.line)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """An empty line that wants one of a few words offers them."""
        line = event.widget
        if isinstance(line, Line) and not line.value and is_short(line.row.blank.field):
            self._begin_look(line.row, line)

    def _begin_look(self, row: Row, line: Line) -> None:
        async def look() -> None:
            await self._look(row, line)

        _: Worker[None] = self.run_worker(look, group=f"look-{row.blank.name}", exclusive=True)

    def _asks(self, line: Line) -> bool:
        return line.has_focus and bool(line.value or is_short(line.row.blank.field))

    async def _look(self, row: Row, line: Line) -> None:
        names = self.names
        try:
            offered = await self.helper.offers(row.blank, line.value, names) if self._asks(line) else ()
        except CrmError:
            offered = ()
        told = await self.helper.check(row.blank, row.lines, names) if row.lines else Understood("")
        # What is begun fits nothing yet: the offers say more than a complaint.
        row.tell(Understood("") if offered and not told.fits else told)
        self.call_after_refresh(self._offer, row, line, offered)  # the line may stand elsewhere by then

    def _offer(self, row: Row, line: Line, offered: Sequence[Offer]) -> None:
        if line.has_focus:
            self.offers.offer(row, line, offered)

    def on_descendant_blur(self) -> None:
        """Offers are for the line that has the keyboard."""
        self.offers.hide()

    def action_on(self) -> None:
        """Takes the offer, and goes on."""
        self.offers.take()
        self.focus_next()

    def action_before(self) -> None:
        """One line back."""
        self.focus_previous()

    @on(Finished)
    def finished(self) -> None:
        """Enter goes on; a form of one line is done with it."""
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

    @on(Left)
    def left(self) -> None:
        """Escape within a line."""
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
