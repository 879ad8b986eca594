"""Everything about one record, as lines for people: its fields, then what leads to it."""

from collections.abc import Iterator
from typing import Any

from crm_cli.base.money import Money, for_people
from crm_cli.base.text import visible, visible_block
from crm_cli.book import Book
from crm_cli.formats.cells import cell
from crm_cli.query import default_sort
from crm_cli.schema.condition import And, Condition, Not, Or, Selection, Sort, Test
from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.services.refs import Found

LAST = 10
_UNARCHIVED = Not(Test(("archived",), "has"))
_QUIET = frozenset(("name", "notes", "custom", "conflicts", "stage_history"))

SECTIONS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("People", "contact", ("organization",), ("id", "name", "title", "phone", "email")),
    ("Deals", "deal", ("organization", "contacts"), ("id", "name", "stage", "amount", "close_date")),
    ("Next steps", "task", ("contact", "organization", "deal"), ("id", "due", "name", "kind", "priority")),
    ("Last interactions", "interaction", ("contacts", "organization", "deal"), ("id", "at", "kind", "name")),
)
"""Heading, kind, the links by which it leads here, columns."""


def card(book: Book, found: Found) -> Iterator[str]:
    """The lines of a record's card; empty sections are left out."""
    kind = book.kinds[found.kind]
    names = [field.name for field in kind.fields] + [computed.name for computed in kind.shown]
    condition = And((Test(("id",), "equal", (found.id,)),))
    row = next(iter(book.index.select([kind], Selection(condition), [(name,) for name in names])))
    values = {"id": found.id, **dict(zip(names, row, strict=True))}
    record: Any = book.record(found.path)
    yield f"{visible(values['name'] or '')}  ({found.id})"
    if line := _where(book, values):
        yield line
    for problem in record.problems:
        yield f"  ! {problem.where}: {visible(problem.message)}"
    yield ""
    yield from _fields(book, kind, values)
    yield from _notes(values)
    for heading, of_kind, links, columns in SECTIONS:
        yield from _section(book, found, heading, of_kind, links, columns)


def _where(book: Book, values: dict[str, Any]) -> str:
    firm = values.get("organization")
    name = _name_of(book, "organization", firm) if isinstance(firm, str) else ""
    return ", ".join(visible(text) for text in (values.get("title"), name) if text)


def _name_of(book: Book, kind: str, id: str) -> str:
    rows = book.index.select([book.kinds[kind]], Selection(Test(("id",), "equal", (id,))), [("name",)])
    return next((str(row[0]) for row in rows if row[0]), id)


def _fields(book: Book, kind: Kind, values: dict[str, Any]) -> Iterator[str]:
    for field in kind.fields:
        value = values[field.name]
        if field.name in _QUIET or value in (None, [], {}):
            continue
        text = _text(book, field, value)
        if text:
            yield f"{field.name}: {text}"
    for computed in kind.shown:
        if values[computed.name] not in (None, [], 0, False):
            yield f"{computed.name}: {_value(book, computed.type, values[computed.name])}"
    for key, value in (values["custom"] or {}).items():
        yield f"custom.{key}: {visible(cell(value))}"
    if values["conflicts"]:
        yield f"conflicts: {len(values['conflicts'])} (crm conflicts {values['id']})"


def _value(book: Book, type: str, value: Any) -> str:
    """A value as people read it: amounts grouped, moments to the minute."""
    if type == "totals":
        return "; ".join(_value(book, "money", part) for part in value)
    if type == "money":
        return for_people(Money(value["amount"], value["currency"]), book.settings.country)
    if type == "moment":
        return str(value)[:16].replace("T", " ")
    return visible(cell(value))


def _text(book: Book, field: Field, value: Any) -> str:
    if field.type == "consent":
        said = {key: part for key, part in value.items() if part}
        return ", ".join(
            f"{key} {'yes' if part['value'] else 'no'} {part['date'] or ''}".strip() for key, part in said.items()
        )
    if field.item == "address":
        return "; ".join(_address(item) for item in value)
    if field.type == "facts":
        return "; ".join(f"{visible(key)}: {visible(str(part))}" for key, part in value.items())
    if field.type == "maps":
        return "; ".join(", ".join(visible(cell(part)) for part in entry.values() if part) for entry in value)
    return _value(book, field.type, value)


def _address(item: dict[str, Any]) -> str:
    text = ", ".join(visible(part) for part in item["value"].values() if part)
    return f"{visible(item['label'])}: {text}" if item["label"] else text


def _notes(values: dict[str, Any]) -> Iterator[str]:
    for name in ("notes", "body"):
        if values.get(name):
            yield ""
            yield from visible_block(values[name]).rstrip("\n").split("\n")


def _section(
    book: Book, found: Found, heading: str, of_kind: str, links: tuple[str, ...], columns: tuple[str, ...]
) -> Iterator[str]:
    kind = book.kinds[of_kind]
    usable = [link for link in links if found.kind in kind.by_name[link].to]
    if not usable or (heading == "People" and found.kind != "organization"):
        return
    conditions: list[Condition] = [_UNARCHIVED, Or(tuple(Test((link,), "equal", (found.id,)) for link in usable))]
    if of_kind == "task":
        conditions.append(Not(Test(("status",), "equal", ("done", "canceled"))))
    sort = (Sort(("at",), descending=True),) if of_kind == "interaction" else default_sort(kind)
    limit = LAST if of_kind == "interaction" else None
    rows = list(
        book.index.select([kind], Selection(And(tuple(conditions)), sort, limit), [(name,) for name in columns])
    )
    if rows:
        yield ""
        yield heading
        types = [kind.by_name[name].type if name in kind.by_name else "" for name in columns]
        for row in rows:
            shown = (_value(book, type, value) for type, value in zip(types, row, strict=True) if value is not None)
            yield "  " + "  ".join(text for text in shown if text)
