"""crm done: finishes tasks."""

from typing import Annotated

import typer

from crm_cli.cli.params import Refs, session
from crm_cli.cli.receipts import applied
from crm_cli.services.tasks import finish

HELP = "Finishes tasks: crm done REF --log 'sent the quote' --next '+1w Call'"


def done(
    ctx: typer.Context,
    refs: Refs,
    text: Annotated[str | None, typer.Option("--log", metavar="TEXT", help="Write down what came of it")] = None,
    next_step: Annotated[str | None, typer.Option("--next", metavar="'WHEN [TEXT]'", help="The step after it")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="WHEN", help="When it was done")] = None,
) -> None:
    """Finishes tasks."""
    run = session(ctx)
    task = run.book.kinds["task"]
    records = [run.book.record(found.path) for found in run.refs(refs, [task])]
    applied(run, finish(run.book, records, text=text, next_step=next_step, at=at))
