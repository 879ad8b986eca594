"""Birthdays and the other days to remember of people, as they come round."""

from collections.abc import Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from crm_cli.base.dates import parse_partial
from crm_cli.book import Book
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import And, Condition, Or, Selection, Sort, Test
from crm_cli.schema.table import Column, Table
from crm_cli.services.followups.horizon import horizon

WITHIN = "14d"
COLUMNS = (
    Column("date", "date"),
    Column("id"),
    Column("record"),
    Column("name"),
    Column("occasion"),
    Column("years", "integer"),
)
HAS_SOME = Or((Test(("birthday",), "has"), Test(("anniversaries",), "has")))
"""Contacts with a day to remember."""


class Occasion(NamedTuple):
    """A day that comes round: whose, which one, how many years since the first; None where its year is not known."""

    day: date
    id: str
    name: str
    occasion: str
    years: int | None


def occasions(book: Book, words: Sequence[str], within: str = WITHIN) -> Table:
    """The days to remember of the contacts of a query, from today to the last day of `within`."""
    asked = book.parse(words, [book.kinds["contact"]])
    last = horizon(within, book.context.today)
    found = list(coming(book, asked.condition, book.context.today, last, asked.sort))
    if not asked.sort:
        found.sort(key=itemgetter(0, 1))
    rows = [(one.day.isoformat(), one.id, "contact", one.name, one.occasion, one.years) for one in found]
    return Table("occasions", COLUMNS, rows[: asked.limit], ids=1)


def coming(
    book: Book, condition: Condition, first: date, last: date, sort: tuple[Sort, ...] = ()
) -> Iterator[Occasion]:
    """Each occasion from `first` to `last` of the unarchived contacts that meet the condition."""
    # Without an order of its own the index would look all contacts up by their ids.
    selection = Selection(And((HAS_SOME, condition, PRESENT)), sort or (Sort(("birthday",)),))
    signs = _signs(first, last)
    for id, name, birthday, others in book.index.select(
        [book.kinds["contact"]], selection, [("id",), ("name",), ("birthday",), ("anniversaries",)]
    ):
        days = [("birthday", birthday)] if birthday else []
        days += [(item["label"] or "anniversary", item["value"]) for item in others]
        for occasion, text in days:
            if text[-5:] in signs:
                for day, years in _in_span(text, first, last):
                    yield Occasion(day, id, name or "", occasion, years)


def _signs(first: date, last: date) -> frozenset[str]:
    """The ends of the dates that come round in a span, so that the others need not be understood."""
    days = min((last - first).days, 366)
    found = {date.fromordinal(first.toordinal() + each).isoformat()[5:] for each in range(days + 1)}
    # Kept on the 28th where there is no 29th.
    return frozenset(found | {"02-29"} if "02-28" in found else found)


def _in_span(text: str, first: date, last: date) -> Iterator[tuple[date, int | None]]:
    partial = parse_partial(text)
    for year in range(first.year, last.year + 1):
        day = partial.in_year(year)
        if first <= day <= last and (partial.year is None or partial.year <= year):
            yield day, None if partial.year is None else year - partial.year


def called(one: Occasion) -> str:
    """An occasion in a few words: `Birthday: Asha Sharma`."""
    return f"{one.occasion[:1].upper()}{one.occasion[1:]}: {one.name}"
