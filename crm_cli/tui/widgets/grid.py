"""A table of any length under a header: its columns fit the room, only what is seen is asked for and drawn."""

from collections.abc import Iterable, Sequence
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from crm_cli.base.lean import dataclass
from crm_cli.base.text import clip, visible, width
from crm_cli.formats.shown import GAP, READABLE, RIGHT, WHOLE, fit, in_column
from crm_cli.schema.table import Column, Table
from crm_cli.tui.widgets.rows import GUTTER, Lines, Part, Picture, Rows

WIDEST = 60
"""Cells that the text of one record may ask for; a name of 10,000 characters does not take the room of the others."""
NAME, DAY, NUMBER = 16, 10, 17
"""Cells that a name wants at least, a moment as its day, an amount or a phone number."""
AHEAD = 60
"""So many rows are fetched together, and so many are asked for beyond the edge of the screen."""
LOOKS = {"red": "late", "yellow": "strong", "green": "good"}
UP, DOWN = "▲", "▼"
MORE = "…"


@dataclass(frozen=True, slots=True)
class Note:
    """A line that is no record: what to do where there is none."""

    text: str


Item = str | Note
"""The id of a record, or a line about there being none."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A column in the room that there is: its place in a row, how many cells it takes."""

    place: int
    column: Column
    cells: int


