"""The columns and the JSON of computed values."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crm_cli.base.dates import parse_stamp
from crm_cli.base.money import Money, order_key
from crm_cli.base.text import fold
from crm_cli.schema.field import Rollup
from crm_cli.schema.keys import key
from crm_cli.schema.kind import Kind
from crm_cli.schema.settings import Settings
from crm_cli.store.index.cells import money_cells
from crm_cli.store.index.jsontext import json_text
from crm_cli.store.index.layout import Slot


def blank(rollup: Rollup) -> Any:
    """The value for a record that nothing links to."""
    return {"count": 0, "total": []}.get(rollup.fold)


def cells(slot: Slot, value: Any, settings: Settings) -> tuple[Any, ...]:
    """The columns of a computed value, from its JSON form."""
    if value is None:
        return (None,) * len(slot.columns)
    if slot.type == "totals":
        keys = {part["currency"]: order_key(Decimal(part["amount"])) for part in value}
        return (json_text(value), json_text(keys))
    if slot.type == "money":
        return money_cells(Money(value["amount"], value["currency"]))
    if slot.type in ("date", "moment"):
        return (value, key(slot.type, parse_stamp(value, moments=True), settings))
    if slot.type == "number":
        return (format(value, "f"), order_key(value))
    if slot.keyed:
        return (value, fold(value))
    return (int(value) if slot.type == "bool" else value,)


def json_part(kind: Kind, values: Mapping[str, Any]) -> str:
    """The piece of the record's JSON that stands between its fields and `extra`."""
    shown = {one.name: values[one.name] for one in kind.shown}
    return f", {json_text(shown)[1:-1]}" if shown else ""
