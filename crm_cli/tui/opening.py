"""What the screens begin with when a view or a record is asked for."""

from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.services.refs import resolve


@dataclass(frozen=True, slots=True)
class Opening:
    """The list of a kind with a query, or a record; empty for what was not asked for."""

    place: str = ""
    filter: str = ""
    record: str = ""


def opening(book: Book, view: str | None, record: str | None) -> Opening:
    """Looks for them in the book; `NotFound` and `Ambiguous` as everywhere."""
    id = resolve(book, record).id if record else ""
    if not view:
        return Opening(record=id)
    name = view.removeprefix("@")
    kind = book.world.view(name).kind or book.kinds.all[0].name
    return Opening(kind, f'@"{name}"' if any(char.isspace() for char in name) else f"@{name}", id)
