"""crm tui: the screens."""

import os
from typing import Annotated

from crm_cli.base.errors import BadRequest
from crm_cli.cli import complete
from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import session

HELP = """Shows my day, the pipeline and every record on screens: ? is help, ctrl+p finds every command, q leaves."""

WEB = "TEXTUAL_DRIVER"
"""Set where a browser is the terminal."""


def tui(
    ctx: Called,
    view: Annotated[str | None, Option("--view", metavar="V", help="Begin with a saved view")] = None,
    screen: Annotated[str | None, Option("--screen", metavar="S", help="Begin with a screen: pipeline")] = None,
    record: Annotated[
        str | None, Option("--record", metavar="REF", help="Begin with a record", autocompletion=complete.refs)
    ] = None,
    read_only: Annotated[bool, Option("--read-only", help="Look, and change nothing")] = False,
    web: Annotated[bool, Option("--web", help="In a browser of this machine instead of the terminal")] = False,
) -> None:
    """Shows the screens."""
    run = session(ctx)
    asked = {"--view": view, "--screen": screen, "--record": record}
    served = WEB in os.environ
    if run.screens is None or not (served or web or run.interactive):
        raise BadRequest("the screens need a terminal", hint="crm alone, crm due and crm pipeline work without one")
    if web:
        words = [text for name, value in asked.items() if value for text in (name, value)]
        run.code = run.screens(run.root, run.config, web=[*words, *["--read-only"] * read_only], say=run.warn)
        return
    run.code = run.screens(run.root, run.config, screen=screen, view=view, record=record, read_only=read_only)
