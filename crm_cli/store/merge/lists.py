"""Merging lists: items are known by what they say, never by their position."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import fields as parts_of
from operator import attrgetter, eq
from typing import Any, NamedTuple

from crm_cli.base.text import fold
from crm_cli.schema.field import Field
from crm_cli.schema.keys import item_key
from crm_cli.schema.record import Address, Item
from crm_cli.schema.shapes import write
from crm_cli.store.merge.case import OPEN, Case, Same, Three, atom, canonical, settled
from crm_cli.store.merge.order import arranged

Key = tuple[str, str, int]
"""What an item is known by; its whole text where several share that; its number among equals."""


class Items(NamedTuple):
    """How the items of a list are known, written and merged.

    `key` is what an item is known by, `whole` all that it says, as the file holds it; `element(name, three
    items)` merges an item that both sides hold.
    """

    key: Callable[[Any], str]
    whole: Callable[[Any], Any]
    element: Callable[[str, Three], Any]


def by_item(case: Case, name: str, three: Three, items: Items, same: Same = eq) -> tuple[Any, ...]:
    """A list: what either side removed is gone, what either added is there, items that both hold are merged."""
    value = settled(three, same)
    if value is not OPEN:
        return tuple(value or ())
    sides = Three(*_keyed(items, three))
    merged = {}
    for key in dict.fromkeys((*sides.late, *sides.early)):
        versions = sides.at(key)
        called = f"{name}.{key[0]}"
        if versions.late is None or versions.early is None:
            value = atom(case, called, versions, items.whole, same)
        else:
            value = items.element(called, versions)
        if value is not None:
            merged[key] = value
    return tuple(merged[key] for key in arranged(sides.each(tuple), merged))


def _keyed(items: Items, three: Three) -> Iterable[dict[Key, Any]]:
    """Each list as items by key. Where a key stands twice in one list, whole items are told apart, then numbered."""
    keys = [[(items.key(item), item) for item in value or ()] for value in three]
    crowded = {key for side in keys for key, count in Counter(key for key, _ in side).items() if count > 1}
    for side in keys:
        found: dict[Key, Any] = {}
        numbers: Counter[tuple[str, str]] = Counter()
        for key, item in side:
            known = (key, canonical(items.whole(item)) if key in crowded else "")
            found[*known, numbers[known]] = item
            numbers[known] += 1
        yield found


def items_of(case: Case, field: Field, element: Callable[[str, Three], Any]) -> Items:
    """The items of a field."""
    return Items(lambda item: key_of(case, field, item), lambda item: whole(case, field, item), element)


def key_of(case: Case, field: Field, item: Any) -> str:
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
