"""crm undo: takes back the last change, or the one that a commit made."""

from typing import Annotated

from crm_cli.cli.declare import Argument, Called
from crm_cli.cli.params import session
from crm_cli.cli.receipts import applied
from crm_cli.services.undo import undo as plan_undo

HELP = """Takes back your last change, field by field: what was changed since then stays.

Twice walks back; undo of an undo's commit does it again."""


def undo(
    ctx: Called,
    commit: Annotated[str | None, Argument(metavar="[COMMIT]", help="Which change; your last one if left out")] = None,
) -> None:
    """Takes back a change."""
    run = session(ctx)
    plan, said = plan_undo(run.book, commit)
    run.say(said)
    applied(run, plan)
