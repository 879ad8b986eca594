"""crm rm: archives records, or removes their files."""

from typing import Annotated

from crm_cli.cli.declare import Called, Option
from crm_cli.cli.params import Refs, session
from crm_cli.cli.receipts import applied
from crm_cli.services.edit import archive, purge

HELP = "Archives records: out of sight, still there. --purge removes the files; the history keeps them."


def rm(
    ctx: Called,
    refs: Refs,
    remove: Annotated[bool, Option("--purge", help="Remove the files")] = False,
) -> None:
    """Archives or removes."""
    run = session(ctx)
    records = [run.book.record(found.path) for found in run.refs(refs)]
    if not remove:
        applied(run, archive(run.book, records))
        return
    if records and not run.options.dry_run:
        what = records[0].name or records[0].id if len(records) == 1 else f"{len(records)} records"
        run.confirm(f"Remove {what} for good?")
    applied(run, purge(run.book, records))
