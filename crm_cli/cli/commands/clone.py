"""crm clone: a copy of a book that a remote holds."""

import os
from pathlib import Path
from typing import Annotated

from crm_cli.cli.declare import Argument, Called
from crm_cli.cli.params import session
from crm_cli.cli.progress import progress
from crm_cli.services.setup.begin import note_default
from crm_cli.services.syncing.cloning import clone as clone_book

HELP = "Makes a copy of a book that a git remote holds: crm clone git@host:crm.git ~/crm"


def clone(
    ctx: Called,
    address: Annotated[str, Argument(metavar="URL", help="https://…, ssh://…, host:path, or a path")],
    directory: Annotated[str | None, Argument(metavar="[DIR]", help="Where; else named after the URL")] = None,
) -> None:
    """Makes the copy."""
    run = session(ctx)
    place = Path(os.path.abspath(os.path.expanduser(directory))) if directory else None
    with progress(run) as shown:
        root = clone_book(address, place, run.config, shown)
    print(root)
    run.say(f"your book is {root}")
    if note_default(root):
        run.say("it is your default book now: crm finds it from everywhere")
