"""From what stands in a column to the JSON form of the value."""

from collections.abc import Callable
from typing import Any

from crm_cli.schema.condition import Path
from crm_cli.schema.record import ADDRESS_PARTS, CHANNELS
from crm_cli.store.index.layout import Slot

Decode = Callable[[Any], Any]


def decode_json(value: Any) -> Any:
    """The value of a JSON text; None for none."""
    from crm_cli.store.index.jsontext import from_json  # 3 ms, and most listings have no list in them

    return None if value is None else from_json(value)


def decode_first(value: Any) -> Any:
    """The first item of a JSON text of a list; None for none."""
    return None if value is None else decode_json(value)[0]


def _list(value: Any) -> Any:
    return [] if value is None else decode_json(value)


def _map(value: Any) -> Any:
    return {} if value is None else decode_json(value)


def _money(value: str | None) -> Any:
    if value is None:
        return None
    digits, _, currency = value.partition(" ")
    return {"amount": digits, "currency": currency}


def _consent(value: Any) -> Any:
    return dict.fromkeys(CHANNELS) if value is None else decode_json(value)


def _number(value: str | None) -> Any:
    from decimal import Decimal

    return None if value is None else Decimal(value)


DECODE: dict[str, Decode] = {
    **dict.fromkeys(["list", "links", "labelled", "maps", "totals"], _list),
    **dict.fromkeys(["custom", "facts"], _map),
    "consent": _consent,
    "any": decode_json,
    "money": _money,
    "number": _number,
    "bool": lambda value: None if value is None else bool(value),
}
"""From a column to JSON form, where they differ."""

PARTED = frozenset(["custom", "facts", "consent", "labelled", "maps"])
"""Types that a path may go into."""


def tail(name: str) -> Decode:
    """What takes `extra` or `problems` out of the end of a record's JSON; `problem` is the first of them."""

    def take(value: str) -> Any:
        found = decode_json(f"{{{value.removeprefix(',')}")
        return next(iter(found["problems"]), None) if name == "problem" else found[name]

    return take


def part(slot: Slot, first: bool, rest: Path) -> Decode:
    """What takes one part out of a map or a list: `custom.x`, `phones.mobile`, `addresses.office.city`."""

    def take(value: Any) -> Any:
        found = decode_json(value)
        if slot.type == "labelled":
            return _of_items(found or [], slot, first, rest)
        if slot.type == "maps":
            parts = [entry.get(rest[0]) for entry in found or [] if entry.get(rest[0]) is not None]
            return (parts[0] if parts else None) if first else parts
        for key in rest:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    return take


def _of_items(items: list[Any], slot: Slot, first: bool, rest: Path) -> Any:
    part = rest[-1] if slot.item == "address" and rest[-1] in ADDRESS_PARTS else ""
    if len(rest) > 1 or not part:
        chosen = [item["value"] for item in items if item["label"] == rest[0]][:1]
        first = True
    else:
        chosen = [item["value"] for item in items]
    values = [value[part] if part else value for value in chosen]
    if first:
        return values[0] if values else None
    return [value for value in values if value is not None]
