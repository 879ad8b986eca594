"""The lists of a page to read before a call: people, what is coming up, open deals, promises, the last talks."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import Any

from crm_cli.base.ids import random_part
from crm_cli.book import Book
from crm_cli.kinds.deal import stage_since
from crm_cli.schema.agenda import any_interaction, days_since, is_past, local_day, open_task
from crm_cli.schema.condition import And, Condition, Ids, Selection, Sort, Test
from crm_cli.schema.table import Column, Table
from crm_cli.services.ago import ago, day_short, span
from crm_cli.services.around import around
from crm_cli.services.occasions import coming

TALKS = 5
SHOWN = 6
NEAR = 30
"""So many days ahead a birthday is worth a word."""

Row = Sequence[Any]


def sections(book: Book, values: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Table]]:
    """The headings with their rows; what is empty is left out."""
    id = values["id"]
    people = _people(book, values, kind)
    for heading, columns, rows in (
        ("People", "role name title phone email handle", people),
        ("Coming up", "when who what", _coming(book, kind, values, people)),
        ("Open deals", "stage name amount:money since closes step handle", _deals(book, kind, id)),
        ("Our promises", "due kind name mark handle", _tasks(book, kind, id)),
        ("Last interactions", "at kind direction name outcome", _talks(book, kind, id)),
    ):
        if made := list(rows):
            yield heading, _table(columns, made)


def _table(columns: str, rows: Sequence[Row]) -> Table:
    """The rows without those columns in which all of them are empty."""
    names = [name.partition(":") for name in columns.split()]
    kept = [place for place in range(len(names)) if any(row[place] for row in rows)]
    made = tuple(Column(names[place][0], names[place][2] or "text") for place in kept)
    return Table("brief", made, [[row[place] for place in kept] for row in rows])


def _handle(id: str) -> str:
    return random_part(id) or id


def _people(book: Book, values: Mapping[str, Any], kind: str) -> list[Row]:
    """Of a firm those who work there, of a deal those who decide."""
    contact = book.kinds["contact"]
    paths = [("id",), ("name",), ("title",), ("phone",), ("email",)]
    if kind == "organization":
        selection = Selection(around(kind, values["id"], "contact"), (Sort(("last_contact",), True),))
        rows = list(book.index.select([contact], selection, paths))
        more = len(rows) - SHOWN
        shown: list[Row] = [(None, *row[1:], _handle(row[0])) for row in rows[:SHOWN]]
        return shown + ([(None, f"and {more} more", None, None, None, None)] if more > 0 else [])
    if kind == "deal":
        roles = {item["value"].rpartition("/")[2]: item["label"] for item in values["contacts"] or ()}
        rows = list(book.index.select([contact], Selection(Ids(tuple(roles))), paths)) if roles else []
        rows.sort(key=lambda row: list(roles).index(row[0]))
        return [(roles[row[0]], *row[1:], _handle(row[0])) for row in rows]
    return []


def _coming(book: Book, kind: str, values: Mapping[str, Any], people: Sequence[Row]) -> Iterator[Row]:
    """Birthdays and other days of these people within a month, the nearest first."""
    own: Condition = Ids((values["id"],))
    if kind != "contact":
        own = around(kind, values["id"], "contact") if kind == "organization" else Ids(_contacts(values))
    today = book.context.today
    for one in sorted(coming(book, own, today, today + timedelta(days=NEAR)), key=itemgetter(0, 2)):
        years = f" ({one.years})" if one.years else ""
        yield (ago(one.day, today), one.name if people else None, f"{one.occasion}{years}")


def _contacts(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(item["value"].rpartition("/")[2] for item in values["contacts"] or ())


def _deals(book: Book, kind: str, id: str) -> Iterator[Row]:
    if kind == "deal":
        return
    names = ("stage", "name", "amount", "stage_history", "created", "close_date", "next_step", "id")
    condition = And((around(kind, id, "deal"), Test(("_state",), "equal", ("open",))))
    selection = Selection(condition, (Sort(("close_date",)),), SHOWN)
    for row in book.index.select([book.kinds["deal"]], selection, [(name,) for name in names]):
        stage, name, amount, history, created, close, step, deal = row
        days = days_since(stage_since(history or (), created), book.context)
        since = None if days is None else f"for {span(days)}"
        closes = f"closes {day_short(local_day(close, book.context), book.context.today)}" if close else None
        yield (stage, name, amount, since, closes, step, _handle(deal))


def _tasks(book: Book, kind: str, id: str) -> Iterator[Row]:
    condition = And((around(kind, id, "task"), open_task(book.context)))
    names = ("_next", "kind", "name", "priority", "id")
    selection = Selection(condition, (Sort(("_next",)),), SHOWN)
    for due, sort, name, priority, task in book.index.select(
        [book.kinds["task"]], selection, [(name,) for name in names]
    ):
        when = ago(local_day(due, book.context), book.context.today) if due else "some day"
        marks = ["overdue"] if due and is_past(due, book.context) else []
        marks += [priority] if priority in ("high", "urgent") else []
        yield (when, sort, name, ", ".join(marks), _handle(task))


def _talks(book: Book, kind: str, id: str) -> Iterator[Row]:
    condition = And((around(kind, id, "interaction"), any_interaction(book.context)))
    names = ("at", "kind", "direction", "name", "outcome")
    selection = Selection(condition, (Sort(("at",), True),), TALKS)
    for at, *row in book.index.select([book.kinds["interaction"]], selection, [(name,) for name in names]):
        outcome = f"→ {row[-1]}" if row[-1] else None
        yield (day_short(local_day(at, book.context), book.context.today), *row[:-1], outcome)
