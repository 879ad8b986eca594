"""Words for days in a query, as keys; apart from the rest, since the grammar of dates takes 6 ms to load."""

from crm_cli.base.dates import PartialDate
from crm_cli.base.phrases import Frame, understand_partial, understand_range
from crm_cli.schema.context import Context


def _frame(context: Context) -> Frame:
    """How the words for dates are meant in a query."""
    settings = context.settings
    return Frame(context.now, settings.date_order, settings.week_start, settings.fiscal_year_start, "query")


def seconds(text: str, context: Context) -> tuple[int, int]:
    """The first and the last second of a day, a month, a year or a moment; BadRequest if it is none."""
    first, last = understand_range(text, _frame(context))
    return int(first.timestamp()), int(last.timestamp())


def birthday(text: str, context: Context) -> PartialDate:
    """A birthday, with or without its year; BadRequest if it is none."""
    return understand_partial(text, _frame(context))
