"""Look-alikes: a new record's tax id that another has is refused, the same name, email or phone is worth a warning."""

from collections.abc import Iterator

from crm_cli.base.errors import Invalid
from crm_cli.book import Book
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import And, Condition, Ids, Not, Or, Selection, Test
from crm_cli.schema.keys import item_key, key
from crm_cli.schema.plan import Change
from crm_cli.schema.record import Record

_PEOPLE = ("contact", "organization")


def check_new(book: Book, record: Record, *, allow: bool = False) -> list[str]:
    """Warnings about look-alikes; `Invalid` for the tax id of another record of its kind, unless allowed.

    A person and their firm may well have one.
    """
    kind = record.kind_
    if kind.name not in _PEOPLE:
        return []
    shared = dict(_of_tax_id(book, record))
    if kind.name in shared and not allow:
        hint = "--allow-duplicate adds it all the same"
        raise Invalid(f"{shared[kind.name]} has the tax id {getattr(record, 'tax_id', '')} already", hint=hint)
    warnings = [f"{other} has the same tax id" for other in shared.values()]
    tests = tuple(_tests(book, record))
    other = look_alike(book, kind.name, Or(tests)) if tests else None
    return [*warnings, f"{other} looks the same: added all the same"] if other else warnings


def check_changed(book: Book, change: Change) -> list[str]:
    """Warnings about others that have the tax id which a record gets."""
    before, after = change.before, change.after
    if before is None or after is None or getattr(after, "tax_id", None) == getattr(before, "tax_id", None):
        return []
    return [f"{other} has the same tax id" for _kind, other in _of_tax_id(book, after)]


def _of_tax_id(book: Book, record: Record) -> Iterator[tuple[str, str]]:
    """Another record of each kind that has its tax id, by kind."""
    tax_id = getattr(record, "tax_id", None)
    for kind in _PEOPLE if tax_id else ():
        same = Test(("tax_id",), "equal", (key("text", tax_id, book.settings),))
        other = look_alike(book, kind, And((same, Not(Ids((record.id,))))) if record.id else same)
        if other:
            yield kind, other


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
