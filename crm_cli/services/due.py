"""What is due: tasks with a date, and people to keep in touch with."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from crm_cli.base.dates import parse_duration, parse_stamp
from crm_cli.base.errors import BadRequest, BadValue
from crm_cli.book import Book
from crm_cli.schema import agenda
from crm_cli.schema.condition import And, Condition, Not, Selection, Test
from crm_cli.schema.table import Column, Table

COLUMNS = ("due", "record", "id", "kind", "name", "contact.name", "organization.name")
TYPES = {"due": "moment", "overdue": "bool"}
WHOLE = ("due", "record", "id", "kind", "name", "contact", "organization", "deal", "owner", "priority", "overdue")
_PATHS: dict[str, dict[str, tuple[str, ...]]] = {
    "task": {name: (name,) for name in WHOLE}
    | {"due": ("_next",), "contact.name": ("contact", "name"), "organization.name": ("organization", "name")},
    "contact": {
        "due": ("touch_due",),
        "name": ("name",),
        "contact.name": ("name",),
        "contact": ("id",),
        "organization": ("organization",),
        "organization.name": ("organization", "name"),
        "owner": ("owner",),
    },
    "organization": {
        "due": ("touch_due",),
        "name": ("name",),
        "organization.name": ("name",),
        "organization": ("id",),
        "owner": ("owner",),
    },
}


def horizon(text: str, today: date) -> date:
    """The last day that `--within` reaches: `7d`, `2w`; `0d` is today."""
    if text in ("0d", "0"):
        return today
    try:
        return parse_duration(text).after(today)
    except BadValue as bad:
        raise BadRequest(f"--within: {bad.message}", hint="--within 7d, --within 2w") from None


def due_table(book: Book, words: Sequence[str], within: str, columns: Sequence[str] = COLUMNS) -> Table:
    """Tasks and cadence dates from overdue to `within`, the earliest first."""
    last = horizon(within, book.context.today)
    end = datetime.combine(last, datetime.max.time(), book.context.zone).replace(microsecond=0)
    rows = []
    for name in ("task", "contact", "organization"):
        kind = book.kinds[name]
        selection = _narrowed(book, words, name, int(end.timestamp()))
        if selection is not None:
            paths = [_PATHS[name].get(column, ("id",)) for column in (*WHOLE, "contact.name", "organization.name")]
            for values in book.index.select([kind], selection, paths):
                rows.append(
                    _row(name, dict(zip((*WHOLE, "contact.name", "organization.name"), values, strict=True)), book)
                )
    unknown = [column for column in columns if column not in (*WHOLE, *COLUMNS)]
    if unknown:
        raise BadRequest(
            f"due has no column {unknown[0]}", hint=", ".join((*WHOLE, "contact.name", "organization.name"))
        )
    rows.sort(key=lambda row: (_instant(row["due"], book), row["id"]))
    typed = tuple(Column(column, TYPES.get(column, "text")) for column in columns)
    made = [(*(row[column] for column in columns), row["id"]) for row in rows]
    return Table("due", typed, made, ids=len(columns))


def _narrowed(book: Book, words: Sequence[str], name: str, end: int) -> Selection | None:
    """The query on one of the kinds that can be due; None where the kind has no such field."""
    asked = book.parse(words, [book.kinds[each] for each in ("task", "contact", "organization")])
    when = "_next" if name == "task" else "touch_due"
    conditions: list[Condition] = [asked.condition, Test((when,), "between", high=end), Not(agenda.ARCHIVED)]
    if name == "task":
        conditions.append(agenda.open_task(book.context))
    return Selection(And(tuple(conditions)))


def _row(name: str, values: dict[str, Any], book: Book) -> dict[str, Any]:
    if name == "task":
        return values
    absent = [column for column in WHOLE if column not in _PATHS[name] and column != "id"]
    touch = dict.fromkeys(absent)
    return {
        **values,
        **touch,
        "record": name,
        "kind": "touch",
        "overdue": agenda.is_past(values["due"], book.context),
    } | ({"contact.name": None} if name == "organization" else {})


def _instant(text: str, book: Book) -> float:
    return parse_stamp(text, moments=True).instant(book.context.zone).timestamp()
