"""Going from place to place, and back the same way."""

from collections import deque
from typing import Any

from textual.app import App
from textual.screen import ModalScreen, Screen, SystemModalScreen

from crm_cli.tui.page import Page
from crm_cli.tui.places import place

REMEMBERED = 20
"""Places, for the way back."""


class Going(App[int]):
    """Every place is made once, and kept as it was left."""

    first: str

    def __init__(self) -> None:
        super().__init__()
        self._came: deque[str] = deque(maxlen=REMEMBERED)

    def get_default_screen(self) -> Screen[Any]:
        """The first place: Textual's own blank screen would have to be laid out, too."""
        first = self._kept(self.first)
        first._push_result_callback(self, None)  # switching takes one off, which a default screen has not
        return first

    def _kept(self, name: str) -> Screen[Any]:
        if not self.is_screen_installed(name) and (found := place(name)):
            self.install_screen(found.make(), name)
        return self.get_screen(name)

    @property
    def is_asking(self) -> bool:
        """Whether a dialog of ours is open: the palette lies over those, too."""
        return any(
            isinstance(each, ModalScreen) and not isinstance(each, SystemModalScreen) for each in self.screen_stack
        )

    def action_go(self, name: str) -> None:
        """To a place; not from a dialog, whose words would be lost."""
        if self.is_asking:
            return
        here = self.screen_stack[0]
        if isinstance(here, Page) and here.here != name:
            self._came.append(here.here)
        self._enter(name)

    def _enter(self, name: str) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()
        kept = self._kept(name)
        if self.screen is not kept:
            self.switch_screen(name)
        if isinstance(kept, Page) and kept.is_mounted:
            kept.entered()

    async def action_back(self) -> None:
        """One screen back, or to the place before; from the first one to my day."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self._enter(self._came.pop() if self._came else "day")
