"""Keys one after the other: none is passed on before what the one before it began can take it.

Textual hands a key to whatever has the focus at that moment, from where it travels up to the command that it calls.
Whoever types faster than a screen opens would type into the screen before it, where letters are commands.
"""

from collections import deque
from functools import partial
from time import monotonic
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, TextArea

from crm_cli.tui.acting import Hand

STEP = 0.01
"""Seconds between two looks whether the dialog is there."""
LONGEST = 3.0
"""Seconds after which nobody waits any more, for a dialog or for what a key began."""

ROUNDS = 2
"""A key makes a widget send a message of its own, which is behind the first one that comes back."""


class Worked(Message):
    """Comes back to the application behind all that was sent the same way before it."""

    def __init__(self, turn: int, before: Screen[Any], where: DOMNode, rounds: int = 1) -> None:
        super().__init__()
        self.turn, self.before, self.where, self.rounds = turn, before, where, rounds


class Ahead(App[int]):
    """Keeps what is typed and pasted until its turn comes."""

    hand: Hand

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Event] = deque()
        self._turn = 0
        self._since = 0.0
        self.behind = False
        """Whether a key is being worked off."""

    async def on_event(self, event: events.Event) -> None:
        """Takes what the terminal tells."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if not self.behind or monotonic() - self._since > LONGEST:
            self._begin_turn()
            await self._look(Worked(self._turn, self.screen, self.screen))

    def forget_typed(self) -> None:
        """Drops what was typed for a dialog that does not open."""
        self._typed.clear()

    def _begin_turn(self) -> None:
        self.behind = True
        self._turn += 1
        self._since = monotonic()

    async def on_worked(self, message: Worked) -> None:
        """All that was sent before has been worked off, but for what goes on beside the keyboard."""
        if message.rounds > 1 and message.turn == self._turn:
            self._send(Worked(message.turn, message.before, message.where, message.rounds - 1))
        else:
            await self._look(message)

    async def _look(self, came: Worked) -> None:
        if came.turn != self._turn:  # somebody has typed again meanwhile, and was not kept waiting
            return
        if not self.screen_stack:  # that key was the last one
            return
        if self.hand.opening and monotonic() - self._since < LONGEST:
            self.set_timer(STEP, partial(self._look, came))
        elif self.screen not in (came.before, came.where):  # its focus is known when the message comes back
            self._send(Worked(came.turn, came.before, self.screen))
        else:
            if self.screen is not came.before and self._asks():
                self.forget_typed()
            await self._pass_on()

    def _asks(self) -> bool:
        """Whether it is a question, of yes or no or of a list: it is answered by whoever has read it."""
        return isinstance(self.screen, ModalScreen) and not isinstance(self.focused, Input | TextArea)

    async def _pass_on(self) -> None:
        if not self._typed:
            self.behind = False
            return
        self._begin_turn()
        behind = Worked(self._turn, self.screen, self.focused or self.screen, ROUNDS)
        await super().on_event(self._of_one_line(self._typed.popleft()))
        self._send(behind)

    def _send(self, message: Worked) -> None:
        if not message.where.post_message(message):  # it is being taken off the screen
            self.post_message(message)

    def _of_one_line(self, event: events.Event) -> events.Event:
        """Several lines pasted into a field of one are joined: all but the first would be lost without a word."""
        if isinstance(event, events.Paste) and isinstance(self.focused, Input):
            lines = event.text.splitlines()
            return events.Paste(" ".join(event.text.split()) if len(lines) > 1 else "".join(lines))
        return event
