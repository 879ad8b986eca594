"""The rows of a form: a blank and the lines that it is filled in with, by the type of its field."""

from collections.abc import Iterator, Mapping
from typing import Final

from textual.widget import Widget

from crm_cli.base.text import visible
from crm_cli.services.filling import Blank, hint_of
from crm_cli.tui.dialogs.understood import Understood
from crm_cli.tui.widgets.line import Line, Text
from crm_cli.tui.widgets.offers import Offers


class Row:
    """A blank with one line of text, unless a subclass knows better."""

    def __init__(self, blank: Blank, offers: Offers) -> None:
        self.blank = blank
        self.offers = offers
        self.names: dict[str, str] = {}
        words = blank.name.removeprefix("custom.").replace(".", " ").replace("_", " ")
        self.label = f"{'*' if blank.required else ' '}{visible(words)}"
        self.parts: list[Line | Text] = list(self.made())
        self._first = self._now()

    def made(self) -> Iterator[Line | Text]:
        """Where it is typed."""
        yield self.line(self.blank.lines[0] if self.blank.lines else "", self.label)

    def line(self, text: str, label: str = "") -> Line:
        """A line of this row."""
        return Line(self, text, hint_of(self.blank.field), label)

    def _now(self) -> tuple[str, ...]:
        return tuple(part.value for part in self.parts if isinstance(part, Line) and part.value.strip())

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands there; exactly what was given where nothing was typed."""
        now = self._now()
        return self.blank.lines if now == self._first else now

    @property
    def touched(self) -> bool:
        """Whether something was typed."""
        return self.lines != self.blank.lines

    @property
    def has_focus(self) -> bool:
        """Whether the keyboard is here."""
        return any(part.has_focus for part in self.parts)

    def start(self) -> None:
        """Takes the keyboard, behind what stands there."""
        self.parts[0].focus()

    def refresh(self) -> None:
        """Drawn anew."""
        for part in self.parts:
            part.refresh()

    def grow(self, line: Widget) -> None:
        """A line was typed in."""

    def tell(self, told: Understood) -> None:
        """What the text means, or what is wrong with it."""
        for part in self.parts:
            if isinstance(part, Line):
                last = part is self._last
                part.tell(told if last else Understood(""), beside=not self.blank.by_commas)

    @property
    def _last(self) -> Line | Text:
        """The line that says what is understood."""
        return next((part for part in self.parts if part.has_focus), self.parts[0])


class Lines(Row):
    """A line for each value, and an empty one for the next."""

    def made(self) -> Iterator[Line]:
        """Below one another."""
        for place, text in enumerate((*self.blank.lines, "")):
            yield self.line(text, "" if place else self.label)

    def grow(self, line: Widget) -> None:
        """The last line is always empty."""
        last = self.parts[-1]
        if line is last and isinstance(last, Line) and last.value and last.parent:
            self.parts.append(self.line(""))
            assert isinstance(last.parent, Widget)
            last.parent.mount(self.parts[-1], after=last)


class Block(Row):
    """A text of many lines."""

    def made(self) -> Iterator[Text]:
        """One block."""
        yield Text(self, "\n".join(self.blank.lines), self.label)

    def start(self) -> None:
        """Behind what was written so far."""
        super().start()
        part = self.parts[0]
        if isinstance(part, Text):
            part.move_cursor(part.document.end)

    def _now(self) -> tuple[str, ...]:
        part = self.parts[0]
        text = part.text if isinstance(part, Text) else ""
        return tuple(text.split("\n")) if text.strip() else ()


ROWS: Final[Mapping[str, type[Row]]] = {
    **dict.fromkeys("text choice link email phone url date moment partial money number integer".split(), Row),
    **dict.fromkeys("bool duration recurrence consent list links".split(), Row),
    **dict.fromkeys("labelled maps facts".split(), Lines),
    "long": Block,
}
"""Every value type and shape that a blank may have: its row."""
