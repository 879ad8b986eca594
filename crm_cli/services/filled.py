"""What becomes of a form that was filled in: a new record, a changed one, one that comes back."""

from collections.abc import Iterator
from typing import Any

from crm_cli.base.errors import CrmError
from crm_cli.book import Book, Receipt
from crm_cli.schema.convert import changed_fields
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.record import Record
from crm_cli.services.edit import create, update
from crm_cli.services.filling import Sheet, Typed, changed_values
from crm_cli.services.records import checked
from crm_cli.services.underway import kept


class Gone(CrmError):
    """The record was removed while its form was open."""

    code = 7


def added(book: Book, kind: Kind, sheet: Sheet, typed: Typed) -> Plan:
    """A new record, and those that are made with it."""
    values, others = kept(book, kind, changed_values(book, None, sheet, typed))
    change = create(book, kind, values)
    return Plan("add", (change, *others), tuple(checked(book, change.record)))


def changed(book: Book, record: Record, sheet: Sheet, typed: Typed, *, keep: bool = False) -> Plan:
    """The record as it was when the form opened, with what was typed; the book merges what happened meanwhile.

    Where it was removed meanwhile that is `Gone`, unless `keep` makes it anew with everything that it had.
    """
    gone = not (book.root / record.path).exists()
    if gone and not keep:
        raise Gone(f"{record.name or record.id} was deleted meanwhile")
    values, others = kept(book, record.kind_, changed_values(book, record, sheet, typed))
    change = update(book, record, values, meant=values.keys())
    if gone:
        return Plan("restore", (Change(None, change.after if change else record), *others))
    return Plan("edit", (change, *others) if change else ())


def meanwhile(plan: Plan, receipt: Receipt) -> Iterator[str]:
    """Sentences about what others changed while a form was open, and which value stays where both changed one."""
    for change, record in zip(plan.changes, receipt.records, strict=False):
        if change.before is None or change.after is None:
            continue
        known = change.before.conflicts
        aside = [entry for entry in record.conflicts if entry not in known]
        names = [name for name in changed_fields(change.after, record) if name != "conflicts"]
        if names:
            yield f"merged with a change made meanwhile: {', '.join(names)}"
        for entry in aside:
            kept, other = _text(entry["kept"]), _text(entry["other"])
            yield f"{entry['field']} was changed meanwhile too: {kept} stays, {other} is kept aside"


def _text(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
