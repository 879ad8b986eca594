"""crm occasions: birthdays and other days to remember."""

from typing import Annotated

from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import Query, session
from crm_cli.services.followups.occasions import WITHIN
from crm_cli.services.followups.occasions import occasions as coming

HELP = """Lists birthdays and other days to remember from today on: crm occasions --within 30d

Who was born on 29 February is remembered on the 28th in other years. crm occasions tag:vip asks about some contacts."""


def occasions(
    ctx: Called,
    query: Query = None,
    within: Annotated[str, Option("--within", metavar="SPAN", help="How far ahead to look")] = WITHIN,
) -> None:
    """Lists days to remember."""
    run = session(ctx)
    run.show(coming(run.book, query or [], within))
