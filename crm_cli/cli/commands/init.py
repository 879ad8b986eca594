"""crm init: a new book."""

import os
from pathlib import Path
from typing import Annotated

from crm_cli.base.errors import BadRequest
from crm_cli.base.text import with_article
from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.params import session
from crm_cli.services.setup.begin import make_book, note_default, template_names

HELP = "Makes a new book: a directory with crm.yaml and its own git repository."


def init(
    ctx: Called,
    directory: Annotated[str | None, Argument(metavar="[DIR]", help="Where; here if this directory is empty")] = None,
    template: Annotated[
        str | None,
        Option("--template", metavar="T", help="Begin with the settings of a trade", autocompletion=complete.templates),
    ] = None,
    remote: Annotated[str | None, Option("--remote", metavar="URL", help="Where crm sync will send it")] = None,
    here: Annotated[bool, Option("--here", help="In a git repository that has files already")] = False,
) -> None:
    """Makes a book."""
    run = session(ctx)
    place = Path.cwd() if directory is None else Path(directory)
    if directory is None and any(place.iterdir()) and not here:
        place = Path(os.path.expanduser(_ask(run)))
    made = make_book(place, template, here=here, remote=remote)
    print(made.root)
    run.say(f"your book is {made.root}" + (f", with the settings for {with_article(template)}" if template else ""))
    if made.hint:
        run.say(made.hint)
    if note_default(made.root):
        run.say("it is your default book now: crm finds it from everywhere")
    if remote:
        run.say("crm sync sends it to the remote; other machines get it with crm clone")
    run.say('begin with: crm contact add "Asha Sharma" --phone 98765-43210')


def _ask(run: object) -> str:
    from crm_cli.cli.prompts import ask

    if not getattr(run, "interactive", False):
        raise BadRequest(
            "this directory is not empty", hint=f"name one: crm init DIR; templates: {', '.join(template_names())}"
        )
    return ask("Where should the book be?", "~/crm")
