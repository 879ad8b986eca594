"""A line to type in above a list: the arrow keys move along the list while the line keeps the keyboard."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import OptionList

from crm_cli.tui.commands import ENDING


class Along(ModalScreen[ScreenResultType]):
    """What dialogs of this form have in common; what it gives back and what enter does is their own."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "step(1)", "Down", priority=True),
        Binding("up,ctrl+p", "step(-1)", "Up", priority=True),
        Binding("escape,ctrl+q", "leave", "Leave"),
        ENDING,
    ]

    def action_step(self, by: int) -> None:
        """Up or down."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()

    def action_leave(self) -> None:
        """Nothing is chosen."""
        self.dismiss(None)
