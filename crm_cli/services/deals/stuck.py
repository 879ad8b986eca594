"""Deals that nobody moves: which they are, and why each of them is one."""

from collections.abc import Iterator, Mapping
from typing import Any

from crm_cli.book import Book
from crm_cli.schema.agenda import is_past, local_day
from crm_cli.schema.condition import And, Condition, Not, Or, Test

NEEDED = ("pipeline", "stage", "close_date", "next_task", "idle", "rotting")
"""The fields of a deal that `reasons` looks at."""


def stalled(book: Book) -> Condition:
    """Open deals without a next step, with an overdue one, idle for too long, or with a close date in the past."""
    midnight = book.context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    no_step = Not(Test(("next_task",), "has"))
    # Asked of the tasks themselves: of a day and a moment only they know which one has passed.
    late = And((Test(("next_task",), "has"), Test(("task", "overdue"), "equal", (1,))))
    closing = Test(("close_date",), "between", high=int(midnight.timestamp()) - 1)
    still = Or((Test(("rotting",), "equal", (1,)), late, closing, no_step))
    return And((Test(("_state",), "equal", ("open",)), still))


def reasons(book: Book, deal: Mapping[str, Any]) -> Iterator[str]:
    """Why an open deal is stuck, the most pressing first; nothing for one that moves. Wants the fields `NEEDED`."""
    context = book.context
    if deal["close_date"] and local_day(deal["close_date"], context) < context.today:
        yield f"was to close on {deal['close_date'][:10]}"
    if deal["next_task"] is None:
        yield "no next step"
    elif is_past(deal["next_task"], context):
        yield "next step overdue"
    if deal["rotting"]:
        stage = book.settings.stage(deal["pipeline"], deal["stage"])
        limit = stage.rotting_days if stage else None
        yield f"idle {deal['idle']} {'day' if deal['idle'] == 1 else 'days'} (limit {limit})"
