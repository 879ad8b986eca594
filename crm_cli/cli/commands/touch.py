"""crm touch: who is slipping away."""

from typing import Annotated

from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import Query, session
from crm_cli.services.followups.touch import COLUMNS, touch_table

HELP = """Lists whom you have not reached for longer than their cadence, the most overdue first: crm touch tag:vip

Yellow is late, red is later than the cadence's maximum; --all shows those in time as well, green.
A cadence is set with: crm set asha cadence=6w"""


def touch(
    ctx: Called,
    query: Query = None,
    every: Annotated[bool, Option("--all", help="Also those who are in time")] = False,
) -> None:
    """Lists who is slipping away."""
    run = session(ctx)
    options = run.output_options()
    run.show(touch_table(run.book, query or [], all=every, columns=options.columns_for(COLUMNS)))
