"""Where in the tables a path of a query leads, as SQL, and how what is found there becomes JSON form."""

from collections.abc import Callable
from dataclasses import field as attribute
from typing import Any

from crm_cli.base.lean import dataclass
from crm_cli.base.text import fold
from crm_cli.schema.condition import Path
from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.record import ADDRESS_PARTS
from crm_cli.schema.settings import Settings
from crm_cli.store.index.decode import DECODE, PARTED, Decode, decode_first, decode_json, part, tail
from crm_cli.store.index.layout import KindTable, Layout, Slot, quoted


@dataclass(frozen=True, slots=True)
class Link:
    """A step to other records: by a field of this one, or back from the fields of another kind."""

    kinds: tuple[KindTable, ...]
    fields: tuple[str, ...]
    many: bool
    back: bool = False
    column: str = ""


@dataclass(slots=True)
class Scope:
    """One statement in the making: the tables and settings it may use, its parameters, how many aliases it has.

    `grams` says whether it may ask the table of the parts of words, which whoever answers makes at the first question.
    """

    layout: Layout
    settings: Settings
    grams: Callable[[], bool] = lambda: False
    parameters: dict[str, Any] = attribute(default_factory=dict)
    aliases: int = 0

    def alias(self) -> str:
        """A name for one more table in the statement."""
        self.aliases += 1
        return f"t{self.aliases}"

    def bind(self, value: Any) -> str:
        """A value as a parameter; lone surrogates, which no text of a record has, become a sign like no other."""
        if isinstance(value, str) and not value.isascii():
            value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def slot(self, table: KindTable, name: str) -> tuple[Slot, bool] | None:
        """The slot of a field by its name or singular, and whether the singular was meant."""
        if field := table.kind.by_name.get(name):
            return table.slots[field.name], field.many and name != field.name
        if name in table.slots:
            return table.slots[name], False
        return None

    def link(self, table: KindTable, path: Path) -> tuple[Link, Path] | None:
        """The step that a path begins with, and the rest of the path; None where it does not leave the record."""
        found = table.kind.by_name.get(path[0])
        if found and found.links:
            direct = quoted(found.name) if found.type == "link" and len(self._to(found.to)) == 1 else ""
            many = found.many and path[0] == found.name
            return Link(self._to(found.to), (found.name,), many, column=direct), path[1:]
        if found and len(path) > 1:
            return self._inner(table.kind, found, path)
        other = self.layout.kinds.by_name.get(path[0])
        if found or other is None or path[0] in table.slots:
            return None
        source = self.layout.tables[other.name]
        return Link((source,), self.leading(other, table.kind), True, back=True), path[1:]

    def _inner(self, kind: Kind, field: Field, path: Path) -> tuple[Link, Path] | None:
        """A link in a map: `custom.agent`, `affiliations.organization`."""
        if field.type == "custom":
            custom = self.settings.custom(kind.name).get(path[1])
            to: tuple[str, ...] | None = (custom.to,) if custom and custom.type == "link" else None
        else:
            to = next((part.to for part in field.parts if part.name == path[1] and part.links), None)
        if to is None:
            return None
        many = field.many and path[0] == field.name
        return Link(self._to(tuple(filter(None, to))), (f"{field.name}.{path[1]}",), many), path[2:]

    def _to(self, names: tuple[str, ...]) -> tuple[KindTable, ...]:
        return tuple(t for name, t in self.layout.tables.items() if not names or name in names)

    def leading(self, source: Kind, target: Kind) -> tuple[str, ...]:
        """The fields by which records of one kind may lead to the other, tombstones' own aside."""
        own = [f.name for f in source.fields if f.links and f.name != "merged_into" and _leads(f.to, target)]
        custom = self.settings.custom(source.name).values()
        return (*own, *(f"custom.{c.name}" for c in custom if c.type == "link" and c.to in ("", target.name)))


def _leads(to: tuple[str, ...], target: Kind) -> bool:
    return not to or target.name in to


def own_column(scope: Scope, table: KindTable, alias: str, path: Path) -> tuple[str, Decode | None]:
    """The SQL of a value of the record itself, and what makes JSON form of it; `null` where it has no such field."""
    name = path[0]
    if len(path) == 1 and name in ("id", "path"):
        return f"{alias}.{name}", None
    if len(path) == 1 and name in ("slug", "random"):
        return f'{alias}."id:{name}"', None
    if path == ("record",):
        return f"'{table.kind.name}'", None
    if path in (("extra",), ("problem",), ("problems",)):
        return f"(select d.tail from doc d where d.rid = {alias}.rid)", tail(name)
    found = scope.slot(table, name)
    if found is None:
        return "null", None
    slot, first = found
    column = f"{alias}.{quoted(slot.name)}"
    if slot.type == "money" and path[1:] in (("amount",), ("currency",)):
        return (
            (f"{alias}.{quoted(slot.name + ':c')}", None)
            if path[1] == "currency"
            else (f"substr({column}, 1, instr({column}, ' ') - 1)", None)
        )
    if len(path) > 1:
        return (column, part(slot, first, path[1:])) if slot.type in PARTED else ("null", None)
    if first and slot.type != "maps":
        shown = f"{alias}.{quoted(slot.name + ':1')}"
        return shown, decode_json if slot.item == "address" else None
    return column, decode_first if first else DECODE.get(slot.type)


def own_order(scope: Scope, table: KindTable, alias: str, path: Path) -> str:
    """The SQL of what a record is sorted by."""
    found = scope.slot(table, path[0])
    if found is None:
        return own_column(scope, table, alias, path)[0]
    slot, _ = found
    key = key_column(slot, alias)
    if slot.type == "money" and path[1:] != ("currency",):
        return f"case {alias}.{quoted(slot.name + ':c')} when {scope.bind(scope.settings.currency)} then {key} end"
    if slot.type == "totals":
        return f"json_extract({key}, {scope.bind(f'$.{scope.settings.currency}')})"
    if len(path) > 1 and slot.type in PARTED:
        custom = scope.settings.custom(table.kind.name).get(path[1]) if slot.type == "custom" else None
        first = f"(select key from item where rid = {alias}.rid and {items(scope, slot, path)} order by pos limit 1)"
        return _declared(scope, first, tuple(fold(choice) for choice in custom.choices) if custom else ())
    if len(path) > 1:
        return own_column(scope, table, alias, path)[0]
    if slot.type == "choice":
        return _declared(scope, f"{alias}.{quoted(slot.name)}", scope.settings.choices(slot.choices))
    return key


def key_column(slot: Slot, alias: str) -> str:
    """The column that a field is compared by."""
    return f"{alias}.{quoted(slot.name + ':k' if slot.keyed else slot.name)}"


def items(scope: Scope, slot: Slot, path: Path) -> str:
    """Which rows of `item` hold what a path leads to."""
    if slot.type != "labelled":
        return f"path = {scope.bind('.'.join((slot.name, *path[1:])))}"
    inside = path[-1] if slot.item == "address" and path[-1] in ADDRESS_PARTS else ""
    where = f"path = {scope.bind(f'{slot.name}.{inside}' if inside else slot.name)}"
    labelled = len(path) > 2 or (len(path) > 1 and not inside)
    return f"{where} and label = {scope.bind(path[1])}" if labelled else where


def _declared(scope: Scope, value: str, choices: tuple[str, ...]) -> str:
    """The place of a value among its choices."""
    if not choices:
        return value
    places = " ".join(f"when {scope.bind(choice)} then {place}" for place, choice in enumerate(choices))
    return f"case {value} {places} else {value} end"
