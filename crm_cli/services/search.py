"""Full-text search as a table."""

from collections.abc import Sequence

from crm_cli.base.errors import BadRequest
from crm_cli.base.text import fold
from crm_cli.book import Book
from crm_cli.schema.table import Column, Table


def find_table(
    book: Book, words: Sequence[str], kinds: Sequence[str], *, archived: bool, limit: int | None = None
) -> Table:
    """The records in which every word occurs, at most so many: hits in the name first, then the newest."""
    unknown = [name for name in kinds if name not in book.kinds.by_name]
    if unknown:
        raise BadRequest(f"{unknown[0]} is no kind of record", hint=", ".join(kind.name for kind in book.kinds.all))
    split = [part for word in words for part in word.split() if fold(part)]
    if not split:
        raise BadRequest("nothing to look for")
    rows = book.index.find(split, book.kinds.named(kinds), archived, limit)
    return Table("find", tuple(Column(name) for name in ("id", "record", "name", "match")), rows)
