"""crm pipeline: the board as text."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import Query, session
from crm_cli.cli.streams import is_terminal
from crm_cli.services.deals.pipeline import board

if TYPE_CHECKING:
    from crm_cli.schema.condition import Selection

HELP = (
    "Shows the pipeline: deals, sum and weighted sum of each stage, on a terminal as a board. --stalled looks at deals "
    "that nobody moves, and says why: no next step or a late one, idle for too long, a close date that is past. "
    "Example: crm pipeline owner:me"
)


def pipeline(
    ctx: Called,
    query: Query = None,
    only_stalled: Annotated[bool, Option("--stalled", help="Only deals that nobody moves, and why")] = False,
) -> None:
    """Shows the pipeline."""
    run: Any = session(ctx)
    selection = run.book.parse(query or [], [run.book.kinds["deal"]])
    if run.output_options().given or not is_terminal(sys.stdout):
        run.show(board(run.book, selection, only_stalled=only_stalled))
        return
    run.print_lines(list(_for_people(run, selection, only_stalled)))
    run.note_problems()


def _for_people(run: Any, selection: "Selection", only_stalled: bool) -> Iterator[str]:
    from crm_cli.cli.board import Wall, draw_board  # 3 ms that a pipe does not need
    from crm_cli.cli.page import BOLD, look
    from crm_cli.cli.plain import aligned
    from crm_cli.cli.terminal import screen
    from crm_cli.services.deals.board import lanes, stuck_deals

    room, colored = look(run, sys.stdout)
    wall = Wall(run.book.context, room or 80, screen(sys.stdout)[1], colored, 0 if only_stalled else None)
    yield from draw_board(lanes(run.book, selection, only_stalled=only_stalled), wall)
    if not only_stalled:
        return
    stuck, whys = stuck_deals(run.book, selection)
    if whys:
        heading = f"Stuck deals ({len(whys)})"
        yield from ("", BOLD.format(heading) if colored else heading)
        for line, why in zip(aligned(stuck, run.book.settings.country, room), whys, strict=True):
            yield from (line, f"    {why}")