class Grid(Vertical):
    """A header and the rows below it. The rows of ids that are not known yet are wished for by `Wanted`."""

    DEFAULT_CSS = "Grid { height: 1fr; } Grid Head { height: 1; color: $text-primary; text-style: bold underline; }"

    class Sorted(Message):
        """Somebody wants the rows in the order of this column; once more turns them round."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    class Wanted(Message):
        """These ids are to be seen, and their values are not known."""

        def __init__(self, ids: Sequence[str]) -> None:
            super().__init__()
            self.ids = ids

    def __init__(self, country: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.country = country
        self.columns: tuple[Column, ...] = ()
        self.order: tuple[str, str] = ("", "")
        self._texts: dict[str, list[str]] = {}
        self._widest: list[int] = []
        self._fitted: dict[int, list[Fitted]] = {}
        self._wished: set[str] = set()

    def compose(self) -> ComposeResult:
        """The two."""
        yield Head()
        yield Rows[Item](Picture(self._draw, _key), classes="grid")

    @property
    def rows(self) -> Rows[Item]:
        """The rows: cursor, marks, what is chosen."""
        return self.query_one(Rows)

    # -- what is shown

    def fill(
        self, items: Sequence[Item], known: Table, order: tuple[str, str] = ("", ""), *, anew: bool = False
    ) -> None:
        """Other records, with the values of those that are known; `order` is a column and `+` or `-`.

        `anew`: they answer another question, so the cursor goes to the first unless its record is among them.
        """
        self.columns, self.order = known.columns, order
        self._texts, self._widest, self._wished = {}, [0] * len(known.columns), set()
        self._take(known)
        self.rows.show(items, anew=anew)
        self.query_one(Head).refresh()

    def learn(self, known: Table) -> None:
        """Values of more records of the same list; columns only grow, so that nothing jumps back and forth."""
        if known.columns == self.columns:
            self._take(known)
            self.rows.redraw()
            self.query_one(Head).refresh()

    def _take(self, table: Table) -> None:
        self._fitted.clear()
        for row in table.rows:
            texts = [self._text(value, column) for value, column in zip(row, self.columns, strict=False)]
            self._texts[str(row[-1])] = texts
            self._widest = [max(pair) for pair in zip(self._widest, map(_cells, texts), strict=True)]

    def _text(self, value: Any, column: Column) -> str:
        return visible(in_column(value, column, self.country, ("id",)))

    def seen(self) -> list[str]:
        """The ids on the screen and a little beyond."""
        rows = self.rows
        top, tall = int(rows.scroll_y), max(rows.size.height, 1)
        around = rows.items[max(0, top - AHEAD) : top + tall + AHEAD]
        return [item for item in around if isinstance(item, str)]

    # -- drawing

    def _draw(self, item: Item, room: int) -> Lines:
        if isinstance(item, Note):
            return [[(visible(item.text), "dim")]]
        texts = self._texts.get(item)
        if texts is None:
            self._wish(item)
            return [[(MORE, "dim")]]
        parts: list[Part] = []
        for each in self.fitted(room):
            text, column = texts[each.place], each.column
            if column.type == "moment" and each.cells < width(text):
                text = text[:DAY]
            look = LOOKS.get(text, "") if column.name == "touch" else "dim" if column.name == "id" else ""
            parts += [(" " * GAP, "")] if parts else []
            parts.append((laid(text, each.cells, column), look))
        return [parts]

    def _wish(self, id: str) -> None:
        if not self._wished:
            self.call_after_refresh(self._tell_wishes)
        self._wished.add(id)

    def _tell_wishes(self) -> None:
        # What was drawn is asked for in any case: it would not be drawn, and wished for, once more.
        unknown = [id for id in dict.fromkeys([*self._wished, *self.seen()]) if id not in self._texts]
        self._wished = set()
        if unknown:
            self.post_message(self.Wanted(unknown))

    def fitted(self, room: int) -> list[Fitted]:
        """The columns that there is room for: first ids give way, then hours, then long texts, then the last ones."""
        if room not in self._fitted:
            places = sorted(range(len(self.columns)), key=lambda place: self.columns[place].name == "id")
            wanted = [self._wanted(place) for place in places]
            if _together(wanted) > room:
                places = [place for place in places if self._tells(place)] or places[:1]
                wanted = [self._brief(place) for place in places]
            least = [min(self._least(place), cells) for place, cells in zip(places, wanted, strict=True)]
            while len(places) > 1 and _together(least) > room:
                for each in (places, wanted, least):
                    each.pop()
            widths = fit(wanted, room - GAP * (len(places) - 1), least)
            self._fitted = {room: [Fitted(p, self.columns[p], cells) for p, cells in zip(places, widths, strict=True)]}
        return self._fitted[room]

    def _wanted(self, place: int) -> int:
        return max(self._widest[place], width(self.title(self.columns[place])))

    def _tells(self, place: int) -> bool:
        """Whether a column says more than another would in its room: no ids, and not a column without any values."""
        return self.columns[place].name != "id" and (self._widest[place] > 0 or not self._texts)

    def _brief(self, place: int) -> int:
        """A moment gives up its hours."""
        column, wanted = self.columns[place], self._wanted(place)
        return min(wanted, max(DAY, width(self.title(column)))) if column.type == "moment" else wanted

    def _least(self, place: int) -> int:
        column, widest = self.columns[place], self._widest[place]
        if column.type in WHOLE or column.type == "phone":
            return max(min(widest, DAY) if column.type == "moment" else min(widest, NUMBER), READABLE // 2)
        return min(self._wanted(place), NAME if column.name == "name" else READABLE)

    def title(self, column: Column) -> str:
        """What stands above a column: its name as queries have it, and how the rows are sorted by it."""
        mark = {"+": f" {UP}", "-": f" {DOWN}"}.get(self.order[1], "") if column.name == self.order[0] else ""
        return visible(column.name.removesuffix(".name")) + mark


class Head(Static):
    """The names of the columns; a click sorts."""

    def _spans(self) -> Iterable[tuple[int, Fitted]]:
        at = GUTTER
        for each in self._grid.fitted(self._grid.rows.room - GUTTER):
            yield at, each
            at += each.cells + GAP

    @property
    def _grid(self) -> Grid:
        assert isinstance(self.parent, Grid)
        return self.parent

    def render(self) -> Content:
        """The names as wide as their columns."""
        grid = self._grid
        if not grid.columns or grid.rows.room <= GUTTER:
            return Content("")
        names = [laid(grid.title(each.column), each.cells, each.column) for _at, each in self._spans()]
        return Content(" " * GUTTER + (" " * GAP).join(names))

    def on_click(self, event: events.Click) -> None:
        """Sorts by the column that was clicked."""
        for at, each in self._spans():
            if at <= event.x < at + each.cells:
                self.post_message(Grid.Sorted(each.column.name))


def _key(item: Item) -> str:
    return item if isinstance(item, str) else ""


def _together(cells: Sequence[int]) -> int:
    return sum(cells) + GAP * (len(cells) - 1)


def _cells(text: str) -> int:
    return WIDEST if len(text) > WIDEST * 4 else min(width(text), WIDEST)


def laid(text: str, cells: int, column: Column) -> str:
    """A text in so many cells, at the side where its type belongs."""
    text = clip(text, cells)
    blank = " " * (cells - width(text))
    return blank + text if column.type in RIGHT else text + blank
