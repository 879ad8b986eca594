"""Numbers for pictures: how much was talked each day, what the open deals of each coming month are worth."""

from collections.abc import Iterator
from datetime import date, timedelta

from crm_cli.book import Book
from crm_cli.schema.agenda import PRESENT, any_interaction, local_day
from crm_cli.schema.condition import And, Selection, Test
from crm_cli.schema.table import Column, Table
from crm_cli.services.deals.board import Pile

DAYS = 30
MONTHS = 6


def activity(book: Book, days: int = DAYS) -> Table:
    """How many interactions there were on each of the last days, the oldest first."""
    first = book.context.today - timedelta(days - 1)
    counts = {first + timedelta(ahead): 0 for ahead in range(days)}
    since = book.context.now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days)
    condition = And((any_interaction(book.context), Test(("at",), "between", low=int(since.timestamp()))))
    for (at,) in book.index.select([book.kinds["interaction"]], Selection(condition), [("at",)]):
        day = local_day(at, book.context)
        if day in counts:
            counts[day] += 1
    rows = [(day.isoformat(), count) for day, count in counts.items()]
    return Table("activity", (Column("day", "date"), Column("count", "integer")), rows)


def forecast(book: Book, months: int = MONTHS) -> Table:
    """The open deals by the month in which they are to close: `late`, this month and the next ones, `later`."""
    names = ["late", *_months(book.context.today, months), "later"]
    piles = {name: (Pile(), Pile()) for name in names}
    open_ones = And((PRESENT, Test(("_state",), "equal", ("open",)), Test(("close_date",), "has")))
    paths = [("close_date",), ("amount",), ("weighted",)]
    for close, amount, weighted in book.index.select([book.kinds["deal"]], Selection(open_ones), paths):
        day = local_day(close, book.context)
        month = f"{day:%Y-%m}" if day >= book.context.today else "late"
        whole, expected = piles[month if month in piles else "later"]
        whole.add(amount)
        expected.add_amount(weighted)
    columns = (Column("month"), Column("count", "integer"), Column("amount", "totals"), Column("weighted", "totals"))
    rows = [(name, whole.count, whole.totals, expected.totals) for name, (whole, expected) in piles.items()]
    return Table("forecast", columns, rows)


def _months(today: date, count: int) -> Iterator[str]:
    for ahead in range(count):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        yield f"{year}-{month + 1:02}"
