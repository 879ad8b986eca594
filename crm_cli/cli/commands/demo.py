"""crm demo: a sample book to play with."""

from pathlib import Path
from typing import Annotated

from crm_cli.cli.declare import Argument, Called
from crm_cli.cli.params import session
from crm_cli.services.setup.begin import note_default
from crm_cli.services.setup.demo import make_demo

HELP = "Makes a sample book, its dates moved to today, to look around in and to break."


def demo(
    ctx: Called,
    directory: Annotated[str | None, Argument(metavar="[DIR]", help="Where; your data directory if left out")] = None,
) -> None:
    """Makes a sample book."""
    run = session(ctx)
    made = make_demo(Path(directory) if directory else None)
    print(made.root)
    run.say(f"a sample book is in {made.root}: {made.records} records")
    if note_default(made.root, demo=True):
        run.say("it is your default book until you make your own with crm init")
    run.say("look around: crm tui, crm, crm pipeline, crm contact list, crm show asha, crm find शर्मा")
