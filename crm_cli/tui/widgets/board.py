"""A board: a column for each open stage with its cards, a strip of the closed ones; cards can be dragged."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from crm_cli.base.text import clip, visible, width
from crm_cli.formats.shown import for_reader
from crm_cli.schema.context import Context
from crm_cli.services.deals.board import Card, Lane, Pile, Stack
from crm_cli.tui.widgets.cards import TALL, Cards, draw
from crm_cli.tui.widgets.rows import Picture

NARROWEST = 19
GAP = 1
CURRENCIES = 3
"""So many sums stand above a column; of more the number is told."""
_AIRY = 30
"""From so many lines on there is a blank one between two cards."""
_CARDS = 2 * TALL
"""So many lines are for cards, before anything else than the names of the stages gets one."""
_NAMED = 2
_STRIP = 3
"""Lines of a head without sums, and of the closed stages."""


class Head(Static):
    """The name, count, sum and weighted sum of a stage."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._lines: Sequence[str] = ()
        self._here = False

    def mark(self, *, here: bool) -> None:
        """Whether the cursor is in this column."""
        if here != self._here:
            self._here = here
            self.refresh()

    @property
    def tall(self) -> int:
        """How many lines all that it says needs, the rule below included."""
        return len(self._lines)

    def tell(self, stack: Stack, country: str) -> None:
        """What to say."""
        name = visible(stack.stage or "(no stage)")
        sums = [*_sums(stack.all, country), *(f"≈ {text}" for text in _sums(stack.weighted, country))]
        self._lines = [name, str(stack.all.count), *sums, *([] if stack.known else ["no stage of this pipeline"])]
        self.refresh()

    def render(self) -> Content:
        """The name with the count at the right, the sums below."""
        room = self.size.width
        if not self._lines or not room:
            return Content("")
        name, count, *rest = self._lines
        shown = clip(name, room - len(count) - 1)
        first = shown + " " * (room - width(shown) - len(count)) + count
        lines = self.size.height - _NAMED
        cut = f"{rest[lines - 1]} …" if 0 < lines < len(rest) else ""
        below = [Content(clip(text, room)) for text in ([*rest[: lines - 1], cut] if cut else rest[:lines])]
        empty = [Content("")] * (lines - len(below))
        rule = Content(("━" if self._here else "─") * room)
        return Content("\n").join([Content.styled(first, "bold"), *below, *empty, rule])


class Column(Vertical):
    """A stage with its cards."""

    def __init__(self, stage: str) -> None:
        super().__init__()
        self.stage = stage
        self.head = Head()
        self.cards = Cards(Picture(lambda _card, _room: (), lambda card: card.id, TALL))

    def compose(self) -> ComposeResult:
        """The head above the cards."""
        yield self.head
        yield self.cards


class Closed(Static):
    """A closed stage: what came of it this month; cards can be dropped here."""

    def __init__(self, stage: str) -> None:
        super().__init__(markup=False)
        self.stage = stage
        self._words = ""
        self._sums = ""

    def tell(self, stack: Stack, country: str) -> None:
        """What to say."""
        self._words = f"{visible(stack.stage)}: {stack.lately.count} this month"
        self._sums = ", ".join(_sums(stack.lately, country))
        self.refresh()

    def render(self) -> Content:
        """The number, and below it the sum."""
        return Content("\n").join([Content(clip(text, self.size.width)) for text in (self._words, self._sums)])


