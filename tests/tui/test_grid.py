"""The table: columns in the room that there is, any number of rows, only those that are seen."""

import asyncio
from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from crm_cli.base.text import width
from crm_cli.schema.table import Column, Table
from crm_cli.tui.page import Page
from crm_cli.tui.widgets.grid import Fitted, Grid
from tests.shell import Shell
from tests.tui.conftest import LARGE, SMALL, play, press, settled, shown

MANY = 100_000
COLUMNS = (
    Column("id"),
    Column("name"),
    Column("amount", "money"),
    Column("due", "moment"),
    Column("phone", "phone"),
    Column("touch", "choice"),
    Column("nothing"),
)


def row(name: str, amount: str, due: str, touch: str) -> tuple[object, ...]:
    """A row as the index gives it, the id behind its columns."""
    id = "asha-sharma-k7m3q9"
    return (id, name, {"amount": amount, "currency": "INR"}, due, "+91 98765 43210", touch, None, f"{id}{name}")


def fitted(rows: Sequence[tuple[object, ...]], room: int) -> list[Fitted]:
    """The columns of a table in some room."""
    grid = Grid("IN")
    grid.columns, grid._widest = COLUMNS, [0] * len(COLUMNS)
    grid._take(Table("deal", COLUMNS, rows, len(COLUMNS)))
    return grid.fitted(room)


ROWS = [
    row("Website in two languages", "125000", "2026-11-21T16:30:00+05:30", "red"),
    row("आशा", "5", "2026-11-22", ""),
]


def test_where_there_is_room_everything_is_whole_and_ids_stand_last_by_their_handle() -> None:
    names = [(each.column.name, each.cells) for each in fitted(ROWS, 200)]
    assert names == [
        ("name", 24), ("amount", 9), ("due", 16), ("phone", 15), ("touch", 5), ("nothing", 7), ("id", 6),
    ]  # fmt: skip


def test_ids_and_empty_columns_give_way_first_then_hours_then_long_texts_then_the_last_columns() -> None:
    assert [each.column.name for each in fitted(ROWS, 80)] == ["name", "amount", "due", "phone", "touch"]
    assert [each.cells for each in fitted(ROWS, 70)] == [23, 9, 10, 15, 5]
    assert [each.cells for each in fitted(ROWS, 60)][:2] == [20, 9]
    assert [each.column.name for each in fitted(ROWS, 40)] == ["name", "amount", "due"]
    assert [each.column.name for each in fitted(ROWS, 9)] == ["name"]


def test_no_line_is_wider_than_the_room_and_columns_begin_in_the_same_cell() -> None:
    for room in range(8, 130, 7):
        columns = fitted(ROWS, room)
        assert sum(each.cells for each in columns) + 2 * (len(columns) - 1) <= max(room, 8)


def test_scripts_of_other_widths_do_not_break_the_columns(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        lines = [line for line in shown(pilot.app)[4:-1] if "+91" in line]
        assert len({width(line[: line.index("+91")]) for line in lines}) == 1
        assert any("शर्मा" in line for line in lines)

    play(looking, act, first="contact", size=LARGE)


class Alone(Screen[None]):
    """A table without a book, which remembers what it wishes for."""

    CSS = "Rows { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.wishes: list[Sequence[str]] = []

    def compose(self) -> ComposeResult:
        """It."""
        yield Grid("IN")

    def on_grid_wanted(self, event: Grid.Wanted) -> None:
        """Another wish."""
        self.wishes.append(event.ids)


def test_a_hundred_thousand_rows_scroll_without_being_drawn_or_asked_for() -> None:
    ids = [f"n{number}" for number in range(MANY)]
    columns = (Column("id"), Column("name"))

    def known(some: Sequence[str]) -> Table:
        return Table("contact", columns, [(id, f"Person {id}", id) for id in some], 2)

    async def act() -> None:
        app, alone = App[None](), Alone()
        async with app.run_test(size=SMALL) as pilot:
            await app.push_screen(alone)
            grid = alone.query_one(Grid)
            grid.fill(ids, known(ids[:100]))
            grid.rows.focus()
            await pilot.press("end")
            await pilot.pause()
            (wish,) = alone.wishes
            assert ids[-1] in wish
            assert len(wish) < 200
            grid.learn(known(wish))
            grid.rows.scroll_to(y=MANY // 2, animate=False, immediate=True)
            await pilot.pause()
            assert ids[MANY // 2] in alone.wishes[-1]
            assert max(map(len, alone.wishes)) < 200
            assert len(grid.rows._drawn) < 200
            assert grid.rows.chosen == [ids[-1]]
            await pilot.press("asterisk")
            assert len(grid.rows.chosen) == MANY

    asyncio.run(act())


def numbered(shell: Shell, count: int) -> None:
    """So many contacts."""
    for number in range(count):
        shell.write(f"contacts/n{number:05}-b2c3d4.yaml", f"name: Person {number:05}\n")


def test_the_cursor_stays_on_its_record_when_the_book_changes(empty: Shell) -> None:
    numbered(empty, 300)

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "end", "up")
        page = pilot.app.screen
        assert isinstance(page, Page)
        before = page.chosen()
        for number in range(40):
            empty.write(f"contacts/a{number:03}-b2c3d4.yaml", f"name: Aaa {number}\n")
        pilot.app.book_changed()  # type: ignore[attr-defined]
        await settled(pilot)
        assert page.chosen() == before
        assert any(line.startswith("> Person 00298") for line in shown(pilot.app))
        assert shown(pilot.app)[1].endswith("340 contacts")
        await press(pilot, "home", *["pagedown"] * 9)
        assert all("Person 00" in line for line in shown(pilot.app)[4:-1])  # rows behind the first page came, too

    play(empty, act, first="contact", size=SMALL)
