"""crm conflicts: values that a merge kept aside."""

import sys
from typing import Annotated, Any

from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called
from crm_cli.cli.page import look
from crm_cli.cli.params import session
from crm_cli.cli.sides import draw_sides
from crm_cli.cli.streams import is_terminal
from crm_cli.services.conflicts.listing import all_aside, conflicts_table, everything, place_named

HELP = """Lists what a sync or an undo kept aside because both sides had changed it: crm conflicts, crm conflicts asha

What is shown in the record stands to the left, what lost to the right. crm resolve settles it."""


def conflicts(
    ctx: Called,
    refs: Annotated[
        list[str] | None,
        Argument(metavar="[REF ...]", help="Records; crm.yaml; a file", autocompletion=complete.conflicts),
    ] = None,
) -> None:
    """Lists what was kept aside."""
    run = session(ctx)
    paths = places(run, refs) if refs else None
    if run.output_options().given or not is_terminal(sys.stdout):
        run.show(conflicts_table(run.book, paths))
        return
    found = all_aside(run.book, everything(run.book) if paths is None else paths)
    if not found:
        run.show(conflicts_table(run.book, []))
        return
    room, colored = look(run, sys.stdout)
    run.print_lines(list(draw_sides(found, room or 80, colored=colored)))
    run.say("settle one with: crm resolve REF --field NAME --keep, --other or --value V")
    run.note_problems()


def places(run: Any, words: list[str]) -> list[str]:
    """The files that words mean: records, the settings, files of the quarantine; each once."""
    found = []
    for word in run.words(words):
        place = place_named(run.book, word)
        found += [place] if place else [one.path for one in run.refs([word])]
    return list(dict.fromkeys(found))
