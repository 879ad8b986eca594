"""From a record to the rows that hold it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from functools import cached_property
from typing import Any

from crm_cli.base.ids import random_part
from crm_cli.base.lean import dataclass
from crm_cli.base.money import Money, file_text, order_key
from crm_cli.base.text import fold
from crm_cli.base.translit import in_devanagari
from crm_cli.schema.convert import Resolve, json_problems, resolved
from crm_cli.schema.field import Field
from crm_cli.schema.keys import KEYS, address_key, key
from crm_cli.schema.node import Plain
from crm_cli.schema.record import Address, Item, Record
from crm_cli.schema.settings import CustomField, Settings
from crm_cli.schema.shapes import json_form, readable
from crm_cli.store.index.jsontext import json_text, leaves
from crm_cli.store.index.layout import KindTable, Slot
from crm_cli.store.index.search import clean, initial

Row = tuple[Any, ...]


@dataclass(slots=True)
class Rows:
    """Rows on their way into their tables."""

    by_table: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, row: Row) -> None:
        """One more row."""
        self.by_table.setdefault(table, []).append(row)


@dataclass(frozen=True)
class Form:
    """How records of one kind are written: everything that does not depend on the record, worked out once."""

    table: KindTable
    settings: Settings

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where in a row the columns of each field begin."""
        return {slot.name: self.table.columns.index(slot.name) for slot in self.table.written}

    @cached_property
    def absent(self) -> Mapping[str, str]:
        """The JSON of each field where nothing stands."""
        kind = self.table.kind
        empty: dict[str, Any] = {f.name: () if f.many else {} if f.mapping else None for f in kind.fields}
        texts = {f.name: json_text(json_form(empty[f.name], f, self.settings, kind.name)) for f in kind.fields}
        return {name: f"{json_text(name)}: {text}" for name, text in texts.items()}

    @cached_property
    def slots(self) -> Mapping[str, tuple[Slot, Field]]:
        """Slot and field of each field."""
        return {slot.name: (slot, slot.field) for slot in self.table.stored if slot.field is not None}


def add_record(rows: Rows, form: Form, rid: int, record: Record, resolve: Resolve) -> None:
    """Everything that is kept of one record but the row of `record` itself."""
    table, settings = form.table, form.settings
    kind = table.kind
    row: list[Any] = [None] * len(table.columns)
    row[:5] = (rid, record.id, record.path, *split_id(record.id))
    texts, values = dict(form.absent), {}
    held = vars(record)
    for name, (slot, of) in form.slots.items():
        value = held[name]
        # Nearly all fields of a record are absent, so nothing is done for those.
        if value is None or value == () or value == {}:
            continue
        json = json_form(value, of, settings, kind.name)
        if of.links:
            json = resolved(json, resolve)
        values[name] = json
        text = json_text(json)
        texts[name] = f'"{name}": {text}'
        place = form.places[name]
        columns = cells(slot, value, json, text, settings)
        row[place : place + len(columns)] = columns
        if slot.type in _WITH_PARTS:
            _add_parts(rows, rid, slot, value, settings, resolve, kind.name)
    rows.add(kind.name, tuple(row))
    stored = f'{{"id": "{record.id}", "record": "{kind.name}", {", ".join(texts.values())}'
    rows.add("doc", (rid, stored, _tail(record)))
    for pos, p in enumerate(record.problems):
        rows.add("problem", (rid, pos, p.path, p.line, p.code, p.message, p.field, p.value))
    _add_text(rows, rid, form, values, record)


_WITH_PARTS = frozenset(["link", "list", "links", "labelled", "maps", "custom", "facts", "consent"])


def _tail(record: Record) -> str:
    if not record.extra and not record.problems:
        return ', "extra": {}, "problems": []}'
    return f', "extra": {json_text(record.extra)}, "problems": {json_text(json_problems(record))}}}'


def split_id(id: str) -> tuple[str, str | None]:
    """An id without its random part, and that part."""
    random = random_part(id)
    return (id[: -len(random) - 1], random) if random else (id, None)


def cells(slot: Slot, value: Any, json: Any, text: str, settings: Settings) -> tuple[Any, ...]:
    """The columns of a stored field: of its typed value, its JSON form and the text of that."""
    if slot.many:
        first = json[0]["value"] if slot.type == "labelled" else json[0]
        shown = first if isinstance(first, str) else json_text(first)
        return (text, shown, item_key(slot.item, _value(value[0]), settings, json=first))
    if slot.type == "money":
        return money_cells(value)
    if slot.type == "number":
        return (format(value, "f"), order_key(value))
    if slot.type in ("maps", "custom", "facts", "consent", "any"):
        return (text,)
    if slot.keyed:
        return (json, key(slot.type, value, settings))
    return (int(json) if slot.type == "bool" else json,)


