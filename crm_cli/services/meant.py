"""Which record a command means when another one stands under the cursor: the next task of a person, a task's deal."""

from collections.abc import Iterable, Sequence
from typing import Any

from crm_cli.base.errors import Invalid
from crm_cli.book import Book
from crm_cli.schema.condition import Ids, Selection
from crm_cli.schema.record import Record
from crm_cli.services.refs import Found, resolve, resolve_all


def records_of(book: Book, refs: Sequence[str]) -> list[Record]:
    """The records themselves."""
    return [book.record(found.path) for found in resolve_all(book, refs)]


def tasks_of(book: Book, refs: Sequence[str]) -> list[Record]:
    """The tasks that are meant: of another record its next one."""
    return _each_once(book.record(_task(book, found).path) for found in resolve_all(book, refs))


def _task(book: Book, found: Found) -> Found:
    kind = book.kinds[found.kind]
    if found.kind == "task":
        return found
    if "next_task_id" in kind.computed_by_name:
        rows = list(book.index.select([kind], Selection(Ids((found.id,))), [("next_task_id",), ("name",)]))
        if rows and rows[0][0]:
            return resolve(book, rows[0][0], [book.kinds["task"]])
    name = book.record(found.path).name or found.id
    raise Invalid(f"{name} is no task and has none that is open", hint="log something, and say what comes next")


def deals_of(book: Book, refs: Sequence[str]) -> list[Record]:
    """The deals that are meant: of a task or an interaction the one that it is about."""
    made = []
    for found in resolve_all(book, refs):
        record: Any = book.record(found.path)
        if found.kind != "deal":
            deal = getattr(record, "deal", None)
            if not deal:
                raise Invalid(f"{record.name or record.id} is no deal", hint="stages are for deals")
            record = book.record(resolve(book, deal, [book.kinds["deal"]]).path)
        made.append(record)
    return _each_once(made)


def parties_of(book: Book, refs: Sequence[str]) -> list[str]:
    """The ids of those whom something can be logged with: of a task or an interaction whom and what it is about."""
    bare = {kind.name for kind in book.kinds.all if kind.bare}
    ids: list[str] = []
    for found in resolve_all(book, refs):
        if found.kind in bare:
            ids.append(found.id)
            continue
        record: Any = book.record(found.path)
        people = getattr(record, "contacts", None) or (getattr(record, "contact", None),)
        about = (*people, getattr(record, "deal", None))
        known = [link.rpartition("/")[2] for link in about if link]
        organization = getattr(record, "organization", None)
        ids += known or ([organization.rpartition("/")[2]] if organization else [])
    return list(dict.fromkeys(ids))


def _each_once(records: Iterable[Record]) -> list[Record]:
    return list({record.path: record for record in records}.values())
