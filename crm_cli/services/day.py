"""My day: what is due, who is slipping away, which deals are stuck or about to close."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from crm_cli.base.ids import random_part
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.schema.agenda import local_day
from crm_cli.schema.condition import And, Condition, Not, Selection, Sort, Test
from crm_cli.schema.table import Column, Table
from crm_cli.services.due import due_table
from crm_cli.services.pipeline import stalled

SHOWN = 8
_UNARCHIVED = Not(Test(("archived",), "has"))
_OPEN = Test(("_state",), "equal", ("open",))
_DUE = ("due", "kind", "name", "contact.name", "organization.name", "record")
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, how many there are, and the first of them; each row ends with a handle to name it by."""

    heading: str
    count: int
    table: Table


def handle(id: str) -> str:
    """The shortest name of a record that is always its own: the random part of its id, else the id."""
    return random_part(id) or id


def my_day(book: Book) -> Iterator[Section]:
    """The sections that have something in them, the most pressing first."""
    tasks = [row for row in due_table(book, [], "0d", _DUE).rows if row[5] == "task"]
    today = book.context.today
    late = [row for row in tasks if local_day(row[0], book.context) < today]
    yield from _section("Overdue", "due kind name with", (_task(book, row) for row in late))
    yield from _section("Due today", "due kind name with", (_task(book, row) for row in tasks if row not in late))
    yield from _section("Slipping away", "touch_due touch name with", _slipping(book))
    amounts = ("", "", "money", "")
    yield from _section("Stuck deals", "stage name amount why", _stuck(book), amounts)
    yield from _section("Closing this month", "close_date stage name amount", _closing(book), ("", "", "", "money"))


def _section(heading: str, columns: str, rows: Iterable[Row], types: Sequence[str] = ()) -> Iterator[Section]:
    found = list(rows)
    names = columns.split()
    made = tuple(Column(name, type or "text") for name, type in zip(names, types or [""] * len(names), strict=True))
    if found:
        yield Section(heading, len(found), Table("day", (*made, Column("handle")), found[:SHOWN], len(names)))


def _task(book: Book, row: Row) -> Row:
    due, kind, name, person, firm = row[:5]
    shown = due[11:16] if len(due) > 10 and local_day(due, book.context) == book.context.today else due[:10]
    return (shown, kind, name, ", ".join(text for text in (person, firm) if text), handle(row[-1]))


def _slipping(book: Book) -> Iterator[Row]:
    condition = And((_UNARCHIVED, Test(("touch",), "equal", ("yellow", "red"))))
    rows: list[Row] = []
    for name, firm in (("contact", ("organization", "name")), ("organization", ("industry",))):
        paths = [("touch_due",), ("touch",), ("name",), firm, ("id",)]
        rows += book.index.select([book.kinds[name]], Selection(condition), paths)
    for due, touch, name, firm_name, id in sorted(rows, key=lambda row: (row[0], row[4])):
        yield (due, touch, name, firm_name, handle(id))


def _closing(book: Book) -> Iterator[Row]:
    first = book.context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    month = Test(("close_date",), "between", low=int(first.timestamp()), high=int(after.timestamp()) - 1)
    yield from _deals(book, And((_OPEN, month)), ("close_date", "stage", "name", "amount"))


def _stuck(book: Book) -> Iterator[Row]:
    today = book.context.today
    columns = ("stage", "name", "amount", "close_date", "next_task", "idle")
    for stage, name, amount, close, step, idle, known in _deals(book, stalled(book), columns):
        if close and local_day(close, book.context) < today:
            why = f"was to close on {close[:10]}"
        elif step is None:
            why = "no next step"
        else:
            why = "next step overdue" if local_day(step, book.context) < today else f"idle for {idle} days"
        yield (stage, name, amount, why, known)


def _deals(book: Book, condition: Condition, columns: Sequence[str]) -> Iterator[Row]:
    selection = Selection(And((_UNARCHIVED, condition)), (Sort(("close_date",)),))
    for row in book.index.select([book.kinds["deal"]], selection, [*((name,) for name in columns), ("id",)]):
        yield (*row[:-1], handle(row[-1]))
