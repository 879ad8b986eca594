"""The application: it holds the desk, goes from place to place, and tells what happened."""

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from crm_cli.base.errors import CrmError
from crm_cli.base.text import visible
from crm_cli.tui.acting import Hand
from crm_cli.tui.ahead import Ahead
from crm_cli.tui.commands import EVERYWHERE
from crm_cli.tui.desk import Desk
from crm_cli.tui.going import Going
from crm_cli.tui.page import Page
from crm_cli.tui.places import GOING, PLACES
from crm_cli.tui.watching import watch
from crm_cli.tui.whole import Whole


class CrmApp(Whole, Going, Ahead):
    """The screens over one book."""

    TITLE = "crm"
    CSS_PATH = "styles/crm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*EVERYWHERE, *GOING]
    AUTO_FOCUS = "Rows"

    def __init__(self, desk: Desk, *, first: str = "day", filter: str = "", record: str = "") -> None:
        super().__init__()
        self.desk = desk
        self.hand = Hand(self)
        self.first, self.filter, self._record = first, filter, record
        self.headline = self.greeting = ""
        self.crash: Exception | None = None

    def on_mount(self) -> None:
        """The look that the user wants, and the first screen."""
        ui = self.desk.config.ui
        if ui.theme in self.available_themes:
            self.theme = ui.theme
        self.set_keymap(dict(ui.keys))
        if self._record:
            self.open_record(self._record)
        if self.greeting:
            self.notify(self.greeting, title="crm", timeout=6)
        self.set_timer(0.5, self.stay_fresh)  # it imports for 60 ms, which the first frame need not wait for

    def action_leave(self) -> None:
        """Ends; what is being written is finished first."""
        self.leave(0)

    def leave(self, code: int) -> None:
        """Ends with an exit code."""
        self.exit(code)

    def _handle_exception(self, error: Exception) -> None:
        """A bug ends the screens; it is reported as that of any command, once the terminal is itself again."""
        self.crash = self.crash or error
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        """Nothing: Textual would show record data among its local variables."""

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: every place by its name, then what this screen can do, then what Textual offers."""
        for each in PLACES if not self.is_asking else ():
            yield SystemCommand(each.title, each.about, lambda name=each.name: self.action_go(name))
        seen = set()
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.id and not binding.action.startswith("go(") and binding.id not in seen and active.enabled:
                seen.add(binding.id)
                yield SystemCommand(
                    binding.description,
                    binding.tooltip,
                    lambda node=active.node, action=binding.action: node.run_worker(self.run_action(action, node)),
                )
        yield SystemCommand("Theme", "other colours", self.action_change_theme)

    def open_record(self, ref: str) -> None:
        """The page of a record, on top of where one is."""
        from crm_cli.tui.screens.record import RecordPage  # with the first record that is opened

        self.push_screen(RecordPage(ref))

    @work(group="watch")
    async def stay_fresh(self) -> None:
        """Reads anew whenever somebody else changes the book."""
        async for _ in watch(self.desk.root):
            self.book_changed()

    def book_changed(self) -> None:
        """Every screen is told that the files are others now."""
        self.desk.forget()
        kept = (self.get_screen(each.name) for each in PLACES if self.is_screen_installed(each.name))
        for screen in dict.fromkeys((*self.screen_stack, *kept)):
            if isinstance(screen, Page):
                screen.book_changed()

    def action_refresh(self) -> None:
        """Reads anew because somebody asked for it."""
        self.book_changed()

    def complain(self, error: CrmError) -> None:
        """What is wrong and what to do."""
        lines = [error.message, *error.candidates, *([error.hint] if error.hint else [])]
        self.notify("\n".join(map(visible, lines)), severity="error", markup=False, timeout=10)

    def say(self, text: str) -> None:
        """What was done."""
        self.notify(visible(text), markup=False, timeout=4)
