"""crm pipeline: the board as text."""

from typing import Annotated

import typer

from crm_cli.cli.params import Query, session
from crm_cli.services.pipeline import board

HELP = "Shows the pipeline: deals, sum and weighted sum of each stage. --stalled looks at stuck deals only."


def pipeline(
    ctx: typer.Context,
    query: Query = None,
    only_stalled: Annotated[bool, typer.Option("--stalled", help="Only deals that nobody moves")] = False,
) -> None:
    """Shows the pipeline."""
    run = session(ctx)
    selection = run.book.parse(query or [], [run.book.kinds["deal"]])
    run.show(board(run.book, selection, only_stalled=only_stalled))
