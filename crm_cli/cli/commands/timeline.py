"""crm timeline: everything that happened with somebody."""

import sys
from collections.abc import Iterator
from typing import Any

from crm_cli.base.ids import handle
from crm_cli.cli.declare import Called
from crm_cli.cli.page import BOLD, look
from crm_cli.cli.params import Ref, session
from crm_cli.cli.plain import aligned
from crm_cli.cli.streams import is_terminal
from crm_cli.schema.agenda import local_day, local_time
from crm_cli.schema.context import Context
from crm_cli.schema.table import Column, Table
from crm_cli.services.overview.ago import ago
from crm_cli.services.overview.timeline import timeline as happened

HELP = (
    "Shows everything that happened, newest first: talks, stage moves, tasks done, fields that changed. Of an "
    "organization also what happened with its people and deals. Example: crm timeline acme"
)
_COLUMNS = tuple(Column(name) for name in ("time", "what", "text", "by", "handle"))


def timeline(ctx: Called, ref: Ref) -> None:
    """Shows what happened."""
    run: Any = session(ctx)
    for found in run.refs([ref]):
        table = happened(run.book, found)
        if run.output_options().given or not is_terminal(sys.stdout):
            run.show(table)
            continue
        room, colored = look(run, sys.stdout)
        run.print_lines(list(by_day(table, run.book.context, room, colored=colored)))
        run.note_problems()


def by_day(table: Table, context: Context, room: int | None, *, colored: bool) -> Iterator[str]:
    """The rows of a timeline below the days on which they happened."""
    rows = list(table.rows)
    texts = [
        (local_time(at, context), kind if what == "interaction" else what, text, by, handle(id))
        for at, what, id, kind, text, by in rows
    ]
    lines = aligned(Table("timeline", _COLUMNS, texts), context.settings.country, room) if rows else []
    before = None
    for row, line in zip(rows, lines, strict=True):
        day = local_day(row[0], context)
        if day != before:
            yield from [""] if before else []
            heading = f"{day:%A} {day.day} {day:%B %Y}, {ago(day, context.today)}"
            yield BOLD.format(heading) if colored else heading
        before = day
        yield line
