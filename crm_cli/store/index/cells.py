"""From a value to the cells that hold it: columns of its record's row, and rows of its parts."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from crm_cli.base.money import Money, file_text, order_key
from crm_cli.base.text import fold
from crm_cli.schema.convert import Resolve
from crm_cli.schema.field import Field
from crm_cli.schema.keys import KEYS, address_key, key
from crm_cli.schema.node import Plain
from crm_cli.schema.record import Address, Item
from crm_cli.schema.settings import CustomField, Settings
from crm_cli.schema.shapes import readable
from crm_cli.store.index.jsontext import json_text
from crm_cli.store.index.layout import Slot

Row = tuple[Any, ...]

NULL = float("nan")
"""SQLite makes NULL of a float that is no number, as of None, which Python takes ten times as long to hand on."""


class Rows(defaultdict[str, list[Row]]):
    """Rows on their way into their tables."""

    def __init__(self) -> None:
        super().__init__(list)


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


class _PartFields(dict[str, Field]):
    """The fields below one that is a map, by the keys that are met."""

    def __init__(self, make: Callable[[str], Field]) -> None:
        self._make = make

    def __missing__(self, name: str) -> Field:
        found = self[name] = self._make(name)
        return found


def part_fields(slot: Slot, kind: str, settings: Settings) -> Mapping[str, Field]:
    """What stands under each key of a map, or of the maps in a list, as a field."""
    if slot.type == "maps" and slot.field is not None:
        return {part.name: part for part in slot.field.parts}
    if slot.type == "custom":
        declared = settings.custom(kind)
        return _PartFields(lambda name: _custom(declared.get(name)))
    return _PartFields(lambda name: Field(name, slot.type))


def _custom(declared: CustomField | None) -> Field:
    if declared is None:
        return Field("", "any")
    return Field(declared.name, declared.type, item="text" if declared.type == "list" else "")


def add_parts(
    rows: Rows, rid: int, slot: Slot, parts: Mapping[str, Field], value: Any, settings: Settings, resolve: Resolve
) -> None:
    """The rows of the items of a list, and of what stands under the keys of a map."""
    if slot.many:
        for pos, item in enumerate(value):
            _add_item(rows, rid, slot.name, slot.item, pos, item, settings, resolve)
    elif slot.type == "maps":
        for pos, entry in enumerate(value):
            for name, part in parts.items():
                if (inner := entry.get(name)) is not None:
                    _add_any(rows, rid, f"{slot.name}.{name}", part, pos, inner, settings, resolve)
    elif slot.type in ("custom", "facts", "consent"):
        for name, inner in readable(value).items():
            _add_any(rows, rid, f"{slot.name}.{name}", parts[name], 0, inner, settings, resolve)


def _add_any(
    rows: Rows, rid: int, path: str, of: Field, pos: int, value: Any, settings: Settings, resolve: Resolve
) -> None:
    if of.type in ("any", "list"):
        for at, text in enumerate(_texts(value)):
            # The places of several maps must not meet: each has room for the texts of one.
            rows["item"].append((rid, path, pos * 100_000 + at, NULL, text, fold(text)))
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
    label, value = split_label(item)
    if isinstance(value, Address):
        parts = {name: part for name in Address.__slots__ if (part := getattr(value, name)) is not None}
        rows["item"].append((rid, path, pos, label, "", item_key(type, value, settings, parts)))
        for name, part in parts.items():
            rows["item"].append((rid, f"{path}.{name}", pos, label, part, fold(part)))
        return
    if type == "link":
        survivor = add_link(rows, rid, path, pos, value, resolve)
        rows["item"].append((rid, path, pos, label, survivor, survivor))
        return
    if isinstance(value, Money):
        text, amount, label = money_cells(value)
        rows["item"].append((rid, path, pos, label, text, amount))
        return
    rows["item"].append((rid, path, pos, label, _shown(value), item_key(type, value, settings)))


def split_label(item: Any) -> tuple[str | float, Any]:
    """An item's label and value, as cells."""
    if not isinstance(item, Item):
        return NULL, item
    return NULL if item.label is None else item.label, item.value


def _shown(value: Any) -> str:
    show: dict[type, Callable[[Any], str]] = {Decimal: lambda v: format(v, "f"), bool: lambda v: str(v).lower()}
    return show.get(type(value), lambda v: str(getattr(v, "text", v)))(value)


def add_link(rows: Rows, rid: int, path: str, pos: int, raw: str, resolve: Resolve) -> str:
    """The row of a link; what it leads to, where that was merged into another record."""
    folder, _, stem = raw.rpartition("/")
    survivor = resolve(stem)
    # A survivor stands where it stands, whatever folder its tombstone was named with.
    rows["link"].append((rid, path, pos, survivor, folder if survivor == stem else "", stem))
    return survivor
