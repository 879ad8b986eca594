"""What is typed or pasted on its way to the screens: ahead of a dialog that is about to open, or into a single line."""

from textual import events
from textual.app import App
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from crm_cli.tui.acting import Hand

STEP = 0.02
"""Seconds between two looks whether the dialog is there."""
LONGEST = 3.0
"""Seconds after which nobody waits for a dialog any more."""


class Ahead(App[int]):
    """Keeps keys for the dialog that they are meant for, so that they run as commands of no page."""

    hand: Hand

    def __init__(self) -> None:
        super().__init__()
        self._typed: list[events.Event] = []
        self._waited = 0.0

    async def on_event(self, event: events.Event) -> None:
        """Takes what the terminal tells."""
        if isinstance(event, events.Key | events.Paste) and (self._typed or self.hand.opening):
            self._typed.append(event)
            if len(self._typed) == 1:
                self._waited = 0.0
                self.set_timer(STEP, self._catch_up)
            return
        await super().on_event(self._of_one_line(event))

    async def _catch_up(self) -> None:
        self._waited += STEP
        if self.hand.opening and self._waited < LONGEST:
            self.set_timer(STEP, self._catch_up)
            return
        typed, self._typed = self._typed, []
        # A question with yes and no is answered by whoever has read it.
        if isinstance(self.screen, ModalScreen) and isinstance(self.focused, Input | TextArea):
            for event in typed:
                await super().on_event(self._of_one_line(event))

    def _of_one_line(self, event: events.Event) -> events.Event:
        """Several lines pasted into a field of one are joined: all but the first would be lost without a word."""
        if isinstance(event, events.Paste) and isinstance(self.focused, Input):
            return events.Paste(" ".join(event.text.split()))
        return event
