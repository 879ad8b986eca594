"""crm move: a deal into another stage."""

from typing import Annotated

from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.params import Ref, session
from crm_cli.cli.receipts import applied
from crm_cli.services.deals.pipeline import move_deal

HELP = (
    "Moves a deal to another stage of its pipeline: crm move website won; crm move website lost --reason price "
    '--note "too dear" --at fri'
)


def move(
    ctx: Called,
    ref: Ref,
    stage: Annotated[str, Argument(metavar="STAGE", help="The stage", autocompletion=complete.stages)],
    reason: Annotated[str | None, Option("--reason", metavar="R", help="Why it was lost or won")] = None,
    note: Annotated[str | None, Option("--note", metavar="TEXT", help="A note to write down with it")] = None,
    at: Annotated[str | None, Option("--at", metavar="WHEN", help="The day on which it was won or lost")] = None,
) -> None:
    """Moves a deal."""
    run = session(ctx)
    deal = run.book.kinds["deal"]
    records = [run.book.record(found.path) for found in run.refs([ref], [deal])]
    plan = move_deal(run.book, records, stage, reason=reason, note=note, at=at)
    before = {record.id: getattr(record, "stage", None) for record in records}
    moved = [change.record for change in plan.changes if before.get(change.record.id, stage) != stage]
    done = "; ".join(f"{record.name}: {before[record.id] or '(no stage)'} -> {stage}" for record in moved)
    applied(run, plan, f"move: {done}" if done else "")
