"""From a record to the rows that hold it."""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from crm_cli.base.ids import random_part
from crm_cli.base.lean import dataclass
from crm_cli.base.translit import in_devanagari
from crm_cli.schema.convert import Resolve, json_problem
from crm_cli.schema.keys import key
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import json_form
from crm_cli.store.index.cells import NULL, Rows
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
    def writers(self) -> Mapping[str, tuple[int, bool, str, int, Write]]:
        """By field: its place, whether it holds many, how its JSON begins, the place of its columns, what writes it."""
        table, columns = self.table, {name: place for place, name in enumerate(self.table.columns)}
        found = {}
        for at, field in enumerate(table.kind.fields):
            slot = table.slots[field.name]
            write = writer(slot, field, table, self.settings, self.resolve)
            found[field.name] = (at, field.many or field.mapping, f'"{field.name}": ', columns[field.name], write)
        return found

    @cached_property
    def absent(self) -> Sequence[str]:
        """The JSON of each field where nothing stands."""
        kind = self.table.kind
        empty: dict[str, Any] = {f.name: () if f.many else {} if f.mapping else None for f in kind.fields}
        texts = {f.name: json_text(json_form(empty[f.name], f, self.settings, kind.name)) for f in kind.fields}
        return [f'"{name}": {text}' for name, text in texts.items()]

    @cached_property
    def phones(self) -> tuple[str, ...]:
        """The names of the fields that hold phone numbers."""
        return tuple(slot.name for slot in self.table.stored if slot.item == "phone")


def add_record(rows: Rows, form: Form, rid: int, values: Mapping[str, Any]) -> None:
    """Everything that is kept of one record, but the row of `record` itself; `values` as `load_values` gives them."""
    kind, id, path, writers = form.table.kind, values["id"], values["path"], form.writers
    row: list[Any] = [NULL] * len(form.table.columns)
    row[:5] = (rid, id, path, *split_id(id))
    texts, found = list(form.absent), list[str]()
    for name, value in values.items():
        if value is None or name not in writers:
            continue
        at, box, begin, place, write = writers[name]
        if box and not value:
            continue
        text, columns, said = write(rows, rid, value)
        texts[at] = begin + text
        row[place : place + len(columns)] = columns
        found += said
    rows[kind.name].append(tuple(row))
    stored = f'{{"id": "{id}", "record": "{kind.name}", {", ".join(texts)}'
    rows["doc"].append((rid, stored, _tail(values)))
    for pos, p in enumerate(values["problems"]):
        rows["problem"].append((rid, pos, p.path, p.line, p.code, p.message, p.field, p.value))
    _add_text(rows, rid, form, found, values)


def _tail(values: Mapping[str, Any]) -> str:
    extra, problems = values["extra"], [json_problem(problem) for problem in values["problems"]]
    if not extra and not problems:
        return ', "extra": {}, "problems": []}'
    return f', "extra": {json_text(extra)}, "problems": {json_text(problems)}}}'


def split_id(id: str) -> tuple[str, str | None]:
    """An id without its random part, and that part."""
    random = random_part(id)
    return (id[: -len(random) - 1], random) if random else (id, None)


def _add_text(rows: Rows, rid: int, form: Form, texts: list[str], values: Mapping[str, Any]) -> None:
    """What full text finds the record by, and the words of its name."""
    if values["extra"]:
        texts += [text for _, text in leaves({"extra": values["extra"]}, form.table.kind)]
    for field in form.phones:
        texts += [str(key("phone", item.value, form.settings)) for item in values.get(field, ())]
    name = clean(values.get("name") or "")
    rows["body"].append((rid, name, clean("\n".join(texts))))
    for word in set(name.split()):
        rows["word"].append((word, rid, *_script_and_initial(word)))


@lru_cache(maxsize=16384)  # the same names are those of many people
def _script_and_initial(word: str) -> tuple[int, str]:
    return int(in_devanagari(word)), initial(word)
