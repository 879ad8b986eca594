"""What happened lately with everybody, newest first, from the index alone: talks, finished tasks, stage moves."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import Any

from crm_cli.base.dates import parse_stamp
from crm_cli.book import Book
from crm_cli.schema.agenda import PRESENT, any_interaction, local_day
from crm_cli.schema.condition import And, Condition, Ids, Selection, Sort, Test
from crm_cli.schema.table import Column, Table

COLUMNS = (
    Column("at", "moment"), Column("what"), Column("id"), Column("kind"), Column("text"), Column("with"), Column("by"),
)  # fmt: skip
_DAY = 86400
Row = tuple[Any, ...]


def lately(book: Book, count: int) -> Table:
    """The last so many things that happened; fewer only where no more has happened."""
    rows = list(_interactions(book, count))
    oldest = rows[-1][0] if len(rows) == count else None
    rows += [*_tasks(book, oldest), *_moves(book, oldest)]
    order = [(_instant(book, row[0]), place) for place, row in enumerate(rows)]
    newest = sorted(order, key=itemgetter(0), reverse=True)[:count]
    return Table("lately", COLUMNS, [rows[place] for _instant, place in newest], ids=2)


def _instant(book: Book, at: str) -> int:
    return parse_stamp(at, moments=True).key(book.context.zone)


def _interactions(book: Book, count: int) -> Iterator[Row]:
    kind = book.kinds["interaction"]
    newest = Selection(any_interaction(book.context), (Sort(("at",), descending=True),), count)
    # First which ones, then what is in them: names behind links are looked up for these alone.
    ids = Ids(tuple(id for (id,) in book.index.select([kind], newest, [("id",)])))
    paths = [("at",), ("id",), ("kind",), ("name",), ("outcome",), ("contacts", "name"), ("organization", "name")]
    selection = Selection(ids, (Sort(("at",), descending=True),))
    for at, id, sort, name, outcome, people, firm, deal, by in book.index.select(
        [kind], selection, [*paths, ("deal", "name"), ("by",)]
    ):
        text = " → ".join(part for part in (name, outcome) if part)
        yield (at, "interaction", id, sort, text, ", ".join(people or ()) or firm or deal, by)


def _tasks(book: Book, oldest: str | None) -> Iterator[Row]:
    """Each day on which a task was finished."""
    done: Condition = Test(("done",), "has")
    if oldest:
        done = Test(("done",), "between", low=_instant(book, oldest) - _DAY)
    paths = [("id",), ("kind",), ("name",), ("done",), ("contact", "name"), ("organization", "name"), ("deal", "name")]
    today = book.context.today
    for id, kind, name, days, *whom in book.index.select([book.kinds["task"]], Selection(And((PRESENT, done))), paths):
        known = next((each for each in whom if each), None)
        yield from ((day, "task", id, kind, name, known, None) for day in days if local_day(day, book.context) <= today)


def _moves(book: Book, oldest: str | None) -> Iterator[Row]:
    """Every stage that a deal came into: one that did so lately has not been in its stage for longer."""
    moved: Condition = Test(("days_in_stage",), "has")
    if oldest:
        days = book.context.today - local_day(oldest, book.context) + timedelta(1)
        moved = Test(("days_in_stage",), "between", low=0, high=days.days)
    paths = [("id",), ("name",), ("organization", "name"), ("stage_history",)]
    for id, name, firm, history in book.index.select([book.kinds["deal"]], Selection(And((PRESENT, moved))), paths):
        entered: Sequence[Any] = history or ()
        for place, entry in enumerate(entered):
            before = entered[place - 1]["stage"] if place else None
            if entry["at"]:
                move = f"{before} -> {entry['stage']}" if before else entry["stage"]
                yield (entry["at"], "stage", id, "deal", f"{name}: {move}", firm, entry["by"])
