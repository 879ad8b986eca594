"""Lets somebody choose the columns of a list: those that are shown first, in the order of choosing."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static

from crm_cli.base.text import fold
from crm_cli.tui.dialogs.along import Along


class Columns(Along[list[str]]):
    """Names with a mark at those that are shown; gives back the names in their order."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take", "Done", priority=True)]

    def __init__(self, now: Sequence[str], possible: Sequence[str]) -> None:
        super().__init__()
        self.wanted = list(now)
        self.possible = [name for name in possible if name not in now]
        self.names: list[str] = []

    def compose(self) -> ComposeResult:
        """Title, line to narrow, names."""
        with Vertical(classes="dialog"):
            yield Static("Columns", classes="title")
            yield Narrow(compact=True, placeholder="type to narrow")
            yield OptionList(compact=True, markup=False)
            yield Static("space shows or hides   < > move   enter takes them   esc leaves", classes="keys")

    def on_mount(self) -> None:
        """All names."""
        self._list(0)

    @on(Input.Changed)
    def narrow(self) -> None:
        """Fewer names."""
        self._list(0)

    def _list(self, at: int) -> None:
        typed = fold(self.query_one(Input).value.strip())
        every = [*self.wanted, *(name for name in self.possible if name not in self.wanted)]
        self.names = [name for name in every if typed in fold(name)]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([f"{'*' if name in self.wanted else ' '} {name}" for name in self.names])
        options.highlighted = min(at, len(self.names) - 1) if self.names else None

    @property
    def _at(self) -> int | None:
        return self.query_one(OptionList).highlighted

    def turn(self) -> None:
        """Shows the column under the cursor, or does not any more."""
        if self._at is None:
            return
        name = self.names[self._at]
        if name in self.wanted:
            self.wanted.remove(name)
            self.possible.insert(0, name)
        else:
            self.wanted.append(name)
        self._list(self._at)

    def shift(self, by: int) -> None:
        """Moves the column under the cursor."""
        name = self.names[self._at] if self._at is not None else ""
        if name in self.wanted:
            place = self.wanted.index(name)
            self.wanted.insert(max(0, place + by), self.wanted.pop(place))
            self._list(0)
            self.query_one(OptionList).highlighted = self.names.index(name)

    def action_take(self) -> None:
        """These."""
        self.dismiss(self.wanted)


class Narrow(Input):
    """The line; the keys that mark and move are none of its letters, as no column has them in its name."""

    def on_key(self, event: events.Key) -> None:
        """Before the line itself takes the key."""
        assert isinstance(self.screen, Columns)
        if event.key == "space":
            self.screen.turn()
        elif event.key in WAYS:
            self.screen.shift(WAYS[event.key])
        else:
            return
        event.stop()
        event.prevent_default()


WAYS = {"less_than_sign": -1, "greater_than_sign": 1}
