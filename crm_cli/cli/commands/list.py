"""crm NOUN list: the records of a kind that a query finds."""

from crm_cli.cli.declare import Called
from crm_cli.cli.params import Query, Where, session

HELP = "Lists the records that a query finds: crm deal list stage:proposal amount:50000.."


def list_(ctx: Called, query: Query = None, where: Where = None) -> None:
    """Lists what the query finds."""
    run = session(ctx)
    kind = run.book.kinds[run.noun]
    selection = run.book.in_order([kind], run.book.parse(query or [], [kind], where))
    columns = [".".join(path) for path in selection.columns] or kind.columns
    run.show_records(kind.name, [kind], selection, columns)