def money_cells(money: Money) -> tuple[str, str, str]:
    """Text, key and currency of an amount."""
    return (file_text(money), order_key(money.amount), money.currency)


def item_key(type: str, value: Any, settings: Settings, json: Any = None) -> Any:
    """What an item of a list is compared by; that of an address holds all of its parts, that of a link its survivor."""
    if isinstance(value, Address):
        return fold(", ".join(part for part in json.values() if part)) or address_key(value)
    if type == "link" and isinstance(json, str):
        return json
    return key(type, value, settings) if type in KEYS else fold(str(value))


def _value(item: Any) -> Any:
    return item.value if isinstance(item, Item) else item


def _add_parts(rows: Rows, rid: int, slot: Slot, value: Any, settings: Settings, resolve: Resolve, kind: str) -> None:
    """The rows of items and links that a field has."""
    assert slot.field is not None
    if slot.type == "link":
        _add_link(rows, rid, slot.name, 0, value, resolve)
    elif slot.many:
        for pos, item in enumerate(value):
            _add_item(rows, rid, slot.name, slot.item, pos, item, settings, resolve)
    elif slot.type == "maps":
        for pos, entry in enumerate(value):
            for part in slot.field.parts:
                if (inner := entry.get(part.name)) is not None:
                    _add_any(rows, rid, f"{slot.name}.{part.name}", part, pos, inner, settings, resolve)
    elif slot.type in ("custom", "facts", "consent"):
        declared = settings.custom(kind) if slot.type == "custom" else {}
        for name, inner in readable(value).items():
            path = f"{slot.name}.{name}"
            of = _custom(declared.get(name)) if slot.type == "custom" else Field(name, slot.type)
            _add_any(rows, rid, path, of, 0, inner, settings, resolve)


def _custom(declared: CustomField | None) -> Field:
    if declared is None:
        return Field("", "any")
    return Field(declared.name, declared.type, item="text" if declared.type == "list" else "")


def _add_any(
    rows: Rows, rid: int, path: str, of: Field, pos: int, value: Any, settings: Settings, resolve: Resolve
) -> None:
    if of.type in ("any", "list"):
        for at, text in enumerate(_texts(value)):
            # The places of several maps must not meet: each has room for the texts of one.
            rows.add("item", (rid, path, pos * 100_000 + at, None, text, fold(text)))
        return
    type = "text" if of.type == "facts" else of.type
    _add_item(rows, rid, path, type, pos, value, settings, resolve)


def _texts(value: Plain | tuple[str, ...] | None) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif value is not None:
        for part in value:
            yield from _texts(part)


def _add_item(
    rows: Rows, rid: int, path: str, type: str, pos: int, item: Any, settings: Settings, resolve: Resolve
) -> None:
    label, value = (item.label, item.value) if isinstance(item, Item) else (None, item)
    if isinstance(value, Address):
        parts = {name: part for name in Address.__slots__ if (part := getattr(value, name)) is not None}
        rows.add("item", (rid, path, pos, label, "", item_key(type, value, settings, parts)))
        for name, part in parts.items():
            rows.add("item", (rid, f"{path}.{name}", pos, label, part, fold(part)))
        return
    if type == "link":
        survivor = _add_link(rows, rid, path, pos, value, resolve)
        rows.add("item", (rid, path, pos, label, survivor, survivor))
        return
    if isinstance(value, Money):
        text, amount, label = money_cells(value)
        rows.add("item", (rid, path, pos, label, text, amount))
        return
    rows.add("item", (rid, path, pos, label, _shown(value), item_key(type, value, settings)))


def _shown(value: Any) -> str:
    show: dict[type, Callable[[Any], str]] = {Decimal: lambda v: format(v, "f"), bool: lambda v: str(v).lower()}
    return show.get(type(value), lambda v: str(getattr(v, "text", v)))(value)


def _add_link(rows: Rows, rid: int, path: str, pos: int, raw: str, resolve: Resolve) -> str:
    folder, _, stem = raw.rpartition("/")
    survivor = resolve(stem)
    # A survivor stands where it stands, whatever folder its tombstone was named with.
    rows.add("link", (rid, path, pos, survivor, folder if survivor == stem else "", stem))
    return survivor


def _add_text(rows: Rows, rid: int, form: Form, values: dict[str, Any], record: Record) -> None:
    """What full text finds the record by, and the words of its name."""
    if record.extra:
        values["extra"] = record.extra
    texts = [text for _, text in leaves(values, form.table.kind)]
    for slot in form.table.stored:
        if slot.item == "phone":
            texts += [str(key("phone", item.value, form.settings)) for item in getattr(record, slot.name)]
    name = clean(record.name or "")
    rows.add("body", (rid, name, clean("\n".join(texts))))
    for word in set(name.split()):
        rows.add("word", (word, rid, int(in_devanagari(word)), initial(word)))
