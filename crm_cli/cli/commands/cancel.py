"""crm cancel: gives tasks up."""

from crm_cli.cli.declare import Called
from crm_cli.cli.params import Refs, session
from crm_cli.cli.receipts import applied
from crm_cli.services.followups.tasks import cancel as give_up

HELP = """Gives tasks up, as nothing that was done: crm cancel REF

One that repeats is given up as a whole; crm done REF goes on to its next time."""


def cancel(ctx: Called, refs: Refs) -> None:
    """Gives tasks up."""
    run = session(ctx)
    records = [run.book.record(found.path) for found in run.refs(refs, [run.book.kinds["task"]])]
    applied(run, *give_up(run.book, records))
