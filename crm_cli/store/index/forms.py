"""From a record to the rows that hold it."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any

from crm_cli.base.ids import random_part
from crm_cli.base.lean import dataclass
from crm_cli.base.translit import in_devanagari
from crm_cli.schema.convert import Resolve, json_problems
from crm_cli.schema.keys import key
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import json_form
from crm_cli.store.index.cells import Rows
from crm_cli.store.index.jsontext import json_text, leaves
from crm_cli.store.index.layout import KindTable
from crm_cli.store.index.search import clean, initial
from crm_cli.store.index.writers import Write, writer


@dataclass(frozen=True)
class Form:
    """How records of one kind are written: everything that does not depend on the record, worked out once."""

    table: KindTable
    settings: Settings
    resolve: Resolve

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(field.name for field in self.table.kind.fields)

    @cached_property
    def values(self) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
        """What takes the values of all fields out of the attributes of a record."""
        return itemgetter(*self.names)

    @cached_property
    def writers(self) -> Sequence[tuple[str, int, Write]]:
        """For each field how its JSON begins, where in a row its columns begin, and what writes its values."""
        table, places = self.table, {name: place for place, name in enumerate(self.table.columns)}
        return [
            (f'"{slot.name}": ', places[slot.name], writer(slot, slot.field, table, self.settings, self.resolve))
            for slot in table.stored
            if slot.field is not None
        ]

    @cached_property
    def absent(self) -> Sequence[str]:
        """The JSON of each field where nothing stands."""
        kind = self.table.kind
        empty: dict[str, Any] = {f.name: () if f.many else {} if f.mapping else None for f in kind.fields}
        texts = {f.name: json_text(json_form(empty[f.name], f, self.settings, kind.name)) for f in kind.fields}
        return [f'"{name}": {text}' for name, text in texts.items()]

    @cached_property
    def boxes(self) -> frozenset[int]:
        """Which of the fields hold a list or a map."""
        return frozenset(at for at, field in enumerate(self.table.kind.fields) if field.many or field.mapping)

    @cached_property
    def phones(self) -> tuple[str, ...]:
        """The names of the fields that hold phone numbers."""
        return tuple(slot.name for slot in self.table.stored if slot.item == "phone")


def add_record(rows: Rows, form: Form, rid: int, record: Record) -> None:
    """Everything that is kept of one record but the row of `record` itself."""
    kind, boxes = form.table.kind, form.boxes
    row: list[Any] = [None] * len(form.table.columns)
    row[:5] = (rid, record.id, record.path, *split_id(record.id))
    texts, found, writers = list(form.absent), list[str](), form.writers
    for at, value in enumerate(form.values(vars(record))):
        # Nearly all fields of a record are absent, so nothing is done for those.
        if value is None or (not value and at in boxes):
            continue
        begin, place, write = writers[at]
        text, columns, said = write(rows, rid, value)
        texts[at] = begin + text
        row[place : place + len(columns)] = columns
        found += said
    rows[kind.name].append(tuple(row))
    stored = f'{{"id": "{record.id}", "record": "{kind.name}", {", ".join(texts)}'
    rows["doc"].append((rid, stored, _tail(record)))
    for pos, p in enumerate(record.problems):
        rows["problem"].append((rid, pos, p.path, p.line, p.code, p.message, p.field, p.value))
    _add_text(rows, rid, form, found, record)


def _tail(record: Record) -> str:
    if not record.extra and not record.problems:
        return ', "extra": {}, "problems": []}'
    return f', "extra": {json_text(record.extra)}, "problems": {json_text(json_problems(record))}}}'


def split_id(id: str) -> tuple[str, str | None]:
    """An id without its random part, and that part."""
    random = random_part(id)
    return (id[: -len(random) - 1], random) if random else (id, None)


def _add_text(rows: Rows, rid: int, form: Form, texts: list[str], record: Record) -> None:
    """What full text finds the record by, and the words of its name."""
    if record.extra:
        texts += [text for _, text in leaves({"extra": record.extra}, form.table.kind)]
    for field in form.phones:
        texts += [str(key("phone", item.value, form.settings)) for item in getattr(record, field)]
    name = clean(record.name or "")
    rows["body"].append((rid, name, clean("\n".join(texts))))
    for word in set(name.split()):
        rows["word"].append((word, rid, *_script_and_initial(word)))


@lru_cache(maxsize=16384)  # the same names are those of many people
def _script_and_initial(word: str) -> tuple[int, str]:
    return int(in_devanagari(word)), initial(word)
