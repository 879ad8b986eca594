"""A list of any length: only what is on the screen is drawn, the cursor stays on its record when the list changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crm_cli.base.text import clip, width
from crm_cli.tui.commands import MOVING

T = TypeVar("T")
Part = tuple[str, str]
"""A text and its look: the name of a component class behind `rows--`, or nothing."""
Lines = Sequence[Sequence[Part]]
GUTTER = 2


@dataclass(frozen=True, slots=True)
class Picture(Generic[T]):
    """How items are drawn: each as so many lines, for a width; `key` names an item, and is empty for a heading."""

    draw: Callable[[T, int], Lines]
    key: Callable[[T], str]
    tall: int = 1


class Rows(ScrollView, Generic[T], can_focus=True):
    """Items under a cursor, some of them marked."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--cursor", "rows--idle", "rows--marked", "rows--heading", "rows--dim", "rows--late", "rows--good",
        "rows--strong",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [*MOVING]
    cursor: reactive[int] = reactive(0, repaint=True)

    class Chosen(Message):
        """An item was opened."""

        def __init__(self, rows: "Rows[Any]", item: Any) -> None:
            super().__init__()
            self.rows = rows
            self.item = item

        @property
        def control(self) -> "Rows[Any]":
            """The list that it stands in."""
            return self.rows

    class Moved(Chosen):
        """The cursor stands on another item."""

    class Marked(Chosen):
        """Other items are marked now."""

    def __init__(self, picture: Picture[T], *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.picture = picture
        self.items: Sequence[T] = ()
        self.marked: set[str] = set()
        self._drawn: dict[tuple[int, int], Lines] = {}
        self._styles: dict[tuple[str, ...], Style] = {}

    # -- what is shown

    def show(self, items: Sequence[T], picture: Picture[T] | None = None, *, anew: bool = False) -> None:
        """Other items; the cursor stays on its record, or in its place where that has gone, `anew` at the first one."""
        key = self.key
        self.picture = picture or self.picture
        self.items = items
        self._drawn.clear()
        if self.marked:
            self.marked &= {self.picture.key(item) for item in items}
        place = self._place(key) if key else None
        self._measure()  # before the cursor moves: it is scrolled to where there are lines already
        self.cursor = self._selectable((0 if anew else self.cursor) if place is None else place)
        self.refresh()

    def redraw(self) -> None:
        """The same items look different now."""
        self._drawn.clear()
        self.refresh()

    def _place(self, key: str) -> int | None:
        at = min(self.cursor, len(self.items) - 1)
        if at >= 0 and self.picture.key(self.items[at]) == key:
            return at
        return next((place for place, item in enumerate(self.items) if self.picture.key(item) == key), None)

    def _selectable(self, at: int, step: int = 1) -> int:
        """The nearest place with a record, looking first in the direction of the step."""
        at = max(0, min(at, len(self.items) - 1))
        for way in (step, -step):
            place = at
            while 0 <= place < len(self.items):
                if self.picture.key(self.items[place]):
                    return place
                place += way
        return at

    @property
    def current(self) -> T | None:
        """The item under the cursor."""
        return self.items[self.cursor] if 0 <= self.cursor < len(self.items) else None

    @property
    def key(self) -> str:
        """The key under the cursor."""
        item = self.current
        return "" if item is None else self.picture.key(item)

    @property
    def chosen(self) -> list[str]:
        """The keys that are marked, in their order, else the one under the cursor."""
        if self.marked:
            return [key for item in self.items if (key := self.picture.key(item)) in self.marked]
        return [self.key] if self.key else []

    # -- moving

    def action_step(self, by: int) -> None:
        """Up or down."""
        self._go(self.cursor + by, by)

    def action_page(self, by: int) -> None:
        """A screen up or down."""
        self._go(self.cursor + by * max(1, self.size.height // self.picture.tall - 1), by)

    def action_edge(self, by: int) -> None:
        """To the first or the last."""
        self._go(0 if by < 0 else len(self.items) - 1, -by)

    def go_to(self, key: str) -> None:
        """To the record of that key, if it is here."""
        place = self._place(key)
        if place is not None:
            self._go(place, 1)

    def _go(self, place: int, step: int) -> None:
        self.cursor = self._selectable(place, 1 if step > 0 else -1)

    def watch_cursor(self) -> None:
        """Keeps the cursor on the screen, and tells where it is."""
        tall = self.picture.tall
        top = self.cursor * tall
        if self._only_headings_above():
            top, tall = 0, top + tall
        self.scroll_to_region(Region(0, top, 1, tall), animate=False, force=True, immediate=True)
        if self.current is not None:
            self.post_message(self.Moved(self, self.current))

    def _only_headings_above(self) -> bool:
        return self.cursor < 3 and all(not self.picture.key(item) for item in self.items[: self.cursor])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is typed for a dialog that is about to open marks and opens nothing here."""
        del action, parameters
        hand = getattr(self.app, "hand", None)
        return not (hand and hand.opening)

    def action_mark(self) -> None:
        """Marks the record, or not any more, and goes on."""
        if self.key:
            self.marked ^= {self.key}
            self._tell_marks()
            self.action_step(1)

    def action_mark_all(self) -> None:
        """Marks all of them, or none where all are marked."""
        every = {key for item in self.items if (key := self.picture.key(item))}
        self.marked = set() if self.marked == every else every
        self._tell_marks()

    def _tell_marks(self) -> None:
        self.refresh()
        self.post_message(self.Marked(self, self.current))

    def action_choose(self) -> None:
        """Opens the record."""
        if self.current is not None and self.key:
            self.post_message(self.Chosen(self, self.current))

    def on_click(self, event: events.Click) -> None:
        """A click goes there, a second one opens."""
        place = (event.y + self.scroll_offset.y) // self.picture.tall
        if place < len(self.items) and self.picture.key(self.items[place]):
            self.cursor = place
            if event.chain > 1:
                self.action_choose()

    # -- drawing

    @property
    def room(self) -> int:
        """The cells of a line, without those of the scrollbar."""
        return self.scrollable_content_region.width

    def on_resize(self) -> None:
        """Another width draws anew."""
        self._measure()

    def _measure(self) -> None:
        self._drawn.clear()
        self.virtual_size = Size(self.room, len(self.items) * self.picture.tall)

    def notify_style_update(self) -> None:
        """Another theme draws anew."""
        super().notify_style_update()
        self._drawn.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """What is painted at once; a style is worked out once for it, which takes longer than a line of text."""
        self._styles.clear()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        room = self.room
        place, part = divmod(y + self.scroll_offset.y, self.picture.tall)
        if place >= len(self.items) or room < 1:
            return Strip.blank(room, self.rich_style)
        lines = self._lines(place, room)
        looks = self._looks(place)
        base = self._style(looks)
        marks = (">" if "cursor" in looks else " ") + ("*" if "marked" in looks else " ") if not part else " " * GUTTER
        segments = [Segment(marks, base)] if self.picture.key(self.items[place]) else []
        left = room - GUTTER * len(segments)
        for text, look in lines[part] if part < len(lines) else ():
            shown = clip(text, left)
            left -= width(shown)
            segments.append(Segment(shown, self._style((look, *looks)) if look else base))
        return Strip([*segments, Segment(" " * left, base)], room)

    def _lines(self, place: int, room: int) -> Lines:
        key = (place, room)
        if key not in self._drawn:
            if len(self._drawn) > 4096:  # a long way through a long list
                self._drawn.clear()
            item = self.items[place]
            self._drawn[key] = self.picture.draw(item, room - GUTTER * bool(self.picture.key(item)))
        return self._drawn[key]

    def _looks(self, place: int) -> tuple[str, ...]:
        key = self.picture.key(self.items[place])
        looks = ["marked"] if key in self.marked else []
        if place == self.cursor and key:
            looks.append("cursor" if self.has_focus else "idle")
        return tuple(looks)

    def _style(self, looks: Sequence[str]) -> Style:
        known = tuple(looks)
        if known not in self._styles:
            style = self.rich_style
            for look in known:
                style += self.get_component_rich_style(f"rows--{look}", partial=True)
            self._styles[known] = style
        return self._styles[known]
