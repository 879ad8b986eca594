"""New records out of assignments, as `add` and the forms make them."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.book import Book
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Change
from crm_cli.services.assign import Assignment, assign
from crm_cli.services.edit import create, entry_of


def new_record(book: Book, kind: Kind, given: Sequence[Assignment], *, force: bool = False) -> Change:
    """A new record of a kind with these assignments."""
    entry = entry_of(book)
    values: Mapping[str, Any] = {}
    for assignment in given:
        values = assign(values, assignment, kind, entry)
    return create(book, kind, values, force=force)
