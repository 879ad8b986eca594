"""crm snooze: puts tasks off."""

from typing import Annotated

from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called
from crm_cli.cli.params import Ref, session
from crm_cli.cli.receipts import applied
from crm_cli.services.followups.tasks import snooze as put_off

HELP = """Puts a task off: crm snooze REF +3d; crm snooze REF mon; crm snooze REF 'tomorrow 15:00'

A span is counted from today, however long the task has been overdue. A day keeps the time of day that the
task had. Of a task that repeats no single time can be put off, unless it is counted from when it was done
last (2w after)."""

When = Annotated[
    str,
    Argument(
        metavar="WHEN",
        help="+3d, mon, 'tomorrow 15:00'",
        autocompletion=complete.words("tomorrow", "+1d", "+3d", "+1w", "+1mo", "mon", "eow", "eom"),
    ),
]


def snooze(ctx: Called, ref: Ref, when: When) -> None:
    """Puts tasks off."""
    run = session(ctx)
    records = [run.book.record(found.path) for found in run.refs([ref], [run.book.kinds["task"]])]
    applied(run, *put_off(run.book, records, when))
