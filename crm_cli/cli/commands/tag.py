"""crm tag: adds tags to a record and takes them off."""

from typing import Annotated

from crm_cli.base.errors import BadRequest
from crm_cli.cli import complete
from crm_cli.cli.declare import Argument, Called, Option
from crm_cli.cli.params import Ref, session
from crm_cli.cli.receipts import applied
from crm_cli.services.assign import Assignment
from crm_cli.services.edit import set_fields

HELP = "Adds tags to a record: crm tag asha vip newsletter; --remove takes one off. REF may be - for stdin."


def tag(
    ctx: Called,
    ref: Ref,
    tags: Annotated[
        list[str] | None, Argument(metavar="TAG ...", help="Tags to add", autocompletion=complete.tags)
    ] = None,
    remove: Annotated[
        list[str] | None,
        Option("--remove", metavar="TAG", help="A tag to take off", autocompletion=complete.tags),
    ] = None,
) -> None:
    """Adds and removes tags."""
    run = session(ctx)
    if not tags and not remove:
        raise BadRequest("no tag was given", hint="crm tag REF TAG ..., or crm tag REF --remove TAG")
    wanted = [Assignment(("tags",), "+=", text) for text in tags or ()]
    wanted += [Assignment(("tags",), "-=", text) for text in remove or ()]
    records = [run.book.record(found.path) for found in run.refs([ref])]
    applied(run, set_fields(run.book, records, wanted, verb="tag"))
