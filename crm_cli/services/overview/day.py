"""My day: what is due, who is slipping away, which deals are stuck or about to close, what is to be remembered."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from crm_cli.base.dates import days_in
from crm_cli.base.errors import CrmError
from crm_cli.base.ids import handle
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.schema.agenda import PRESENT, is_past, local_day
from crm_cli.schema.condition import EVERYTHING, And, Condition, Selection, Sort, Test
from crm_cli.schema.table import Column, Table
from crm_cli.services.deals.stuck import NEEDED, reasons, stalled
from crm_cli.services.followups.due import due_table
from crm_cli.services.overview.ago import day_short

SHOWN = 20
AHEAD = 7
"""So many days ahead an occasion is told."""

_OPEN = Test(("_state",), "equal", ("open",))
_DUE = ("due", "kind", "name", "contact.name", "organization.name", "record")
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, how many there are, the first of them, each with a handle at its end, and what shows them all."""

    heading: str
    count: int
    table: Table
    all: str = ""


def my_day(book: Book, *, shown: int = SHOWN, soon: int = 0) -> Iterator[Section]:
    """The sections that have something in them, the most pressing first, with at most so many rows of each.

    With `soon`, what is due in so many days has a section, too.
    """
    late: list[Row] = []
    now: list[Row] = []
    later: list[Row] = []
    for row in due_table(book, [], f"{soon}d", _DUE).rows:
        if row[5] == "task":
            ahead = local_day(row[0], book.context) > book.context.today
            (later if ahead else late if is_past(row[0], book.context) else now).append(row)
    month = f"{book.context.today:%Y-%m}"
    task, dated = _task(book), _dated(book)
    stuck, why = _stuck(book)
    closing = "close_date stage name amount:money"
    for heading, columns, rows, line, all in (
        ("Overdue", "due kind name with", late, task, "crm due --within 0d"),
        ("Due today", "due kind name with", now, task, "crm due --within 0d"),
        ("Soon", "due kind name with", later, task, f"crm due --within {soon}d"),
        ("Slipping away", "touch_due touch name with", _slipping(book), dated, "crm touch"),
        ("Stuck deals", "stage name amount:money why", stuck, why, "crm pipeline --stalled"),
        ("Closing this month", closing, _closing(book), dated, f"crm pipeline close_date:{month}"),
        ("Occasions", "date name occasion", _occasions(book), dated, "crm occasions"),
    ):
        yield from _section(heading, columns, list(rows), line, shown, all)
    yield from _pinned(book, shown)


def _section(
    heading: str, columns: str, found: Sequence[Row], line: Callable[[Row], Row], shown: int, all: str
) -> Iterator[Section]:
    """The section of those rows, if there are any; `line` makes what is shown of one."""
    names = [name.partition(":") for name in columns.split()]
    made = tuple(Column(name, type or "text") for name, _, type in names)
    if found:
        lines = [line(row) for row in found[:shown]]
        if not any(row[0] for row in lines):  # of what is due today only some has an hour
            made, lines = made[1:], [row[1:] for row in lines]
        yield Section(heading, len(found), Table("day", (*made, Column("handle")), lines, len(made)), all)


def _dated(book: Book) -> Callable[[Row], Row]:
    """What is shown of a row that begins with a day."""

    def line(row: Row) -> Row:
        return (_day(book, row[0]), *row[1:-1], handle(row[-1]))

    return line


def _task(book: Book) -> Callable[[Row], Row]:
    today = book.context.today

    def line(row: Row) -> Row:
        due, kind, name, person, firm, _record, id = row
        day = local_day(due, book.context)
        shown = day_short(day, today) if day != today else due[11:16]
        return (shown, kind, name, ", ".join(text for text in (person, firm) if text), handle(id))

    return line


def _slipping(book: Book) -> list[Row]:
    condition = And((PRESENT, Test(("touch",), "equal", ("yellow", "red"))))
    rows: list[Row] = []
    for name, firm in (("contact", ("organization", "name")), ("organization", ("industry",))):
        paths = [("touch_due",), ("touch",), ("name",), firm, ("id",)]
        rows += book.index.select([book.kinds[name]], Selection(condition), paths)
    return sorted(rows, key=itemgetter(0, 4))


def _closing(book: Book) -> Iterator[Row]:
    first = book.context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    last = first.replace(day=days_in(first.year, first.month), hour=23, minute=59, second=59)
    month = Test(("close_date",), "between", low=int(first.timestamp()), high=int(last.timestamp()))
    return _deals(book, And((_OPEN, month)), ("close_date", "stage", "name", "amount"))


def _stuck(book: Book) -> tuple[Iterator[Row], Callable[[Row], Row]]:
    """The stuck deals, and what is shown of one: of its reasons the most pressing."""
    columns = ("stage", "name", "amount", *NEEDED)

    def line(row: Row) -> Row:
        why = next(reasons(book, dict(zip(columns, row, strict=False))), "")
        return (*row[:3], why, handle(row[-1]))

    return _deals(book, stalled(book), columns), line


def _deals(book: Book, condition: Condition, columns: Sequence[str]) -> Iterator[Row]:
    selection = Selection(And((PRESENT, condition)), (Sort(("close_date",)),))
    return book.index.select([book.kinds["deal"]], selection, [*((name,) for name in columns), ("id",)])


def _occasions(book: Book) -> list[Row]:
    from crm_cli.services.followups.occasions import coming  # 1 ms

    today = book.context.today
    last = today + min(timedelta(days=AHEAD), date.max - today)
    found = sorted(coming(book, EVERYTHING, today, last), key=itemgetter(0, 2))
    return [
        (one.day.isoformat(), one.name, f"{one.occasion} ({one.years})" if one.years else one.occasion, one.id)
        for one in found
    ]


def _pinned(book: Book, shown: int) -> Iterator[Section]:
    """The first rows of each pinned view; a view that is wrong says so in its place."""
    view = book.kinds["view"]
    pinned = Selection(And((PRESENT, Test(("pinned",), "equal", (1,)))), (Sort(("name",)),))
    for name, kind in list(book.index.select([view], pinned, [("name",), ("kind",)])):
        try:
            yield from _view(book, name, kind, shown)
        except CrmError as wrong:
            yield Section(f"@{name}", 0, Table("day", (Column("message"),), [(wrong.message,)]))


def _view(book: Book, name: str, kind: str | None, shown: int) -> Iterator[Section]:
    kinds = [each for each in book.kinds.all if (each.name == kind if kind else each.bare)]
    selection = book.parse([f"@{name}"], kinds)
    count = book.index.count(kinds, selection.condition)
    if not count:
        return
    count = min(count, selection.limit or count)
    columns = [".".join(path) for path in selection.columns] or (kinds[0].columns if len(kinds) == 1 else ["name"])
    few = Selection(selection.condition, selection.sort, min(count, shown))
    table = book.table("day", kinds, few, [column for column in columns if column != "id"])
    rows, types = list(table.rows), [column.type for column in table.columns]
    kept = [place for place in range(len(types)) if any(row[place] not in (None, []) for row in rows)]
    days = [type in ("moment", "date") for type in types]
    lines = [
        [*(_day(book, row[place]) if days[place] and row[place] else row[place] for place in kept), handle(row[-1])]
        for row in rows
    ]
    made = (*(table.columns[place] for place in kept), Column("handle"))
    word = f"'@{name}'" if " " in name else f"@{name}"
    yield Section(f"@{name}", count, Table("day", made, lines, len(kept)), f"crm {kind} list {word}" if kind else "")


def _day(book: Book, at: str) -> str:
    return day_short(local_day(at, book.context), book.context.today)
