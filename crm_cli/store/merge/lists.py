"""Merging lists: items are known by what they say, never by their position."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import fields as parts_of
from operator import attrgetter
from typing import Any

from crm_cli.base.text import fold
from crm_cli.schema.field import Field
from crm_cli.schema.keys import item_key
from crm_cli.schema.record import Address, Item
from crm_cli.schema.shapes import write
from crm_cli.store.merge.case import OPEN, Case, Three, atom, canonical, settled
from crm_cli.store.merge.order import arranged

Key = tuple[str, str, int]
"""What an item is known by; its whole text where several share that; its number among equals."""

Element = Callable[[str, Three], Any]


def by_item(case: Case, field: Field, name: str, three: Three, element: Element) -> tuple[Any, ...]:
    """A list: what either side removed is gone, what either added is there, items that both hold are merged.

    `element(name, three items)` merges an item that both sides hold.
    """
    value = settled(three)
    if value is not OPEN:
        return tuple(value or ())
    sides = Three(*_keyed(case, field, three))
    merged = {}
    for key in dict.fromkeys((*sides.late, *sides.early)):
        items = sides.at(key)
        called = f"{name}.{key[0]}"
        if items.late is None or items.early is None:
            value = atom(case, called, items, lambda item: whole(case, field, item))
        else:
            value = element(called, items)
        if value is not None:
            merged[key] = value
    return tuple(merged[key] for key in arranged(sides.each(tuple), merged))


def _keyed(case: Case, field: Field, three: Three) -> Iterable[dict[Key, Any]]:
    """Each list as items by key. Where a key stands twice in one list, whole items are told apart, then numbered."""
    keys = [[(_key(case, field, item), item) for item in value or ()] for value in three]
    crowded = {key for side in keys for key, count in Counter(key for key, _ in side).items() if count > 1}
    for side in keys:
        found: dict[Key, Any] = {}
        for key, item in side:
            text = canonical(whole(case, field, item)) if key in crowded else ""
            number = 0
            while (key, text, number) in found:
                number += 1
            found[key, text, number] = item
        yield found


def _key(case: Case, field: Field, item: Any) -> str:
    """The key of an item; all that it says, where nothing of its key is there."""
    key = item_key(field, item, case.settings)
    return key if key.strip("|") else fold(canonical(whole(case, field, item)))


def whole(case: Case, field: Field, item: Any) -> Any:
    """One item of a list as the file holds it."""
    plain = write((item,), field, case.settings, case.kind)
    return plain[0] if isinstance(plain, list) else plain


def labelled(case: Case, field: Field, name: str, three: Three) -> Item[Any]:
    """An item with its label: the label and the value, or the parts of an address, each on its own."""
    label = atom(case, f"{name}.label", three.each(lambda item: item.label), str)
    value = three.each(lambda item: item.value)
    if field.item == "address":
        parts = {
            part.name: atom(case, f"{name}.{part.name}", value.each(attrgetter(part.name)), str)
            for part in parts_of(Address)
        }
        return Item(label, Address(**parts))
    alone = Field(field.name, field.item, to=field.to)
    return Item(label, atom(case, f"{name}.value", value, lambda part: write(part, alone, case.settings)))
