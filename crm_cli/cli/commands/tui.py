"""crm tui: the screens."""

from typing import Annotated

import typer

from crm_cli.base.errors import BadRequest
from crm_cli.cli.params import session

HELP = """Shows my day, the pipeline and every record on screens: ? is help, ctrl+p finds every command, q leaves."""


def tui(
    ctx: typer.Context,
    screen: Annotated[str | None, typer.Option("--screen", metavar="NAME", help="Where to begin: pipeline")] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="Look, and change nothing")] = False,
) -> None:
    """Shows the screens."""
    run = session(ctx)
    if run.screens is None or not run.interactive:
        raise BadRequest("the screens need a terminal", hint="crm alone, crm due and crm pipeline work without one")
    run.code = run.screens(run.root, run.config, first=screen or "day", read_only=read_only)
