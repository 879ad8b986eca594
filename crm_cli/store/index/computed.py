"""The columns and the JSON of computed values."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from crm_cli.base.dates import parse_stamp
from crm_cli.base.money import Money, order_key
from crm_cli.base.text import fold
from crm_cli.schema.field import Rollup
from crm_cli.schema.keys import key
from crm_cli.schema.settings import Settings
from crm_cli.store.index.cells import NULL, Row, money_cells
from crm_cli.store.index.jsontext import json_text, quote
from crm_cli.store.index.layout import KindTable, Slot

Written = tuple[str, Row]
"""The value as JSON, and its columns."""


def blank(rollup: Rollup) -> Any:
    """The value for a record that nothing links to."""
    return {"count": 0, "total": []}.get(rollup.fold)


class Form:
    """How the computed values of a kind are written: everything that does not depend on the record, done once."""

    def __init__(self, table: KindTable, settings: Settings) -> None:
        shown = {one.name for one in table.kind.shown}
        self._slots = [
            (slot.name, slot.name in shown, ("null", (NULL,) * len(slot.columns)), _writer(slot, settings))
            for slot in table.computed
        ]

    def row(self, values: Mapping[str, Any]) -> list[Any]:
        """The columns of these values, and last the piece of the record's JSON between its fields and `extra`."""
        row, texts = list[Any](), list[str]()
        for name, shown, absent, write in self._slots:
            value = values[name]
            text, columns = absent if value is None else write(value)
            row += columns
            if shown:
                texts.append(f'"{name}": {text}')
        row.append(f", {', '.join(texts)}" if texts else "")
        return row


def _writer(slot: Slot, settings: Settings) -> Callable[[Any], Written]:
    """What writes the values of that slot, from their JSON form."""
    if slot.type in ("date", "moment"):
        return lambda value: (f'"{value}"', (value, key(slot.type, parse_stamp(value, moments=True), settings)))
    if slot.type == "integer":
        return lambda value: (str(value), (value,))
    if slot.type in _WRITERS:
        return _WRITERS[slot.type]
    if slot.keyed:
        return lambda value: (quote(value), (value, fold(value)))
    return lambda value: (json_text(value), (value,))


def _totals(value: Any) -> Written:
    if not value:  # most people have bought nothing yet
        return "[]", ("[]", "{}")
    text = json_text(value)
    return text, (text, json_text({part["currency"]: order_key(Decimal(part["amount"])) for part in value}))


_WRITERS: Mapping[str, Callable[[Any], Written]] = {
    "totals": _totals,
    "money": lambda value: (json_text(value), money_cells(Money(value["amount"], value["currency"]))),
    "number": lambda value: (json_text(value), (format(value, "f"), order_key(value))),
    "bool": lambda value: ("true" if value else "false", (int(value),)),
}
