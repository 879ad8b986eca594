"""The rows of a form: a name, what is typed, what it is understood as, what is offered."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from crm_cli.base.text import visible
from crm_cli.services.filling import Blank, hint_of
from crm_cli.services.offering import Offer, is_closed
from crm_cli.tui.dialogs.understood import Understood


class Line(Input):
    """A line of a row; the keys that choose among offers stay in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "along(1)"),
        Binding("up", "along(-1)"),
        Binding("tab", "on"),
        Binding("enter", "enter"),
        Binding("escape", "leave"),
    ]

    def __init__(self, row: "Row", text: str, hint: str) -> None:
        super().__init__(text, placeholder=hint, compact=True, select_on_focus=False)
        self.row = row

    def action_along(self, by: int) -> None:
        """Along the offers, or to the row above or below."""
        if not self.row.step(by):
            self.screen.focus_next() if by > 0 else self.screen.focus_previous()

    def action_on(self) -> None:
        """Takes the offer, and goes on."""
        self.row.take(self)
        self.screen.focus_next()

    def action_enter(self) -> None:
        """Takes the offer; without one that is all for this row."""
        if not self.row.take(self):
            self.post_message(Row.Finished(self.row))

    def action_leave(self) -> None:
        """Without the offers; without those, out of the form."""
        if not self.row.hide():
            self.post_message(Row.Left(self.row))


class Text(TextArea):
    """Several lines."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave")]

    def __init__(self, row: "Row", text: str) -> None:
        super().__init__(text, compact=True, show_line_numbers=False, highlight_cursor_line=False)
        self.row = row

    def action_leave(self) -> None:
        """Out of the form."""
        self.post_message(Row.Left(self.row))


class Row(Horizontal):
    """A blank: one line of text, unless a subclass knows better."""

    class Told(Message):
        """Something happened in a row."""

        def __init__(self, row: "Row") -> None:
            super().__init__()
            self.row = row

    class Edited(Told):
        """Its text is another one."""

    class Finished(Told):
        """Enter was pressed, with nothing to take."""

    class Left(Told):
        """Escape was pressed."""

    def __init__(self, blank: Blank) -> None:
        super().__init__(classes="row")
        self.blank = blank
        self.names: dict[str, str] = {}
        self.offered: Sequence[Offer] = ()
        self._first: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Name to the left; to the right what is typed, with what it means beside or below."""
        label = self.blank.name.replace("custom.", "").replace(".", " ").replace("_", " ")
        yield Static(f"{'*' if self.blank.required else ' '}{visible(label)}", classes="label", markup=False)
        with Vertical(classes="filled"):
            with Horizontal(classes="typed"):
                yield from self.inputs()
                yield Static("", classes="beside", markup=False)
            yield Static("", classes="below", markup=False)
            options = OptionList(compact=True, markup=False, classes="offers")
            options.can_focus = False
            yield options

    def inputs(self) -> ComposeResult:
        """Where it is typed."""
        yield Line(self, self.blank.lines[0] if self.blank.lines else "", hint_of(self.blank.field))

    def on_mount(self) -> None:
        """What stood there at first, as the widgets read it."""
        self._first = self._now()

    def _now(self) -> tuple[str, ...]:
        return tuple(line.value for line in self.query(Line) if line.value.strip())

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands there; exactly what was given where nothing was typed."""
        now = self._now()
        return self.blank.lines if now == self._first else now

    @property
    def touched(self) -> bool:
        """Whether something was typed."""
        return self.lines != self.blank.lines

    def start(self) -> None:
        """Takes the keyboard."""
        next(iter(self.query("Line, Text"))).focus()

    # -- what is understood

    def tell(self, told: Understood) -> None:
        """What the text means, or what is wrong with it."""
        below = not told.fits or self.blank.several or self.blank.by_commas
        self.query_one(".beside", Static).update("" if below else visible(told.text))
        self.query_one(".below", Static).update(visible(told.text) if below else "")
        self.query_one(".below").display = below and bool(told.text)
        self.query_one(".below").set_class(not told.fits, "wrong")

    # -- what is offered

    def offer(self, offered: Sequence[Offer]) -> None:
        """Shows what the line could become; where only that fits the first one is ready to be taken."""
        self.offered = offered
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(visible(f"{each.shown}  {each.about}".rstrip())) for each in offered])
        options.highlighted = 0 if offered and is_closed(self.blank.field) else None
        options.display = bool(offered)

    def hide(self) -> bool:
        """Without offers; whether there were any."""
        had = bool(self.offered)
        self.offer(())
        return had

    def step(self, by: int) -> bool:
        """Along the offers; whether there are any to go to."""
        options = self.query_one(OptionList)
        at = options.highlighted
        if not self.offered or (at is None and by < 0):
            return False
        options.highlighted = 0 if at is None else min(max(at + by, 0), len(self.offered) - 1)
        return True

    def take(self, line: Line | None = None) -> bool:
        """Puts the offer under the cursor into the line; whether there was one."""
        at = self.query_one(OptionList).highlighted
        if not self.offered or at is None:
            return False
        taken = self.offered[at]
        line = line or next((each for each in self.query(Line) if each.has_focus), self.query(Line).last())
        if taken.name:
            self.names[taken.name] = taken.id
        line.value = taken.line
        line.cursor_position = len(taken.line)
        self.hide()
        return True

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        """A click takes the offer."""
        event.stop()
        self.query_one(OptionList).highlighted = event.option_index
        self.take()

    @on(Input.Changed)
    @on(TextArea.Changed)
    def edited(self, event: Message) -> None:
        """Tells the form."""
        event.stop()
        self.post_message(self.Edited(self))


class Lines(Row):
    """A line for each value, and an empty one for the next."""

    def inputs(self) -> ComposeResult:
        """Below one another."""
        with Vertical(classes="lines"):
            for text in (*self.blank.lines, ""):
                yield Line(self, text, hint_of(self.blank.field))

    @on(Input.Changed)
    def grow(self, event: Input.Changed) -> None:
        """The last line is always empty."""
        if event.input is self.query(Line).last() and event.value:
            self.query_one(".lines").mount(Line(self, "", hint_of(self.blank.field)))


class Block(Row):
    """A text of many lines."""

    def inputs(self) -> ComposeResult:
        """One block."""
        yield Text(self, "\n".join(self.blank.lines))

    def _now(self) -> tuple[str, ...]:
        text = self.query_one(Text).text
        return tuple(text.split("\n")) if text.strip() else ()


ROWS: Final[Mapping[str, type[Row]]] = {
    **dict.fromkeys("text choice link email phone url date moment partial money number integer".split(), Row),
    **dict.fromkeys("bool duration recurrence consent list links".split(), Row),
    **dict.fromkeys("labelled maps facts".split(), Lines),
    "long": Block,
}
"""Every value type and shape that a blank may have: its row."""
