"""New records: out of assignments, as `add` makes them, and out of what somebody is known as."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from crm_cli.base.patterns import pattern
from crm_cli.book import Book
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Change
from crm_cli.schema.record import Record
from crm_cli.services.assign import Assignment, assign
from crm_cli.services.duplicates import check_new
from crm_cli.services.edit import create, entry_of
from crm_cli.services.entry import item

PHONE: Final = pattern(r"[+(]?[0-9][0-9 ().\-/]{5,}[0-9]")
ADDRESS: Final = pattern(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def known_as(book: Book, kind: Kind, text: str) -> Change:
    """A new record of what somebody is known as so far: a name, or a number or an address, which is kept as one too.

    What the book requires of such a record nobody was asked for.
    """
    values: dict[str, Any] = {"name": text}
    for name, shape in (("phones", PHONE), ("emails", ADDRESS)):
        field = kind.by_name.get(name)
        if field and shape.fullmatch(text):
            values[name] = (item(text, field, entry_of(book)),)
    return create(book, kind, values, force=True)


def checked(book: Book, record: Record, *, allow: bool = False) -> list[str]:
    """Warnings about a new record, beside others of its kind; `Invalid` where there cannot be both, unless allowed."""
    if record.kind_.name == "view":
        from crm_cli.services.views import check  # 0.8 ms, for one kind

        check(book, record)
    return check_new(book, record, allow=allow)


def new_record(book: Book, kind: Kind, given: Sequence[Assignment], *, force: bool = False) -> Change:
    """A new record of a kind with these assignments."""
    entry = entry_of(book)
    values: Mapping[str, Any] = {}
    for assignment in given:
        values = assign(values, assignment, kind, entry)
    return create(book, kind, values, force=force)
