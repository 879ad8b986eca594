"""What is due: tasks and each of their occurrences, people to keep in touch with, days to remember, stuck deals."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from crm_cli.base.dates import parse_stamp
from crm_cli.base.errors import BadRequest
from crm_cli.base.text import fold
from crm_cli.book import Book
from crm_cli.kinds.task import PRIORITIES
from crm_cli.schema import agenda
from crm_cli.schema.condition import EVERYTHING, And, Condition, Ids, Path, Selection, Sort, Test
from crm_cli.schema.context import Context
from crm_cli.schema.table import Column, Table
from crm_cli.services.followups.horizon import horizon
from crm_cli.services.followups.query import (
    OCCASIONS,
    STALLED,
    TASKS,
    TOUCH,
    Source,
    asked_of,
    asks_when,
    column_path,
    condition_in,
    path_in,
)

COLUMNS = ("due", "record", "id", "kind", "name", "contact.name", "organization.name")
WHOLE = ("due", "record", "id", "kind", "name", "contact", "organization", "deal", "owner", "priority", "overdue")
TYPES = {"due": "moment", "overdue": "bool"}
_KNOWN = frozenset((*COLUMNS, *WHOLE))
STALLED_HEADING = "Stuck deals"
HEADINGS = ("Overdue", "Today", "Tomorrow", "This week", "Later", STALLED_HEADING)

_RULE = (("due",), ("every",), ("_next",), ("id",))
_OF_TIMES = ("due", "overdue")

Cells = tuple[Any, ...]


class Row(NamedTuple):
    """One row: when, whose, and what stands under the columns."""

    due: str | None
    id: str
    cells: Cells


def due_table(
    book: Book,
    words: Sequence[str],
    within: str,
    columns: Sequence[str] = COLUMNS,
    *,
    occasions: bool = False,
    stalled: bool = False,
) -> Table:
    """Tasks and cadence dates from overdue to `within`, the earliest first; with stuck deals behind them.

    Of a task that repeats there is a row for its open occurrence, which is the latest one up to today, and one for
    each that follows. Each row ends with the id.
    """
    last = horizon(within, book.context.today)
    asked = asked_of(book, words, (TASKS, *TOUCH, *[OCCASIONS] * occasions, *[STALLED] * stalled))
    sort = [".".join(key.path) for key in asked.sort]
    needed = tuple(dict.fromkeys((*columns, *sort)))
    rows = list(_tasks(book, asked.condition, last, needed))
    for source in TOUCH:
        rows += _records(book, source, _until(book, source, asked.condition, last), needed)
    if occasions:
        rows += _occasions(book, asked.condition, last, needed)
    order = _order(book)
    rows.sort(key=lambda row: (order(row.due), row.id))
    if stalled:
        rows += _stalled(book, asked.condition, needed)
    for key, name in zip(reversed(asked.sort), reversed(sort), strict=True):
        rows = _sorted(rows, needed.index(name), _key(book, name), descending=key.descending)
    made = [(*row.cells[: len(columns)], row.id) for row in rows[: asked.limit]]
    return Table("due", _typed(book, columns), made, ids=len(columns))


def _typed(book: Book, columns: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(name, TYPES.get(name) or _type(book, name)) for name in columns)


def _type(book: Book, name: str) -> str:
    """The type of a column, which one of the kinds at least has to have."""
    if name in _KNOWN:
        return "text"
    from crm_cli.query import column  # late: the columns that due has by itself need no look at the kinds

    for source in (TASKS, *TOUCH, STALLED):
        if (path := column_path(book, source, name)) and not path[0].startswith("_"):
            return column(path, book.world, [book.kinds[source.record]]).type
    raise BadRequest(f"due has no column {name}", hint=f"{', '.join(WHOLE)}, contact.name, organization.industry ...")


def _until(book: Book, source: Source, condition: Condition, last: date) -> Condition:
    """The records of a source that meet the query and are due by the end of a day."""
    end = datetime.combine(last, datetime.max.time(), book.context.zone).replace(microsecond=0)
    until = Test((source.when,), "between", high=int(end.timestamp()))
    # The date first: it leaves out most records, and the others need not be looked at further.
    return And((until, agenda.PRESENT, condition_in(source, condition, book.context)))


def _tasks(book: Book, condition: Condition, last: date, columns: Sequence[str]) -> Iterator[Row]:
    """A row for each open task, of one that repeats for its open occurrence and for those behind it."""
    paths = [_path(book, TASKS, name) for name in columns]
    wanted = [*(path or ("id",) for path in paths), *_RULE]
    blank = [place for place, path in enumerate(paths) if path is None]
    repeating: dict[str, Cells] = {}
    for cells in _open_tasks(book, _until(book, TASKS, condition, last), wanted):
        if blank:
            cells = tuple(None if place in blank else cell for place, cell in enumerate(cells))
        if cells[-3] is not None:
            repeating[cells[-1]] = cells
        yield Row(cells[-2], cells[-1], cells)
    if not asks_when(condition):
        for id, own in _later(book, repeating.values(), last):
            again = dict(zip(_OF_TIMES, own, strict=True))
            later = (again.get(name, cell) for name, cell in zip(columns, repeating[id], strict=False))
            yield Row(own[0], id, tuple(later))
        return
    every = And((_until(book, TASKS, EVERYTHING, last), Test(("every",), "has")))
    times = list(_later(book, _open_tasks(book, every, _RULE), last))
    yield from _on_days(book, TASKS, condition, columns, _OF_TIMES, times)


def _open_tasks(book: Book, condition: Condition, paths: Sequence[Path]) -> Iterator[Cells]:
    chosen = And((condition, agenda.open_task(book.context)))
    return book.index.select([book.kinds["task"]], Selection(chosen, (Sort(("_next",)),)), paths)


def _path(book: Book, source: Source, name: str) -> Path | None:
    """Where a column stands in the records of a source; of those that due has by itself it is known."""
    return path_in(source, tuple(name.split("."))) if name in _KNOWN else column_path(book, source, name)


def _later(book: Book, tasks: Iterable[Cells], last: date) -> Iterator[tuple[str, Cells]]:
    """By id, the dates of the occurrences behind the open one, none of them overdue: of rows that end with `_RULE`."""
    zone = book.context.zone
    for *_rest, due, every, now, id in tasks:
        if every is None:
            continue
        from crm_cli.base.recurrence import MAX_OCCURRENCES, occurrence, occurrences, parse_rule  # 1 ms

        first, rule, shown = parse_stamp(due, moments=True), parse_rule(every), agenda.local_day(now, book.context)
        if rule.after or shown >= last:  # what is counted from its completion has one date until then
            continue
        for day in occurrences(rule, first.day(zone), shown, min(MAX_OCCURRENCES, (last - shown).days)):
            if day <= last:
                yield id, (occurrence(first, day, zone).text, False)


def _on_days(
    book: Book,
    source: Source,
    condition: Condition,
    columns: Sequence[str],
    names: Sequence[str],
    times: Sequence[tuple[str, Cells]],
) -> Iterator[Row]:
    """A row for each of the `times` of some records: an id, and what stands under the `names`, the date first.

    What the query says of `due` is asked of each of the days.
    """
    anyone = Ids(tuple({id for id, _cells in times}))
    rest = [name for name in columns if name not in names]
    asked_when = asks_when(condition)
    matching: dict[str, dict[str, Cells]] = {}
    for id, own in times:
        when = own[0] if asked_when else ""
        if when not in matching:
            at = source._replace(when="", day=parse_stamp(own[0], moments=True).key(book.context.zone))
            chosen = And((anyone, agenda.PRESENT, condition_in(at, condition, book.context)))
            matching[when] = {row.id: row.cells for row in _records(book, at, chosen, rest)}
        if (cells := matching[when].get(id)) is not None:
            known = {**dict(zip(rest, cells, strict=True)), **dict(zip(names, own, strict=True))}
            yield Row(own[0], id, tuple(known[name] for name in columns))


def _records(book: Book, source: Source, condition: Condition, columns: Sequence[str]) -> Iterator[Row]:
    """A row for each record of a source that is no task."""
    paths = [_path(book, source, name) for name in columns]
    fixed = {"record": source.record, "kind": source.kind, "overdue": False} if source.kind else {}
    places = [place for place, path in enumerate(paths) if path is None or columns[place] in fixed]
    taken = [("id",) if place in places else path or ("id",) for place, path in enumerate(paths)]
    wanted = [*taken, (source.when,) if source.when else ("archived",), ("id",)]
    # Ordered by their date: by their ids, all records would be looked up one by one in that order first.
    selection = Selection(condition, (Sort((source.when,)),) if source.when else ())
    for *values, due, id in book.index.select([book.kinds[source.record]], selection, wanted):
        for place in places:
            late = columns[place] == "overdue" and due is not None and agenda.is_past(due, book.context)
            values[place] = late or fixed.get(columns[place])
        yield Row(due, id, tuple(values))


def _stalled(book: Book, condition: Condition, columns: Sequence[str]) -> list[Row]:
    """Open deals that nobody moves, by the date on which they are to close."""
    from crm_cli.services.deals.stuck import stalled  # late: only --stalled asks

    chosen = And((condition_in(STALLED, condition, book.context), agenda.PRESENT, stalled(book)))
    order = _order(book)
    return sorted(_records(book, STALLED, chosen, columns), key=lambda row: (order(row.due), row.id))


def _occasions(book: Book, condition: Condition, last: date, columns: Sequence[str]) -> Iterator[Row]:
    """A row for each day to remember."""
    from crm_cli.services.followups.occasions import called, coming  # late: only --occasions asks

    found = coming(book, EVERYTHING, book.context.today, last)
    times = [(one.id, (one.day.isoformat(), called(one))) for one in found]
    yield from _on_days(book, OCCASIONS, condition, columns, ("due", "name"), times)


def _order(book: Book) -> Callable[[str | None], float]:
    """What dates and moments are ordered by; the same days stand in many rows."""
    known: dict[str | None, float] = {None: float("inf")}

    def order(text: str | None) -> float:
        if (found := known.get(text)) is None and text is not None:
            found = known[text] = parse_stamp(text, moments=True).instant(book.context.zone).timestamp()
        assert found is not None
        return found

    return order


def _sorted(rows: Iterable[Row], place: int, order: Callable[[Any], Any], *, descending: bool) -> list[Row]:
    """By one column; those that have nothing there come last, whichever way."""
    given: list[Row] = []
    blank: list[Row] = []
    for row in rows:
        (blank if row.cells[place] is None else given).append(row)
    return [*sorted(given, key=lambda row: order(row.cells[place]), reverse=descending), *blank]


def _key(book: Book, name: str) -> Callable[[Any], Any]:
    """What the values of a column are ordered by."""
    if name == "due":
        return _order(book)
    if name == "priority":
        return PRIORITIES.index
    return lambda value: (isinstance(value, str), fold(value) if isinstance(value, str) else value)


def grouped(book: Book, table: Table) -> tuple[Table, list[tuple[str, int]]]:
    """The rows by how soon they are due, and a heading for each so many of them. Needs the columns `due` and `kind`."""
    from crm_cli.base.phrases import understand  # late: only a terminal shows groups
    from crm_cli.services.edit import entry_of

    names = [column.name for column in table.columns]
    due, kind, context = names.index("due"), names.index("kind"), book.context
    end_of_week = understand("eow", entry_of(book).frame("ahead")).day(context.zone)
    found: dict[str, list[Sequence[Any]]] = {heading: [] for heading in HEADINGS}
    for row in table.rows:
        heading = STALLED_HEADING if row[kind] == STALLED.kind else _heading(row[due], end_of_week, context)
        found[heading].append(row)
    rows = [row for each in found.values() for row in each]
    return replace(table, rows=rows), [(heading, len(each)) for heading, each in found.items() if each]


def _heading(due: str, end_of_week: date, context: Context) -> str:
    day = agenda.local_day(due, context)
    if agenda.is_past(due, context):
        return HEADINGS[0]
    ahead = (day - context.today).days
    return HEADINGS[ahead + 1 if ahead < 2 else 3 if day <= end_of_week else 4]
