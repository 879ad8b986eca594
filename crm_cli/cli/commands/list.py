"""crm NOUN list: the records of a kind that a query finds."""

import typer

from crm_cli.cli.params import Query, Where, session

HELP = "Lists the records that a query finds: crm deal list stage:proposal amount:50000.."


def list_(ctx: typer.Context, query: Query = None, where: Where = None) -> None:
    """Lists what the query finds."""
    run = session(ctx)
    assert ctx.parent is not None
    kind = run.book.kinds[getattr(ctx.parent.command, "noun")]  # noqa: B009 - an attribute of our own group
    selection = run.book.parse(query or [], [kind], where)
    columns = [".".join(path) for path in selection.columns] or kind.columns
    run.show_records(kind.name, [kind], selection, columns)
