"""What a form is filled in with: a line, or a block of text, that draws its own name and what it is understood as.

One widget each: a form of forty fields opens at once.
"""

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, TextArea

from crm_cli.base.text import clip, visible, width
from crm_cli.tui.dialogs.understood import Understood

if TYPE_CHECKING:
    from crm_cli.tui.widgets.blanks import Row

LABEL: Final = 17
"""Cells for the name at the left."""
BESIDE: Final = 34
"""Cells at most for what is said at the right."""
LEAST: Final = 14
"""Cells that are left to type in."""
Said = tuple[str, str]
"""A text and the component class that it looks like."""


class FromRow(Message):
    """Something that happened in a line of a row."""

    def __init__(self, row: "Row", line: Widget) -> None:
        super().__init__()
        self.row = row
        self.line = line


class Edited(FromRow):
    """Its text is another one."""


class Finished(FromRow):
    """Enter was pressed, with nothing to take."""


class Left(FromRow):
    """Escape was pressed."""


class Line(Input):
    """A line to type in; keys that choose among offers go to its row."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--label", "line--here", "line--told", "line--wrong"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "along(1)"),
        Binding("up", "along(-1)"),
        Binding("enter", "enter"),
        Binding("escape", "leave"),
    ]

    def __init__(self, row: "Row", text: str, hint: str, label: str) -> None:
        super().__init__(text, placeholder=visible(hint), compact=True, select_on_focus=False)
        self.row = row
        self.label = label
        self.beside = ""
        self.below: list[str] = []
        self.fits = True
        self._was = text

    def put(self, text: str) -> None:
        """Another text, or the same one that means something else now."""
        if text == self.value:
            self.post_message(Edited(self.row, self))
        self.value = text
        self.cursor_position = len(text)

    def tell(self, told: Understood, *, beside: bool) -> None:
        """What is understood: beside the text where there is room, else below it; what is wrong always below."""
        text = visible(told.text)
        room = self.outer_size.width - LABEL
        self.fits = told.fits
        cells = min(width(text), BESIDE)
        fits = beside and told.fits and room - cells - 1 >= max(LEAST, min(width(self.value) + 1, room // 2))
        self.beside = clip(text, BESIDE) if fits else ""
        self.below = [] if fits else wrapped(text, room)
        self.styles.padding = (0, cells + 1 if self.beside else 0, 0, LABEL)
        self.styles.height = 1 + len(self.below)
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The line, with its name in front, what is meant behind and below."""
        whole = [*map(harmless, super().render_lines(Region(0, crop.y, self.outer_size.width, crop.height)))]
        return [self._painted(crop.y + at, strip).crop(crop.x, crop.right) for at, strip in enumerate(whole)]

    def _painted(self, y: int, strip: Strip) -> Strip:
        look = "line--told" if self.fits else "line--wrong"
        label = "line--here" if self.row.has_focus else "line--label"
        if y == 0:
            strip = painted(self, strip, 0, (self.label, label), LABEL)
            at = self.outer_size.width - width(self.beside)
            return painted(self, strip, at, (self.beside, look), width(self.beside)) if self.beside else strip
        if y <= len(self.below):
            return painted(self, strip, LABEL, (self.below[y - 1], look), self.outer_size.width - LABEL)
        return strip

    def on_focus(self) -> None:
        """The name of the row looks like the one that has the keyboard."""
        self.row.refresh()

    def on_blur(self) -> None:
        """And not any more."""
        self.row.refresh()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tells the form."""
        event.stop()
        if event.value != self._was:  # Textual tells of the text that it was made with, too
            self._was = event.value
            self.row.grow(self)
            self.post_message(Edited(self.row, self))

    def action_along(self, by: int) -> None:
        """Along the offers, or to the line above or below."""
        if not self.row.offers.step(by):
            self.screen.focus_next() if by > 0 else self.screen.focus_previous()

    def action_enter(self) -> None:
        """Takes the offer; without one that is all for this line."""
        if not self.row.offers.take():
            self.post_message(Finished(self.row, self))

    def action_leave(self) -> None:
        """Without the offers; without those, out of the form."""
        if not self.row.offers.hide():
            self.post_message(Left(self.row, self))


class Text(TextArea):
    """A block of text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--label", "line--here"}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave")]

    def __init__(self, row: "Row", text: str, label: str) -> None:
        super().__init__(text, compact=True, show_line_numbers=False, highlight_cursor_line=False)
        self.row = row
        self.label = label

    def render_lines(self, crop: Region) -> list[Strip]:
        """The block, with its name in front."""
        whole = [*map(harmless, super().render_lines(Region(0, crop.y, self.outer_size.width, crop.height)))]
        label = "line--here" if self.row.has_focus else "line--label"
        if crop.y == 0 and whole:
            whole = [painted(self, whole[0], 0, (self.label, label), LABEL), *whole[1:]]
        return [strip.crop(crop.x, crop.right) for strip in whole]

    def on_focus(self, _event: events.Focus) -> None:
        """The name of the row looks like the one that has the keyboard."""
        self.row.refresh()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tells the form."""
        event.stop()
        self.post_message(Edited(self.row, self))

    def action_leave(self) -> None:
        """Out of the form."""
        self.post_message(Left(self.row, self))


def harmless(strip: Strip) -> Strip:
    """A strip without the signs that could steer a terminal: they take no cell, and stay in the text."""
    if all(segment.text.isprintable() for segment in strip):
        return strip
    return Strip([Segment("".join(filter(_is_harmless, text)), style) for text, style, _control in strip])


def _is_harmless(char: str) -> bool:
    return char == "\\" or visible(char) == char


def painted(widget: Widget, strip: Strip, at: int, said: Said, cells: int) -> Strip:
    """A strip with a text painted over so many of its cells."""
    text, look = said
    text = clip(text, cells)
    base = widget.screen.query_one(".form").rich_style
    style = base + widget.get_component_rich_style(look, partial=True)
    middle = [Segment(text + " " * (cells - width(text)), style)]
    return Strip([*strip.crop(0, at), *middle, *strip.crop(at + cells, strip.cell_length)])


def wrapped(text: str, cells: int) -> list[str]:
    """The text in lines of so many cells, parted between words."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(lines[-1]) + 1 + width(word) <= cells:
            lines[-1] += f" {word}"
        else:
            lines.append(clip(word, cells))
    return lines
