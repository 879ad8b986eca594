"""My day: what is due, who is slipping away, which deals are stuck or about to close."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import Any

from crm_cli.base.ids import random_part
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.schema.agenda import local_day
from crm_cli.schema.condition import And, Condition, Not, Selection, Sort, Test
from crm_cli.schema.table import Column, Table
from crm_cli.services.due import due_table
from crm_cli.services.stuck import stalled

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
    today = book.context.today
    late: list[Row] = []
    now: list[Row] = []
    for row in due_table(book, [], "0d", _DUE).rows:
        if row[5] == "task":
            (late if local_day(row[0], book.context) < today else now).append(row)
    yield from _section("Overdue", "due kind name with", late, _task(book))
    yield from _section("Due today", "due kind name with", now, _task(book))
    yield from _section("Slipping away", "touch_due touch name with", _slipping(book), _with_handle)
    amounts = ("", "", "money", "")
    yield from _section("Stuck deals", "stage name amount why", _stuck(book), _why(book), amounts)
    amounts = ("", "", "", "money")
    yield from _section("Closing this month", "close_date stage name amount", _closing(book), _with_handle, amounts)


def _section(
    heading: str, columns: str, rows: Iterable[Row], line: Callable[[Row], Row], types: Sequence[str] = ()
) -> Iterator[Section]:
    """The section of those rows, if there are any; `line` makes what is shown of one."""
    found = list(rows)
    names = columns.split()
    made = tuple(Column(name, type or "text") for name, type in zip(names, types or [""] * len(names), strict=True))
    if found:
        lines = [line(row) for row in found[:SHOWN]]
        yield Section(heading, len(found), Table("day", (*made, Column("handle")), lines, len(names)))


def _with_handle(row: Row) -> Row:
    return (*row[:-1], handle(row[-1]))


def _task(book: Book) -> Callable[[Row], Row]:
    def line(row: Row) -> Row:
        due, kind, name, person, firm, _record, id = row
        shown = due[11:16] if len(due) > 10 and local_day(due, book.context) == book.context.today else due[:10]
        return (shown, kind, name, ", ".join(text for text in (person, firm) if text), handle(id))

    return line


def _slipping(book: Book) -> list[Row]:
    condition = And((_UNARCHIVED, Test(("touch",), "equal", ("yellow", "red"))))
    rows: list[Row] = []
    for name, firm in (("contact", ("organization", "name")), ("organization", ("industry",))):
        paths = [("touch_due",), ("touch",), ("name",), firm, ("id",)]
        rows += book.index.select([book.kinds[name]], Selection(condition), paths)
    return sorted(rows, key=itemgetter(0, 4))


def _closing(book: Book) -> Iterator[Row]:
    first = book.context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    month = Test(("close_date",), "between", low=int(first.timestamp()), high=int(after.timestamp()) - 1)
    return _deals(book, And((_OPEN, month)), ("close_date", "stage", "name", "amount"))


def _stuck(book: Book) -> Iterator[Row]:
    return _deals(book, stalled(book), ("stage", "name", "amount", "close_date", "next_task", "idle"))


def _why(book: Book) -> Callable[[Row], Row]:
    today = book.context.today

    def line(row: Row) -> Row:
        stage, name, amount, close, step, idle, id = row
        if close and local_day(close, book.context) < today:
            why = f"was to close on {close[:10]}"
        elif step is None:
            why = "no next step"
        else:
            why = "next step overdue" if local_day(step, book.context) < today else f"idle for {idle} days"
        return (stage, name, amount, why, handle(id))

    return line


def _deals(book: Book, condition: Condition, columns: Sequence[str]) -> Iterator[Row]:
    selection = Selection(And((_UNARCHIVED, condition)), (Sort(("close_date",)),))
    return book.index.select([book.kinds["deal"]], selection, [*((name,) for name in columns), ("id",)])
