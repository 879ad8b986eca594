"""crm find: full text over every field and note, in any script."""

from typing import Annotated

from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.params import session
from crm_cli.services.search import find_table

HELP = "Searches every field and note: each word must occur. शर्मा finds Sharma, and the other way round."


def find(
    ctx: Called,
    words: Annotated[list[str], Argument(metavar="TEXT ...", help="What to look for")],
    kind: Annotated[
        list[str] | None, Option("--kind", metavar="K", help="Only this kind", autocompletion=complete.kinds)
    ] = None,
    archived: Annotated[bool, Option("--archived", help="Archived records too")] = False,
) -> None:
    """Searches."""
    run = session(ctx)
    run.show(find_table(run.book, words, kind or [], archived=archived))
