"""Everything about one record: its fields with what people read there, what leads to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm_cli.base.lean import dataclass
from crm_cli.base.money import Money, for_people
from crm_cli.base.text import visible
from crm_cli.book import Book
from crm_cli.formats.cells import cell
from crm_cli.query import default_sort
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import And, Condition, Ids, Not, Or, Selection, Sort, Test
from crm_cli.schema.field import Computed, Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.problem import Problem
from crm_cli.schema.table import Column, Table
from crm_cli.services.refs import Found

LAST = 10
_QUIET = frozenset(("name", "notes", "custom", "conflicts", "stage_history"))
_EMPTY: tuple[Any, ...] = (None, [], {})

SECTIONS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("People", "contact", ("organization",), ("id", "name", "title", "phone", "email")),
    ("Deals", "deal", ("organization", "contacts"), ("id", "name", "stage", "amount", "close_date")),
    ("Next steps", "task", ("contact", "organization", "deal"), ("id", "due", "name", "kind", "priority")),
    ("Last interactions", "interaction", ("contacts", "organization", "deal"), ("id", "at", "kind", "name")),
)
"""Heading, kind, the links by which it leads here, columns."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A record: every value in JSON form by its name, where its person works, what is wrong with its file."""

    id: str
    kind: Kind
    values: Mapping[str, Any]
    where: str
    problems: Sequence[Problem]

    def stated(self, *, empty: bool = False) -> Iterator[tuple[Field, Any]]:
        """The fields that have a value, or all of them, without those that are shown in a way of their own."""
        for field in self.kind.fields:
            value = self.values[field.name]
            if field.name not in _QUIET and (empty or value not in _EMPTY):
                yield field, value

    def worked_out(self) -> Iterator[tuple[Computed, Any]]:
        """What is worked out and says something."""
        for computed in self.kind.shown:
            if (value := self.values[computed.name]) not in (None, [], 0, False):
                yield computed, value

    @property
    def texts(self) -> Iterator[str]:
        """The long texts."""
        yield from (self.values[name] for name in ("notes", "body") if self.values.get(name))


def sheet(book: Book, found: Found) -> Sheet:
    """The record as it stands."""
    kind = book.kinds[found.kind]
    names = [field.name for field in kind.fields] + [computed.name for computed in kind.computed]
    row = next(iter(book.index.select([kind], Selection(Ids((found.id,))), [(name,) for name in names])))
    values = dict(zip(names, row, strict=True))
    record: Any = book.record(found.path)
    return Sheet(found.id, kind, values, _where(book, values), record.problems)


def _where(book: Book, values: Mapping[str, Any]) -> str:
    firm = values.get("organization")
    name = names_of(book, [firm]).get(firm, firm) if isinstance(firm, str) else ""
    return ", ".join(text for text in (values.get("title"), name) if text)


def names_of(book: Book, ids: Sequence[str]) -> dict[str, str]:
    """The name of each of these records that has one, of whatever kind."""
    if not ids:
        return {}
    stems = {id: id.rpartition("/")[2] for id in ids}
    rows = book.index.select(book.kinds.all, Selection(Ids(tuple(stems.values()))), [("id",), ("name",)])
    found = {row[0]: str(row[1]) for row in rows if row[1]}
    return {id: found[stem] for id, stem in stems.items() if stem in found}


def value_text(type: str, value: Any, country: str) -> str:
    """A value as people read it: amounts grouped, moments to the minute."""
    if type == "totals":
        return "; ".join(value_text("money", part, country) for part in value)
    if type == "money":
        return for_people(Money(value["amount"], value["currency"]), country)
    if type == "moment":
        return str(value)[:16].replace("T", " ")
    return visible(cell(value))


def field_text(field: Field, value: Any, country: str) -> str:
    """The value of a field as people read it."""
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
    return value_text(field.type, value, country)


def _address(item: dict[str, Any]) -> str:
    text = ", ".join(visible(part) for part in item["value"].values() if part)
    return f"{visible(item['label'])}: {text}" if item["label"] else text


def sections(book: Book, found: Found) -> Iterator[tuple[str, Table]]:
    """What leads to the record, under headings; empty sections are left out."""
    for heading, of_kind, links, columns in SECTIONS:
        if rows := list(_leading(book, found, heading, of_kind, links, columns)):
            fields = book.kinds[of_kind].by_name
            made = tuple(Column(name, fields[name].type if name in fields else "") for name in columns)
            yield heading, Table(of_kind, made, rows)


def _leading(
    book: Book, found: Found, heading: str, of_kind: str, links: tuple[str, ...], columns: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    kind = book.kinds[of_kind]
    usable = [link for link in links if found.kind in kind.by_name[link].to]
    if not usable or (heading == "People" and found.kind != "organization"):
        return
    conditions: list[Condition] = [PRESENT, Or(tuple(Test((link,), "equal", (found.id,)) for link in usable))]
    if of_kind == "task":
        conditions.append(Not(Test(("status",), "equal", ("done", "canceled"))))
    sort = (Sort(("at",), descending=True),) if of_kind == "interaction" else default_sort(kind)
    limit = LAST if of_kind == "interaction" else None
    yield from book.index.select([kind], Selection(And(tuple(conditions)), sort, limit), [(name,) for name in columns])
