"""crm due: what is due, and nothing else: silent when there is nothing."""

import sys
from typing import Annotated

from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import Query, session
from crm_cli.services.followups.due import COLUMNS, WHOLE, due_table, grouped

HELP = """Lists what is due: overdue, today and up to --within (7d; 0d is today): crm due --within 2w owner:me

Tasks, each time that one repeats, and people to keep in touch with. Times that were missed lapse with the latest
one, which is the one that stands here. Prints nothing when nothing is due; --exit-code then ends with 1."""

Within = Annotated[str, Option("--within", metavar="SPAN", help="How far ahead to look: 0d is today")]
Occasions = Annotated[bool, Option("--occasions", help="With birthdays and other days to remember")]
Stalled = Annotated[bool, Option("--stalled", help="With the deals that nobody moves, behind all others")]


def due(
    ctx: Called,
    query: Query = None,
    within: Within = "7d",
    occasions: Occasions = False,
    stalled: Stalled = False,
) -> None:
    """Lists what is due."""
    run = session(ctx)
    options = run.output_options()
    columns = WHOLE if options.whole else options.columns_for(COLUMNS)
    table = options.shape(sys.stdout) == "table"
    needed = tuple(dict.fromkeys((*columns, "due", "kind"))) if table else columns
    found = due_table(run.book, query or [], within, needed, occasions=occasions, stalled=stalled)
    if table:
        run.show(*grouped(run.book, found))
    else:
        run.show(found)
