"""What the columns of `crm due`, and a query over them, mean in the records that its rows are made of."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from crm_cli.base.errors import BadRequest
from crm_cli.book import Book
from crm_cli.schema.condition import EVERYTHING, NOTHING, And, Condition, Not, OfKind, Or, Path, Selection, Test
from crm_cli.schema.context import Context
from crm_cli.schema.kind import Kind


class Source(NamedTuple):
    """Rows of one sort: of which records, the `kind` that they have (none: the record's own), the field of their date.

    A source without a field for its date has that of the `day` which is asked about.
    """

    record: str
    kind: str
    when: str
    day: int | None = None


TASKS = Source("task", "", "_next")
TOUCH = (Source("contact", "touch", "touch_due"), Source("organization", "touch", "touch_due"))
OCCASIONS = Source("contact", "occasion", "")
STALLED = Source("deal", "stalled", "close_date")

_NOT_OF: dict[str, tuple[str, ...]] = {
    "task": (),
    "contact": ("deal", "priority"),
    "organization": ("contact", "deal", "priority"),
    "deal": ("priority",),
}
"""What a row of these records leaves empty: of these names, the kind's own meaning would be the way back of a link."""


def path_in(source: Source, path: Path) -> Path | None:
    """Where a column of due stands in a record; None where its rows have no such thing."""
    if path == ("due",):
        return (source.when,) if source.when else None
    if path[0] == source.record and source.record != "task":
        return path[1:] or ("id",)
    return None if path[0] in _NOT_OF[source.record] else path


def column_path(book: Book, source: Source, text: str) -> Path | None:
    """The same for a column as it was written; None also where the kind knows no such field."""
    path = path_in(source, tuple(text.split(".")))
    if path is None or path[0].startswith("_"):
        return path
    try:
        return book.path(".".join(path), [book.kinds[source.record]])
    except BadRequest:
        return None


def asked_of(book: Book, words: Sequence[str], sources: Sequence[Source]) -> Selection:
    """The query, whose fields may be those of any of the sources; `kind` knows theirs too."""
    if not words:
        return book.parse(words, [])
    own = tuple(source.kind for source in sources if source.kind)
    kinds = [_wider(book.kinds[name], own) for name in dict.fromkeys(source.record for source in sources)]
    return book.parse(words, kinds)


def _wider(kind: Kind, own: Sequence[str]) -> Kind:
    """The kind `task` with more choices for `kind`."""
    if kind.name != "task":
        return kind
    fields = (replace(f, choices=(*f.choices, *own)) if f.name == "kind" else f for f in kind.fields)
    return replace(kind, fields=tuple(fields))


def condition_in(source: Source, condition: Condition, context: Context) -> Condition:
    """A condition on rows of due as one on the records of a source."""
    match condition:
        case And(parts):
            return And(tuple(condition_in(source, part, context) for part in _for_all(parts)))
        case Or(parts):
            return Or(tuple(condition_in(source, part, context) for part in parts))
        case Not(part):
            return Not(condition_in(source, part, context))
        case Test():
            return _test_in(source, condition, context)
    return condition


def _for_all(parts: Sequence[Condition]) -> Iterator[Condition]:
    """The parts, without the limit to tasks that stands before `not` this: all rows have such a column.

    A query that negates a field means the kinds which have it; only tasks have fields of these names.
    """
    for part, behind in zip_longest(parts, parts[1:], fillvalue=EVERYTHING):
        if not (part == OfKind(("task",)) and isinstance(behind, Not) and _of_row(behind.part)):
            yield part


def _of_row(condition: Condition) -> bool:
    match condition:
        case Or(parts):
            return all(map(_of_row, parts))
        case Test((name,)):
            return name in ("due", "kind", "overdue")
    return False


def asks_when(condition: Condition) -> bool:
    """Whether a condition is about the date of a row, so that two rows of one record may differ in it."""
    match condition:
        case And(parts) | Or(parts):
            return any(map(asks_when, parts))
        case Not(part):
            return asks_when(part)
        case Test((name,)):
            return name in ("due", "overdue")
    return False


def _test_in(source: Source, test: Test, context: Context) -> Condition:
    if test.path == ("kind",) and source.kind:
        return EVERYTHING if _holds(test, source.kind) else NOTHING
    if test.path == ("overdue",) and (source.kind or not source.when):
        return _overdue(source, bool(test.values[0]), context)
    if test.path == ("due",) and not source.when:
        return EVERYTHING if _holds(test, source.day) else NOTHING
    path = path_in(source, test.path)
    return NOTHING if path is None else replace(test, path=path)


def _holds(test: Test, value: str | int | None) -> bool:
    """Whether a value that is the same for all rows meets a test."""
    if test.op == "between":
        assert isinstance(value, int)
        return (test.low is None or int(test.low) <= value) and (test.high is None or value <= int(test.high))
    if test.op == "contains":
        return any(str(part) in str(value) for part in test.values)
    return test.op == "has" or value in test.values


def _overdue(source: Source, wanted: bool, context: Context) -> Condition:
    if not source.when:
        return NOTHING if wanted else EVERYTHING
    late = Test((source.when,), "between", high=before_today(context))
    return late if wanted else Not(late)


def before_today(context: Context) -> int:
    """The last second of yesterday, as dates are compared."""
    return int(context.now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()) - 1
