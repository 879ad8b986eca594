"""crm timeline: everything that happened with somebody."""

import typer

from crm_cli.cli.params import Ref, session
from crm_cli.services.timeline import timeline as happened

HELP = (
    "Shows everything that happened, newest first: talks, stage moves, tasks done, fields that changed. Of an "
    "organization also what happened with its people and deals. Example: crm timeline acme"
)


def timeline(ctx: typer.Context, ref: Ref) -> None:
    """Shows what happened."""
    run = session(ctx)
    for found in run.refs([ref]):
        run.show(happened(run.book, found))