class Board(Vertical):
    """A pipeline; as many of its columns as can be read are seen, among them the one with the cursor."""

    def __init__(self) -> None:
        super().__init__(id="board")
        self.columns: list[Column] = []
        self.closed: list[Closed] = []
        self._first = 0

    class Dropped(Message):
        """A card was dropped on a stage."""

        def __init__(self, key: str, stage: str) -> None:
            super().__init__()
            self.key, self.stage = key, stage

    class Seen(Message):
        """Other columns are seen than before."""

    def compose(self) -> ComposeResult:
        """Columns, and the closed stages below them."""
        yield Horizontal(id="columns")
        yield Horizontal(id="closed")

    async def show(self, lane: Lane, context: Context) -> None:
        """Another pipeline, or the same one as it stands now."""
        with self.app.batch_update():
            if self._stages != [stack.stage for stack in (*lane.open, *lane.closed)]:
                await self._rebuild(lane)
            country = context.settings.country
            tall = TALL + (self.size.height >= _AIRY)
            picture: Picture[Card] = Picture(partial(draw, context), lambda card: card.id, tall)
            for column, stack in zip(self.columns, lane.open, strict=True):
                column.head.tell(stack, country)
                column.cards.show(stack.cards, picture)
            for closed, stack in zip(self.closed, lane.closed, strict=True):
                closed.tell(stack, country)
            self._share()
            self.reveal()

    def _share(self) -> None:
        """On a low screen the sums of the stages give way to the cards, then the closed stages."""
        needed = max((column.head.tall for column in self.columns), default=_NAMED)
        left = self.size.height - _CARDS
        self.query_one("#closed").display = left >= _NAMED + _STRIP
        left -= _STRIP * (left >= _NAMED + _STRIP)
        for column in self.columns:
            column.head.styles.height = max(_NAMED, min(needed, left))

    @property
    def _targets(self) -> list[Column | Closed]:
        return [*self.columns, *self.closed]

    @property
    def _stages(self) -> list[str]:
        return [each.stage for each in self._targets]

    async def _rebuild(self, lane: Lane) -> None:
        self.columns = [Column(stack.stage) for stack in lane.open]
        self.closed = [Closed(stack.stage) for stack in lane.closed]
        self._first = 0
        for place, widgets in (("#columns", self.columns), ("#closed", self.closed)):
            holder = self.query_one(place)
            await holder.remove_children()
            await holder.mount_all(widgets)

    # -- the cursor

    @property
    def here(self) -> int:
        """The place of the column with the cursor; 0 where none has it."""
        focused = self.screen.focused
        return next((place for place, column in enumerate(self.columns) if column.cards is focused), 0)

    def go(self, place: int, key: str = "") -> None:
        """To a column, and there to a card."""
        if not 0 <= place < len(self.columns):
            return
        cards = self.columns[place].cards
        if key:
            cards.go_to(key)
        self.screen.set_focus(cards, scroll_visible=False)
        self.reveal()

    def place_of(self, key: str) -> int | None:
        """The place of the column that a card stands in."""
        return next((at for at, column in enumerate(self.columns) if _has(column.cards.items, key)), None)

    def on_cards_aside(self, event: Cards.Aside) -> None:
        """The column beside this one, at the same height."""
        before, place = self.columns[self.here].cards, self.here + event.by
        if not 0 <= place < len(self.columns):
            return
        cards, tall = self.columns[place].cards, before.picture.tall
        line = before.cursor - before.scroll_offset.y // tall + cards.scroll_offset.y // tall
        self.go(place, cards.items[min(line, len(cards.items) - 1)].id if cards.items else "")

    def reveal(self) -> None:
        """Shows as many columns as there is room for, the one with the cursor among them."""
        here, before = self.here, [column.display for column in self.columns]
        room = max(1, (self.size.width + GAP) // (NARROWEST + GAP))
        self._first = max(min(self._first, here, len(self.columns) - room), here - room + 1, 0)
        for place, column in enumerate(self.columns):
            column.display = self._first <= place < self._first + room
            column.head.mark(here=place == here)
        if before != [column.display for column in self.columns]:
            self.post_message(self.Seen())

    def on_resize(self) -> None:
        """Another size has room for others."""
        self._share()
        self.reveal()

    @property
    def hidden(self) -> tuple[list[Column], list[Column]]:
        """The columns that are out of sight to the left and to the right."""
        seen = [place for place, column in enumerate(self.columns) if column.display]
        return (self.columns[: seen[0]], self.columns[seen[-1] + 1 :]) if seen else ([], [])

    # -- the mouse

    def on_cards_dragged(self, event: Cards.Dragged) -> None:
        """Shows where the card would be dropped, or drops it."""
        target = self._under(event.x, event.y)
        for each in self._targets:
            each.set_class(each is target and not event.dropped, "-target")
        if event.dropped and target is not None and not _has(_cards_of(target), event.key):
            self.post_message(self.Dropped(event.key, target.stage))

    def _under(self, x: int, y: int) -> Column | Closed | None:
        return next((each for each in self._targets if each.display and each.region.contains(x, y)), None)


def _has(cards: Iterable[Card], key: str) -> bool:
    return any(card.id == key for card in cards)


def _cards_of(target: Column | Closed) -> Sequence[Card]:
    return target.cards.items if isinstance(target, Column) else ()


def _sums(pile: Pile, country: str) -> list[str]:
    texts: list[Any] = [for_reader(amount, country) for amount in pile.totals]
    more = len(texts) - CURRENCIES
    return texts if more <= 1 else [*texts[:CURRENCIES], f"and {more} currencies"]
