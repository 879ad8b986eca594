"""What could come next while somebody types a command about conflicts: records and files, and their fields."""

from collections.abc import Sequence

from crm_cli.base.text import fold
from crm_cli.book import SETTINGS, Book
from crm_cli.schema.condition import And, Or, Selection, Test
from crm_cli.services.conflicts.listing import ANY, all_aside, everything, place_named, quarantined, settings_entries

Offer = list[tuple[str, str]]


def in_conflict(book: Book, begun: str, limit: int) -> Offer:
    """Ids of the records in which something is kept aside, each with its name, then the other files with something."""
    begins = Or((Test(("id",), "begins", (begun.lower(),)), Test(("name",), "begins", (fold(begun),))))
    selection = Selection(And((ANY, begins)) if begun else ANY, limit=limit)
    rows = book.index.select(book.kinds.all, selection, [("id",), ("name",)])
    others = [*([SETTINGS] if settings_entries(book) else []), *quarantined(book)]
    return [(str(id), str(name or "")) for id, name in rows] + [(path, "") for path in others if path.startswith(begun)]


def fields_in_conflict(book: Book, begun: str, words: Sequence[str]) -> Offer:
    """The fields in conflict of the records that are named by id; of all records where none is."""
    found = [place for word in words if (place := place_named(book, word))]
    aside = all_aside(book, found or everything(book))
    return [(name, "") for name in dict.fromkeys(one.field for one in aside) if name and name.startswith(begun)]
