"""crm done: finishes tasks."""

import sys
from typing import Annotated

from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import Refs, session
from crm_cli.cli.receipts import applied
from crm_cli.cli.streams import is_terminal
from crm_cli.services.followups.tasks import finish, without_step

HELP = """Finishes tasks: crm done REF --log 'sent the quote' --next '+1w Call'

Of a task that repeats, one time is done: the latest one up to today, with which those missed before it
lapse, else the next one. After the last time it is done for good."""


def done(
    ctx: Called,
    refs: Refs,
    text: Annotated[str | None, Option("--log", metavar="TEXT", help="Write down what came of it")] = None,
    next_step: Annotated[str | None, Option("--next", metavar="'WHEN [TEXT]'", help="The step after it")] = None,
    at: Annotated[str | None, Option("--at", metavar="WHEN", help="When it was done: yesterday, fri")] = None,
) -> None:
    """Finishes tasks."""
    run = session(ctx)
    task = run.book.kinds["task"]
    records = [run.book.record(found.path) for found in run.refs(refs, [task])]
    plan, echo = finish(run.book, records, text=text, next_step=next_step, at=at)
    # Asked before the plan is applied, and only where somebody reads it.
    bare = without_step(run.book, plan) if next_step is None and is_terminal(sys.stderr) else []
    applied(run, plan, echo)
    for id in bare:
        run.say(f'no next step: crm log call {id} "..." --next "+1w Call"')
