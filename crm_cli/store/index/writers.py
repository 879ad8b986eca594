"""How the value of a field becomes JSON, columns, rows of its parts and texts to search: one function for each field.

They are made once for all the records of a kind, so that a value costs one call and nothing about its field is asked
again. The shapes that nearly every value has are spelt out here; `cells` does the others, field by field.
"""

from collections.abc import Callable, Sequence
from typing import Any

from crm_cli.schema.condition import Key
from crm_cli.schema.convert import Resolve, resolved
from crm_cli.schema.field import Field
from crm_cli.schema.keys import KEYS
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import json_form
from crm_cli.schema.values import JSON
from crm_cli.store.index.cells import NULL, Row, Rows, add_link, add_parts, cells, part_fields
from crm_cli.store.index.jsontext import json_text, leaves, quote
from crm_cli.store.index.layout import KindTable, Slot

Written = tuple[str, Row, Sequence[str]]
"""The value as JSON, its columns, and the texts in it that somebody wrote."""

Write = Callable[[Rows, int, Any], Written]
"""Takes the rows that are being gathered, the number of the record, and the value, which is not absent."""

_TEXTS = frozenset(["text", "long", "choice", "email", "phone", "url"])
_STAMPS = frozenset(["date", "moment"])
_LISTED = _TEXTS | {"link", "partial"}


def writer(slot: Slot, field: Field, table: KindTable, settings: Settings, resolve: Resolve) -> Write:
    """What writes the values of that field."""
    if slot.type in _TEXTS:
        return _text(slot, settings)
    if slot.type in _STAMPS:
        return _stamp(slot, settings)
    if slot.type == "link":
        return _link(slot, resolve)
    if slot.many and slot.item in _LISTED:
        return _list(slot, settings, resolve)
    return _other(slot, field, table, settings, resolve)


def _text(slot: Slot, settings: Settings) -> Write:
    key = KEYS[slot.type]

    def write(_rows: Rows, _rid: int, value: str) -> Written:
        return quote(value), (value, key(value, settings)), (value,) if value else ()

    return write


def _stamp(slot: Slot, settings: Settings) -> Write:
    key = KEYS[slot.type]

    def write(_rows: Rows, _rid: int, value: Any) -> Written:
        text = value.text
        return f'"{text}"', (text, key(value, settings)), (text,)

    return write


def _link(slot: Slot, resolve: Resolve) -> Write:
    def write(rows: Rows, rid: int, value: str) -> Written:
        survivor = add_link(rows, rid, slot.name, 0, value, resolve)
        return f'"{survivor}"', (survivor,), ()

    return write


def _list(slot: Slot, settings: Settings, resolve: Resolve) -> Write:
    """A list of texts, of days or of links, with labels or without."""
    name, labelled, links = slot.name, slot.type == "labelled", slot.item == "link"
    convert, key = JSON[slot.item], KEYS[slot.item]

    def write(rows: Rows, rid: int, value: Sequence[Any]) -> Written:
        known: Key
        add, texts, found, keys = rows["item"].append, list[str](), list[str](), list[Key]()
        for pos, item in enumerate(value):
            label, one = (item.label, item.value) if labelled else (None, item)
            cell = NULL if label is None else label
            if links:
                known = text = add_link(rows, rid, name, pos, one, resolve)
            else:
                known, text = key(one, settings), convert(one)
            add((rid, name, pos, cell, text, known))
            texts.append(_labelled(label, text) if labelled else quote(text))
            found.append(text)
            keys.append(known)
        json = f"[{', '.join(texts)}]"
        return json, (json, found[0], keys[0]), () if links else found

    return write


def _labelled(label: str | None, text: str) -> str:
    return f'{{"label": {"null" if label is None else quote(label)}, "value": {quote(text)}}}'


def _other(slot: Slot, field: Field, table: KindTable, settings: Settings, resolve: Resolve) -> Write:
    kind = table.kind
    parts = part_fields(slot, kind.name, settings)

    def write(rows: Rows, rid: int, value: Any) -> Written:
        json = json_form(value, field, settings, kind.name)
        if field.links:
            json = resolved(json, resolve)
        text = json_text(json)
        add_parts(rows, rid, slot, parts, value, settings, resolve)
        found = [leaf for _, leaf in leaves({slot.name: json}, kind)]
        return text, cells(slot, value, json, text, settings), found

    return write
