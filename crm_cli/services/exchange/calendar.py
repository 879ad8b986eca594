"""The calendar of a book: open tasks that are due some time, and the days of people that come round each year.

Nothing in it is of the moment at which it is made, but for the occurrence of a recurring task that is open by then: a
second calendar of the same records is the same file.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from crm_cli.base.dates import PartialDate, parse_partial, parse_stamp
from crm_cli.base.ids import slug
from crm_cli.base.recurrence import parse_rule
from crm_cli.book import Book
from crm_cli.formats.ics import Entry, calendar_file
from crm_cli.formats.rrule import rrule
from crm_cli.schema import agenda
from crm_cli.schema.condition import And, Condition, Ids, Not, Selection, Sort, Test
from crm_cli.schema.kind import Kind
from crm_cli.services.followups.occasions import HAS_SOME

KINDS: Final = ("task", "contact")
"""What a calendar can be made of."""

_PRIORITIES: Final = {"urgent": 1, "high": 3, "normal": 5, "low": 9}
_UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR: Final = 1972
"""Where a day without a year begins: many calendars count from 1970, and this is the first leap year after it."""

_OLDEST: Final = 1900
_TASK: Final = (
    ("id",),
    ("name",),
    ("_next",),
    ("due",),
    ("every",),
    ("created",),
    ("priority",),
    ("tags",),
    ("notes",),
    ("contact", "name"),
    ("contact", "phones"),
    ("organization", "name"),
    ("organization", "phones"),
    ("deal", "name"),
)
_CONTACT: Final = (
    ("id",),
    ("name",),
    ("birthday",),
    ("anniversaries",),
    ("created",),
    ("phones",),
    ("organization", "name"),
)


def calendar(book: Book, kinds: Sequence[Kind], selection: Selection, *, events: bool = False) -> tuple[bytes, int]:
    """The calendar file of a selection, and how many entries it has; with `events` tasks are events as well."""
    chosen = _chosen(book, kinds, selection)
    names = {kind.name for kind in kinds}
    entries = [
        *(_tasks(book, chosen, events) if "task" in names else ()),
        *(_occasions(book, chosen) if "contact" in names else ()),
    ]
    settings = book.settings
    return calendar_file(settings.name, settings.timezone, book.context.zone, entries), len(entries)


def _chosen(book: Book, kinds: Sequence[Kind], selection: Selection) -> Condition:
    """The condition alone; a limit is of all kinds together, so it decides by the ids."""
    if selection.limit is None:
        return selection.condition
    return Ids(tuple(path.removesuffix(".yaml") for path in _paths(book, kinds, selection)))


def _paths(book: Book, kinds: Sequence[Kind], selection: Selection) -> Iterator[str]:
    return (path for _kind, _id, path in book.index.ids(kinds, selection))


def _rows(book: Book, kind: str, condition: Condition, columns: Any) -> Iterator[tuple[Any, ...]]:
    return book.index.select([book.kinds[kind]], Selection(condition, (Sort(("id",)),)), columns)


# -- tasks


def _tasks(book: Book, chosen: Condition, events: bool) -> Iterator[Entry]:
    still_open = Not(Test(("status",), "equal", ("done", "canceled")))
    for row in _rows(book, "task", And((chosen, still_open, Test(("_next",), "has"))), _TASK):
        id, name, following, due, every, created, priority, tags, notes, person, phones, firm, firm_phones, deal = row
        when = _local(following, book)
        facts = (("With", person), ("Phone", _phones(phones or firm_phones)), ("Organization", firm), ("Deal", deal))
        yield Entry(
            f"{id}.event@crm" if events else f"{id}@crm",
            _stamp(created),
            _with_whom(name or "", person or firm),
            when,
            todo=not events,
            rrule=rrule(parse_rule(every), agenda.local_day(due, book.context), when) if every else None,
            description=_description(facts, notes),
            categories=tuple(tags),
            priority=_PRIORITIES.get(priority, 0),
        )


def _local(text: str, book: Book) -> date | datetime:
    """The day, or the moment in the zone of the book."""
    stamp = parse_stamp(text, moments=True)
    if not isinstance(stamp.when, datetime):
        return stamp.when
    try:
        return stamp.when.astimezone(book.context.zone)
    except OverflowError:  # at the very ends of the calendar
        return stamp.when.date()


def _stamp(created: str | None) -> datetime:
    """When the record was made, as the age that the standard wants of an entry; a fixed moment where nobody knows."""
    try:
        return parse_stamp(created, moments=True).instant(UTC).astimezone(UTC) if created else _UNDATED
    except OverflowError:
        return _UNDATED


def _with_whom(name: str, whom: str | None) -> str:
    return f"{name} ({whom})" if whom and whom.casefold() not in name.casefold() else name


def _phones(items: Sequence[dict[str, Any]] | None) -> str:
    return ", ".join(f"{item['value']} ({item['label']})" if item["label"] else item["value"] for item in items or ())


def _description(facts: Sequence[tuple[str, str | None]], notes: str | None = None) -> str:
    lines = "\n".join(f"{name}: {value}" for name, value in facts if value)
    return "\n\n".join(part for part in (lines, (notes or "").strip("\n")) if part)


# -- occasions


def _occasions(book: Book, chosen: Condition) -> Iterator[Entry]:
    for id, name, birthday, others, created, phones, firm in _rows(book, "contact", And((chosen, HAS_SOME)), _CONTACT):
        facts = (("Phone", _phones(phones)), ("Organization", firm))
        days = [("birthday", "Birthday", "Born", birthday)] if birthday else []
        days += [(key, title, "Since", text) for key, title, text in _named(others)]
        for key, title, since, text in days:
            day = parse_partial(text)
            yield Entry(
                f"{id}.{key}@crm",
                _stamp(created),
                f"{title}: {name}",
                _first(day),
                rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1" if (day.month, day.day) == (2, 29) else "FREQ=YEARLY",
                description=_description(((since, str(day.year) if day.year else None), *facts)),
            )


def _named(others: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """A key that stays as long as the label does, a title and the day of each anniversary."""
    seen: dict[str, int] = {}
    for item in others:
        label = item["label"] or ""
        key = f"anniversary-{slug(label, 'other')}" if label else "anniversary"
        seen[key] = seen.get(key, 0) + 1
        number = f".{seen[key]}" if seen[key] > 1 else ""
        yield key + number, label[:1].upper() + label[1:] or "Anniversary", item["value"]


def _first(day: PartialDate) -> date:
    """The first time it was kept, as far as calendars go back."""
    year = day.year if day.year and day.year >= _OLDEST else _FIRST_YEAR
    return day.in_year(year)
