"""crm history: what was changed in records, when and by whom."""

from typing import Annotated

from crm_cli.base.errors import Invalid, NotFound
from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import Refs, session
from crm_cli.services.versions import history_table, path_of_old

HELP = "Shows every change of a field, newest first, from all machines; also of records that are gone."


def history(
    ctx: Called,
    refs: Refs,
    by: Annotated[
        str | None, Option("--by", metavar="USER", help="Only what they changed: a user, me, a name, an address")
    ] = None,
) -> None:
    """Shows the history of records."""
    run = session(ctx)
    paths = []
    for word in run.words(refs):
        try:
            paths += [found.path for found in run.refs([word])]
        except (NotFound, Invalid):  # gone, or not to be read now: it was once
            paths.append(path_of_old(run.book, word))
    run.show(history_table(run.book, paths, by))
