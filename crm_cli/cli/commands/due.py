"""crm due: what is due, and nothing else: silent when there is nothing."""

from typing import Annotated

import typer

from crm_cli.cli.params import Query, session
from crm_cli.services.due import COLUMNS, WHOLE, due_table

HELP = "Lists what is due: overdue, today and up to --within (7d; 0d is today). Prints nothing when nothing is."


def due(
    ctx: typer.Context,
    query: Query = None,
    within: Annotated[str, typer.Option("--within", metavar="SPAN", help="How far ahead to look")] = "7d",
) -> None:
    """Lists what is due."""
    run = session(ctx)
    options = run.output_options()
    columns = WHOLE if options.whole else options.columns_for(COLUMNS)
    run.show(due_table(run.book, query or [], within, columns))
