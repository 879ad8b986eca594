"""Makes changes: a new record, a changed one, an archived or removed one, checked as every writer must.

A change goes through the kind's own rules (`settle`) and through what the book's custom fields ask for.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from crm_cli.base.dates import Stamp
from crm_cli.base.errors import Invalid
from crm_cli.base.ids import ID_RULE, dated_id, is_id, new_id, random_part
from crm_cli.base.lean import replace
from crm_cli.base.text import counted, with_article
from crm_cli.book import Book
from crm_cli.schema.condition import And, Ids, Not, Or, Test
from crm_cli.schema.context import Context
from crm_cli.schema.convert import build, changed_fields, everything_of, values_of
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.record import Record
from crm_cli.services.assign import Assignment, assign, find_field
from crm_cli.services.duplicates import check_changed
from crm_cli.services.entry import Entry
from crm_cli.services.refs import Linker


def entry_of(book: Book) -> Entry:
    """How typed values are understood in a book."""
    return Entry(book.context, Linker(book))


def create(book: Book, kind: Kind, values: Mapping[str, Any], *, id: str = "", force: bool = False) -> Change:
    """A new record of these typed values."""
    context = _context(book, force)
    given = {"created": context.stamp, **{name: value for name, value in values.items() if value is not None}}
    draft = build(kind, given)
    _require(draft, context)
    made = kind.settle(None, draft, context) if kind.settle else draft
    id = id or _new_id(kind, made)
    if not is_id(id):
        raise Invalid(f"{id} is no id", hint=ID_RULE)
    return Change(None, replace(made, id=id, path=path_of(kind, id, made)))


def _new_id(kind: Kind, record: Record) -> str:
    if not kind.dated:
        return new_id(record.name or "", kind.name)
    return dated_id(_day(record)[:10], getattr(record, "kind", None) or kind.name, _with_whom(record))


def _with_whom(record: Record) -> str:
    """What a dated id says besides day and kind: the slug of whom it was with, else what it was about."""
    links = (*getattr(record, "contacts", ()), getattr(record, "organization", None), getattr(record, "deal", None))
    first = next((link.rpartition("/")[2] for link in links if link), None)
    if first is None:
        return record.name or ""
    random = random_part(first)
    return str(first.removesuffix(f"-{random}") if random else first)


def _day(record: Record) -> str:
    """The day that a dated record belongs to."""
    at: Stamp | None = getattr(record, "at", None) or record.created
    assert at is not None
    return at.text


def path_of(kind: Kind, id: str, record: Record) -> str:
    """Where the file of a new record goes: dated kinds have a folder for each month."""
    if not kind.dated:
        return f"{kind.folder}/{id}.yaml"
    day = _day(record)
    return f"{kind.folder}/{day[:4]}/{day[5:7]}/{id}.yaml"


def require(kind: Kind, values: Mapping[str, Any], *, among: Collection[str]) -> None:
    """`Invalid` where one of these fields is required and has no value, or blanks alone, which no list would show."""
    for field in kind.required:
        value = values.get(field.name)
        if field.name in among and not (value.strip() if isinstance(value, str) else value):
            raise Invalid(f"{with_article(kind.name)} needs {with_article(field.name)}")


def _require(record: Record, context: Context) -> None:
    kind = record.kind_
    # What is added without its moment happens now.
    needed = {field.name: getattr(record, field.name) for field in kind.required}
    require(kind, needed, among=needed.keys() - ({"at"} if kind.settle else ()))
    if context.force:
        return
    for custom in context.settings.custom(kind.name).values():
        if custom.required and record.custom.get(custom.name) in (None, "", ()):
            raise Invalid(
                f"{with_article(kind.name)} needs custom.{custom.name}", hint=f"give --custom.{custom.name} VALUE"
            )


def update(
    book: Book,
    before: Record,
    values: Mapping[str, Any],
    *,
    force: bool = False,
    meant: Collection[str] = (),
    **facts: Any,
) -> Change | None:
    """A record with other values in some fields; None where nothing differs.

    Of the fields that are `meant` a text that does not fit goes away also where the new value is none.
    """
    context = _context(book, force)
    kind = before.kind_
    mended = {problem.field for problem in before.problems if problem.field in meant}
    # Of unknown keys quotes count, which only `changed_fields` sees.
    sure = {*mended, "extra"}
    known = {name: value for name, value in values.items() if name in sure or value != getattr(before, name)}
    if not known:
        return None
    problems = tuple(problem for problem in before.problems if problem.field not in known)
    after = build(kind, {**everything_of(before), **known, "problems": problems})
    require(kind, known, among=known)
    if known.get("merged_into") == after.id:
        raise Invalid(f"{after.id} cannot be merged into itself")
    after = kind.settle(before, after, context) if kind.settle else after
    return Change(before, after, **facts) if mended or changed_fields(before, after) else None


def set_fields(book: Book, records: Sequence[Record], assignments: Sequence[Assignment], *, verb: str = "set") -> Plan:
    """The same assignments on each record."""
    entry, changes, warnings = entry_of(book), [], list[str]()
    for record in records:
        values: Mapping[str, Any] = values_of(record)
        meant = set()
        for assignment in assignments:
            name = find_field(assignment.path[0], record.kind_).name
            meant.add(name)
            if assignment.sign != "=" or len(assignment.path) > 1:
                check_part(record, name)
            values = assign(values, assignment, record.kind_, entry)
        change = update(book, record, values, meant=meant)
        if change:
            changes.append(change)
            warnings += check_changed(book, change)
    return Plan(verb, tuple(changes), tuple(warnings))


def check_part(record: Record, field: str) -> None:
    """Refuses to change a part of a field with a problem: what else stands there is not known, and would be lost."""
    problem = next((problem for problem in record.problems if problem.field == field), None)
    if problem:
        raise Invalid(f"{problem.where}: {problem.message}", hint=f"mend that first: crm edit {record.id}")


def archive(book: Book, records: Sequence[Record]) -> Plan:
    """Out of sight, still there."""
    made = (update(book, record, {"archived": record.archived or book.context.day}) for record in records)
    return Plan("archive", tuple(change for change in made if change))


def purge(book: Book, records: Sequence[Record]) -> Plan:
    """The files removed; the history keeps them. What links to them is left alone, and told."""
    left = _linking(book, tuple(record.id for record in records)) if records else 0
    told = f"{counted(left, 'other record')} {'links' if left == 1 else 'link'} to what is removed: see crm doctor"
    return Plan("purge", tuple(Change(record, None) for record in records), (told,) if left else ())


def _linking(book: Book, ids: tuple[str, ...]) -> int:
    """How many other records link to these."""
    count = 0
    for kind in book.kinds.all:
        tests = tuple(Test((field.name,), "equal", ids) for field in kind.stored if field.links)
        count += book.stored.count([kind], And((Or(tests), Not(Ids(ids))))) if tests else 0
    return count


def _context(book: Book, force: bool) -> Context:
    context = book.with_user().context
    return replace(context, force=True) if force else context
