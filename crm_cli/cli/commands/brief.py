"""crm brief: one page to read before a call."""

import sys
from typing import Any

from crm_cli.cli.card import card
from crm_cli.cli.declare import Called
from crm_cli.cli.page import lay_out, look
from crm_cli.cli.params import Ref, session
from crm_cli.schema.condition import Ids, Selection
from crm_cli.services.overview.brief import brief as page_about
from crm_cli.services.overview.brief import whom

HELP = (
    "Shows one page to read before a call: how to reach somebody, what they like, open deals, promises, the last "
    "talks. Of a task, about whom it is. Example: crm brief asha"
)


def brief(ctx: Called, ref: Ref) -> None:
    """Shows the page."""
    run: Any = session(ctx)
    found = run.refs([ref])
    options = run.output_options()
    if options.given:
        kinds = run.book.kinds.named({one.kind for one in found})
        columns = kinds[0].columns if len(kinds) == 1 else ("id", "record", "name")
        run.show_records("brief", kinds, Selection(Ids(tuple(one.id for one in found))), columns)
        return
    room, colored = look(run, sys.stdout)
    for number, one in enumerate(found):
        about = whom(run.book, one)
        lines = lay_out(page_about(run.book, about), options.country, room, colored=colored) if about else None
        run.print_lines([*([""] if number else []), *(lines or card(run.book, one))])
    run.note_problems()
