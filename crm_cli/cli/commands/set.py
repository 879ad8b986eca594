"""crm set: changes fields of records."""

from typing import Annotated

from crm_cli.base.errors import BadRequest
from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called
from crm_cli.cli.params import session
from crm_cli.cli.receipts import applied
from crm_cli.services import assign
from crm_cli.services.edit import set_fields

HELP = """Changes fields: crm set REF ... FIELD=VALUE ...

FIELD+=VALUE adds an item to a list, FIELD-=VALUE takes one out, FIELD= clears. The first assignment ends the REFs."""


def set_(
    ctx: Called,
    words: Annotated[
        list[str],
        Argument(
            metavar="REF ... FIELD=VALUE ...",
            help="Records, then what to change in them",
            autocompletion=complete.assignments,
        ),
    ],
) -> None:
    """Changes fields."""
    run = session(ctx)
    first = next((i for i, word in enumerate(words) if assign.parse(word)), None)
    if first is None:
        raise BadRequest("nothing to set: no FIELD=VALUE", hint="crm set asha title='Purchase head'")
    assignments = []
    for word in words[first:]:
        found = assign.parse(word)
        if found is None:
            raise BadRequest(f"{word} is no assignment", hint="records come first, then FIELD=VALUE ...")
        assignments.append(found)
    if first == 0:
        raise BadRequest("no record to set that on", hint="crm set REF FIELD=VALUE")
    records = [run.book.record(found.path) for found in run.refs(words[:first])]
    applied(run, set_fields(run.book, records, assignments))
