"""A task: a follow-up or another thing to be done, by when, about whom."""

from collections.abc import Sequence

from crm_cli.base.dates import Stamp, parse_stamp
from crm_cli.base.lean import replace
from crm_cli.base.recurrence import Rule, occurrence, open_day, parse_rule
from crm_cli.schema import agenda
from crm_cli.schema.context import Context
from crm_cli.schema.kind import declare
from crm_cli.schema.record import Record, attr, derived

KINDS_OF_TASK = ("call", "whatsapp", "email", "meeting", "visit", "todo")
PRIORITIES = ("low", "normal", "high", "urgent")
STATUSES = ("open", "done", "canceled")


def next_due(due: str | None, every: str | None, done: Sequence[str], context: Context) -> str | None:
    """When it is due: of a recurring task its open occurrence, none once the rule is used up."""
    if due is None or every is None:
        return due
    first = parse_stamp(due, moments=True)
    last = max((parse_stamp(day, moments=False).day(context.zone) for day in done), default=None)
    day = open_day(parse_rule(every), first.day(context.zone), last, context.today)
    return None if day is None else occurrence(first, day, context.zone).text


def overdue(due: str | None, status: str | None, context: Context) -> bool:
    """Past its due, and still open."""
    return status not in ("done", "canceled") and due is not None and agenda.is_past(due, context)


def settled(before: "Task | None", after: "Task", context: Context) -> "Task":
    """A new task is open; one that repeats begins today unless it says when; one that is done has its day in `done`."""
    if before is None:
        after = replace(after, status=after.status or "open", kind=after.kind or "todo")
    if after.status == "done" and (before is None or before.status != "done") and not after.done:
        after = replace(after, done=(context.day,))
    if after.every and after.due is None and (before is None or before.every is None):
        after = replace(after, due=context.day)
    return after


@declare(
    folder="tasks",
    columns="id due name kind contact.name deal.name priority status",
    sorted_by="due",
    settle=settled,
)
class Task(Record):
    """Something to be done."""

    due: Stamp | None = attr("moment", doc="by when: a day or a moment")
    kind: str | None = attr("choice", choices=KINDS_OF_TASK, doc="what sort of thing")
    contact: str | None = attr("link", to=("contact",), group=1, doc="about whom")
    organization: str | None = attr("link", to=("organization",), group=1, doc="about which organization")
    deal: str | None = attr("link", to=("deal",), group=1, doc="about which deal")
    lead: str | None = attr("link", to=("lead",), group=1, doc="about which lead")
    priority: str | None = attr("choice", choices=PRIORITIES, group=2, doc="how much it matters")
    status: str | None = attr("choice", choices=STATUSES, group=2, doc="open until it says otherwise")
    every: Rule | None = attr("recurrence", group=3, doc="repeats: 2w, 1mo on 5, 2w after")
    done: tuple[Stamp, ...] = attr("list", item="date", group=3, doc="the days of the occurrences that are done")
    snoozed_from: Stamp | None = attr("date", group=3, doc="when it was due at first")

    _next = derived("moment", "due", "every", "done", work=next_due)
    overdue = derived("bool", "_next", "status", work=overdue, doc="past its due")
