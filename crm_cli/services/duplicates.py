"""Look-alikes of a new record: the same tax id is refused, the same name, email or phone is worth a warning."""

from collections.abc import Iterator

from crm_cli.base.errors import Invalid
from crm_cli.book import Book
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import And, Condition, Or, Selection, Test
from crm_cli.schema.keys import item_key, key
from crm_cli.schema.record import Record

_PEOPLE = ("contact", "organization")


def check_new(book: Book, record: Record, *, allow: bool = False) -> list[str]:
    """Warnings about look-alikes; `Invalid` for another record's tax id unless allowed."""
    kind = record.kind_
    if kind.name not in _PEOPLE:
        return []
    tax_id = getattr(record, "tax_id", None)
    if tax_id and not allow:
        other = look_alike(book, kind.name, Test(("tax_id",), "equal", (key("text", tax_id, book.settings),)))
        if other:
            raise Invalid(f"{other} has the tax id {tax_id} already", hint="--allow-duplicate adds it all the same")
    tests = tuple(_tests(book, record))
    other = look_alike(book, kind.name, Or(tests)) if tests else None
    return [f"{other} looks the same: added all the same"] if other else []


def _tests(book: Book, record: Record) -> Iterator[Condition]:
    if record.name:
        yield Test(("name",), "equal", (key("text", record.name, book.settings),))
    for name in ("emails", "phones"):
        field = record.kind_.by_name[name]
        keys = tuple(item_key(field, item, book.settings) for item in getattr(record, name))
        if keys:
            yield Test((name,), "equal", keys)


def look_alike(book: Book, kind: str, condition: Condition) -> str | None:
    """The name and the id of the first record that is so; archived ones do not count."""
    selection = Selection(And((PRESENT, condition)), limit=1)
    rows = list(book.stored.select([book.kinds[kind]], selection, [("id",), ("name",)]))
    return f"{rows[0][1]} ({rows[0][0]})" if rows else None
