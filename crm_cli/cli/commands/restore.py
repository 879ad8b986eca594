"""crm restore: a record as it was."""

from typing import Annotated

import typer

from crm_cli.base.errors import NotFound
from crm_cli.cli.params import Ref, session
from crm_cli.services.undo import restore as plan_restore
from crm_cli.services.versions import path_of_old

HELP = "Brings a record back as it was: crm restore asha --at 'last friday', or --at COMMIT; also one that is gone."


def restore(
    ctx: typer.Context,
    ref: Ref,
    at: Annotated[str, typer.Option("--at", metavar="WHEN|COMMIT", help="As of when, or of which commit")],
) -> None:
    """Brings a record back."""
    run = session(ctx)
    try:
        path = run.refs([ref])[0].path
    except NotFound:
        path = path_of_old(run.book, ref)
    run.apply(plan_restore(run.book, path, at))
