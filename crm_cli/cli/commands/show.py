"""crm show: everything about records."""

from typing import Any

from crm_cli.cli.card import card
from crm_cli.cli.declare import Called
from crm_cli.cli.params import Refs, session
from crm_cli.schema.condition import Ids, Selection
from crm_cli.schema.kind import Kind

HELP = "Shows everything about records: fields, people, deals, next steps, the last interactions."


def show(ctx: Called, refs: Refs) -> None:
    """Shows records."""
    run: Any = session(ctx)
    found = run.refs(refs, [run.book.kinds[run.noun]] if run.noun else ())
    options = run.output_options()
    if options.given:
        kinds: tuple[Kind, ...] = run.book.kinds.named({one.kind for one in found}) if found else ()
        selection = Selection(Ids(tuple(one.id for one in found)))
        columns = kinds[0].columns if len(kinds) == 1 else ("id", "record", "name")
        run.show_records("show", kinds, selection, columns)
        return
    for number, one in enumerate(found):
        run.print_lines([*([""] if number else []), *card(run.book, one)])
    run.note_problems()
