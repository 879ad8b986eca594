"""The list of one kind: what a query finds, in which order, under which columns; ids first, rows as they are seen."""

from collections.abc import Sequence
from dataclasses import replace

from crm_cli.base.errors import BadRequest
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.query import default_sort
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import Ids, Selection
from crm_cli.schema.condition import Path as FieldPath
from crm_cli.schema.kind import Kind
from crm_cli.schema.table import Table
from crm_cli.services.suggest import query_words


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to see: words of a query; other columns, and another order, than those of its view or kind.

    `sort` is as behind `sort:`, `-amount`.
    """

    kind: str
    text: str = ""
    columns: tuple[str, ...] = ()
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A question that is understood: which records in which order, under which columns.

    `orders` are the paths by which the columns would be sorted, None for those that have no order.
    """

    kind: Kind
    selection: Selection
    columns: tuple[str, ...]
    orders: tuple[FieldPath | None, ...]

    @property
    def sorted_by(self) -> tuple[str, str]:
        """The column that says most about the order, with `+` or `-`; nothing where none of them does."""
        for key in self.selection.sort:
            for column, path in zip(self.columns, self.orders, strict=True):
                if path == key.path:
                    return column, "-" if key.descending else "+"
        return "", ""


def understand(book: Book, question: Question) -> Listing:
    """The question, checked against what the book knows."""
    kind = book.kinds[question.kind]
    selection = book.parse_text(question.text, [kind])
    columns = question.columns or tuple(".".join(path) for path in selection.columns) or kind.columns
    order = selection.sort or default_sort(kind)
    if question.sort:
        order = book.parse([f"sort:{question.sort}"], [kind]).sort
    orders = tuple(_order(book, kind, column) for column in columns)
    return Listing(kind, replace(selection, sort=order, columns=()), columns, orders)


def _order(book: Book, kind: Kind, column: str) -> FieldPath | None:
    try:
        return book.parse([f"sort:{column}"], [kind]).sort[0].path
    except BadRequest:
        return None


def first(book: Book, listing: Listing, count: int) -> Table:
    """The rows of the first so many records."""
    limit = listing.selection.limit
    least = count if limit is None else min(limit, count)
    return book.table(listing.kind.name, [listing.kind], replace(listing.selection, limit=least), listing.columns)


def ids(book: Book, listing: Listing) -> list[str]:
    """The ids of all of them, in their order."""
    return [str(row[0]) for row in book.index.select([listing.kind], listing.selection, [("id",)])]


def rows(book: Book, listing: Listing, wanted: Sequence[str]) -> Table:
    """The rows of some of them, in no order."""
    return book.table(listing.kind.name, [listing.kind], Selection(Ids(tuple(wanted))), listing.columns)


def everything(book: Book, kind: Kind) -> int:
    """How many records there are, without those that are archived."""
    return book.index.count([kind], PRESENT)


def possible_columns(book: Book, kind: Kind) -> list[str]:
    """The columns that a list of the kind may have: what it can be sorted by, of a link the name at its other end."""
    words = [word.removeprefix("sort:") for word, _about in query_words(book, "sort:", [kind.name], 1000)]
    names = [name for name in words if not name.startswith("-")]
    links = {name for name, field in kind.by_name.items() if field.links}
    columns = [f"{name}.name" if name in links else name for name in names]
    return [column for column in columns if _order(book, kind, column)]
