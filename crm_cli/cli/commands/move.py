"""crm move: a deal into another stage."""

from typing import Annotated

import typer

from crm_cli.cli import complete
from crm_cli.cli.params import Ref, session
from crm_cli.cli.receipts import applied
from crm_cli.services.pipeline import move_deal

HELP = "Moves a deal to another stage: crm move website won; crm move website lost --reason price"


def move(
    ctx: typer.Context,
    ref: Ref,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="The stage", autocompletion=complete.stages)],
    reason: Annotated[str | None, typer.Option("--reason", metavar="R", help="Why it was lost or won")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="A note to write down with it")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="WHEN", help="When it was won or lost")] = None,
) -> None:
    """Moves a deal."""
    run = session(ctx)
    deal = run.book.kinds["deal"]
    records = [run.book.record(found.path) for found in run.refs([ref], [deal])]
    applied(run, move_deal(run.book, records, stage, reason=reason, note=note, at=at))
