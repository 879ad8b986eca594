"""crm restore: a record as it was."""

from typing import Annotated

from crm_cli.base.errors import NotFound
from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import Ref, session
from crm_cli.cli.receipts import applied
from crm_cli.cli.session import Session
from crm_cli.schema.plan import Plan
from crm_cli.services.undo import restore as plan_restore
from crm_cli.services.versions import path_of_old

HELP = "Brings a record back as it was: crm restore asha --at 'last friday', or --at COMMIT; also one that is gone."


def restore(
    ctx: Called,
    ref: Ref,
    at: Annotated[str, Option("--at", metavar="WHEN|COMMIT", help="As of when, or of which commit")],
) -> None:
    """Brings a record back."""
    run = session(ctx)
    plans = [plan_restore(run.book, _path(run, word), at) for word in run.words([ref])]
    applied(run, Plan("restore", tuple(change for plan in plans for change in plan.changes)))


def _path(run: Session, word: str) -> str:
    try:
        return run.refs([word])[0].path
    except NotFound:
        return path_of_old(run.book, word)
