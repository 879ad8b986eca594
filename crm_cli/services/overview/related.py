"""What belongs to a person, a firm or a deal, all of it: what is to be done, the people, the deals."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm_cli.book import Book
from crm_cli.schema.agenda import is_past, local_day, open_task
from crm_cli.schema.condition import And, Ids, Selection, Sort
from crm_cli.schema.table import Column, Table
from crm_cli.services.overview.ago import day_short
from crm_cli.services.overview.around import BRIEFED, around
from crm_cli.services.refs import Found

Row = Sequence[Any]


def next_steps(book: Book, found: Found) -> Table:
    """The open tasks about it, the most pressing first; `mark` says what is special, `id` stands last."""
    columns = tuple(map(Column, ("due", "kind", "name", "with", "mark", "id")))
    return Table("task", columns, list(_tasks(book, found)) if found.kind in BRIEFED else [], len(columns) - 1)


def _tasks(book: Book, found: Found) -> Iterator[Row]:
    paths = [("_next",), ("kind",), ("name",), ("contact", "name"), ("deal", "name"), ("priority",), ("id",)]
    selection = Selection(And((around(found.kind, found.id, "task"), open_task(book.context))), (Sort(("_next",)),))
    for due, kind, name, person, deal, priority, id in book.index.select([book.kinds["task"]], selection, paths):
        marks = ["overdue"] if due and is_past(due, book.context) else []
        marks += [priority] if priority in ("high", "urgent") else []
        whom = ", ".join(text for text, kind_ in ((person, "contact"), (deal, "deal")) if text and kind_ != found.kind)
        yield (_day(book, due), kind, name, whom, ", ".join(marks), id)


def related(book: Book, found: Found, values: Mapping[str, Any]) -> Iterator[tuple[str, Table]]:
    """People and deals under headings, the id of each in the last column; what is empty is left out.

    `values` are those of the record. Of a deal those who decide come in the order of its file, with their roles.
    """
    if found.kind not in BRIEFED:
        return
    for heading, columns, rows in (
        ("People", "role name title phone email id", _people(book, found, values)),
        ("Deals", "stage name amount:money closes id", _deals(book, found)),
    ):
        if rows:
            names = [name.partition(":") for name in columns.split()]
            kept = [place for place in range(len(names)) if any(row[place] for row in rows)]
            made = tuple(Column(names[place][0], names[place][2] or "text") for place in kept)
            yield heading, Table(heading, made, [[row[place] for place in kept] for row in rows], len(made) - 1)


def _people(book: Book, found: Found, values: Mapping[str, Any]) -> list[Row]:
    contact = book.kinds["contact"]
    paths = [("name",), ("title",), ("phone",), ("email",), ("id",)]
    if found.kind == "organization":
        selection = Selection(around(found.kind, found.id, "contact"), (Sort(("last_contact",), True), Sort(("name",))))
        return [(None, *row) for row in book.index.select([contact], selection, paths)]
    if found.kind != "deal":
        return []
    roles = {item["value"].rpartition("/")[2]: item["label"] for item in values["contacts"] or ()}
    rows = book.index.select([contact], Selection(Ids(tuple(roles))), paths) if roles else ()
    order = list(roles)
    return [(roles[row[-1]], *row) for row in sorted(rows, key=lambda row: order.index(row[-1]))]


def _deals(book: Book, found: Found) -> list[Row]:
    """The open ones first, the ones that close first on top; then the others, the newest first."""
    if found.kind == "deal":
        return []
    paths = [(name,) for name in ("_state", "stage", "name", "amount", "close_date", "closed_at", "id")]
    selection = Selection(around(found.kind, found.id, "deal"), (Sort(("close_date",)),))
    rows = list(book.index.select([book.kinds["deal"]], selection, paths))
    over = sorted((row for row in rows if row[0] != "open"), key=lambda row: row[5] or "", reverse=True)
    return [
        (stage, name, amount, _day(book, closed or close), id)
        for _state, stage, name, amount, close, closed, id in [*(row for row in rows if row[0] == "open"), *over]
    ]


def _day(book: Book, at: str | None) -> str:
    return day_short(local_day(at, book.context), book.context.today) if at else ""
