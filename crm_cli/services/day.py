"""My day: what is due, who is slipping away, which deals are stuck or about to close."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crm_cli.book import Book
from crm_cli.schema.condition import And, Condition, Not, Selection, Sort, Test
from crm_cli.schema.table import Table
from crm_cli.services.agenda import due_table
from crm_cli.services.pipeline import stalled

SHOWN = 8
_UNARCHIVED = Not(Test(("archived",), "has"))
_OPEN = Test(("_state",), "equal", ("open",))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, how many there are, and the first of them as a table."""

    heading: str
    count: int
    table: Table


def my_day(book: Book) -> Iterator[Section]:
    """The sections that have something in them, the most pressing first."""
    today = book.context.today.isoformat()
    due = list(due_table(book, [], "0d").rows)
    tasks = [row for row in due if row[1] == "task"]
    columns = due_table(book, [], "0d").columns
    yield from _some("Overdue", "due", columns, [row for row in tasks if row[0][:10] < today])
    yield from _some("Due today", "due", columns, [row for row in tasks if row[0][:10] >= today])
    yield from _slipping(book)
    yield from _deals(book, "Stuck deals", stalled(book), ("id", "name", "stage", "amount", "idle", "next_task"))
    yield from _deals(book, "Closing this month", _closing(book), ("id", "name", "stage", "amount", "close_date"))


def _some(heading: str, name: str, columns: Any, rows: Sequence[Sequence[Any]]) -> Iterator[Section]:
    if rows:
        yield Section(heading, len(rows), Table(name, columns, rows[:SHOWN]))


def _slipping(book: Book) -> Iterator[Section]:
    condition = And((_UNARCHIVED, Test(("touch",), "equal", ("yellow", "red"))))
    rows: list[Sequence[Any]] = []
    table = None
    for name in ("contact", "organization"):
        selection = Selection(condition, (Sort(("touch_due",)),))
        table = book.table("touch", [book.kinds[name]], selection, ("id", "name", "touch", "touch_due", "last_contact"))
        rows += [row[:-1] for row in table.rows]
    if rows and table:
        yield Section(
            "Slipping away", len(rows), Table("touch", table.columns, sorted(rows, key=lambda row: row[3])[:SHOWN])
        )


def _closing(book: Book) -> Condition:
    now = book.context.now
    first = now.replace(hour=0, minute=0, second=0, microsecond=0)
    after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return And((_OPEN, Test(("close_date",), "between", low=int(first.timestamp()), high=int(after.timestamp()) - 1)))


def _deals(book: Book, heading: str, condition: Condition, columns: tuple[str, ...]) -> Iterator[Section]:
    selection = Selection(And((_UNARCHIVED, condition)), (Sort(("close_date",)),))
    table = book.table("deal", [book.kinds["deal"]], selection, columns)
    rows = [row[:-1] for row in table.rows]
    yield from _some(heading, "deal", table.columns, rows)
