"""The cards of a stage: what stands on one, and taking one with the mouse."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from crm_cli.base.text import clip, visible, width
from crm_cli.formats.shown import for_reader
from crm_cli.schema.agenda import is_past, local_day
from crm_cli.schema.context import Context
from crm_cli.services.deals.board import Card
from crm_cli.services.overview.ago import day_short
from crm_cli.tui.commands import ASIDE
from crm_cli.tui.widgets.rows import Lines, Part, Rows

TALL = 3
"""Lines of a card."""


class Cards(Rows[Card]):
    """The cards of a stage."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*ASIDE]

    class Aside(Message):
        """To the column before or behind this one."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Dragged(Message):
        """A card is above a place of the screen; when `dropped`, it is to stay there."""

        def __init__(self, key: str, x: int, y: int, *, dropped: bool) -> None:
            super().__init__()
            self.key, self.x, self.y, self.dropped = key, x, y, dropped

    _held = ""

    def action_left(self) -> None:
        """To the column on the left."""
        self.post_message(self.Aside(-1))

    def action_right(self) -> None:
        """To the column on the right."""
        self.post_message(self.Aside(1))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes the card under the mouse; it is dropped wherever the button is let go."""
        place = (event.y + self.scroll_offset.y) // self.picture.tall
        if event.button == 1 and place < len(self.items):
            self._held = self.items[place].id
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Says above which column the card is."""
        if self._held:
            self.post_message(self.Dragged(self._held, event.screen_x, event.screen_y, dropped=False))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Drops the card."""
        held, self._held = self._held, ""
        if held:
            self.release_mouse()
            self.post_message(self.Dragged(held, event.screen_x, event.screen_y, dropped=True))


def draw(context: Context, card: Card, room: int) -> Lines:
    """A card: its name, what it is worth and when the next step is due, whose it is and for how long it is here."""
    country = context.settings.country
    mark = "! " if card.why else ""
    name: list[Part] = [(mark, "late"), (clip(visible(card.name), room - len(mark)), "strong")]
    step = day_short(local_day(card.next_task, context), context.today) if card.next_task else ""
    late = "late" if card.next_task and is_past(card.next_task, context) else ""
    days = "" if card.days is None else f"{card.days}d"
    worth = for_reader(card.amount, country) if card.amount else ""
    if width(worth) + 1 + width(step) > room:
        step = ""  # a part of an amount would be another amount
    return [name, _ends(worth, step, room, "", late), _ends(visible(card.organization), days, room, "dim", "dim")]


def _ends(left: str, right: str, room: int, look: str, other: str) -> list[Part]:
    """Two texts at both ends; the left one gives way."""
    left = clip(left, max(0, room - width(right) - 1))
    return [(left, look), (" " * (room - width(left) - width(right)), ""), (right, other)]
