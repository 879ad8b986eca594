"""Where the cells of a column go in a record: a field, an item with a label, a part of an address, a key of a map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.schema.field import Field
from crm_cli.schema.keys import item_key
from crm_cli.schema.kind import Kind
from crm_cli.schema.record import ADDRESS_PARTS, Address, Item
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import json_form
from crm_cli.services.assign import find_field, mapping_field
from crm_cli.services.entry import Entry, check_label

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One place in the records of a kind. `inner` is what one value there is; `one` says that it is the whole field."""

    field: Field
    inner: Field
    label: str | None = None
    part: str = ""
    key: str = ""
    one: bool = False

    @property
    def many(self) -> bool:
        """Whether several values have room in it."""
        return self.inner.many if self.key else self.field.many and self.label is None and not self.part

    def holds(self, value: Any) -> bool:
        """Whether anything stands there, `value` being that of the field, typed or in JSON form."""
        if self.key:
            return (value or {}).get(self.key) not in (None, (), [])
        if self.part:
            return any(_get(_value(item), self.part) for item in value or () if self._labelled(item))
        if self.label is not None:
            return any(_label(item) == self.label for item in value or ())
        return value not in (None, (), [], {}, "")

    def _labelled(self, item: Any) -> bool:
        return self.label is None or _label(item) == self.label

    def same(self, now: Any, new: Sequence[Any], settings: Settings) -> bool:
        """Whether the field, in JSON form, says `new` already; a False may be wrong, a True never is."""
        form = [json_form(_value(one), _scalar(self.inner), settings) for one in new]
        if self.key:
            old = (now or {}).get(self.key)
            return bool(old == (form if self.inner.many else form[-1]))
        if self.part:
            return any(self._labelled(item) and item["value"][self.part] == form[-1] for item in now or ())
        if self.label is not None:
            return any(item["label"] == self.label and item["value"] == form[-1] for item in now or ())
        if self.field.many:
            old = [_value(item) for item in now or ()]
            return all(one in old for one in form)
        return bool(now == form[-1])

    def put(self, values: Values, new: Sequence[Any], settings: Settings) -> None:
        """Sets the values; lists get what they lack, and lose nothing."""
        name = self.field.name
        if self.one:
            values[name] = new[-1]
        elif self.key:
            held = dict(values.get(name) or {})
            old = tuple(held.get(self.key) or ()) if self.inner.many else ()
            held[self.key] = (*old, *(one for one in new if one not in old)) if self.inner.many else new[-1]
            values[name] = held
        elif self.part:
            values[name] = self._with_part(tuple(values.get(name) or ()), new[-1])
        elif self.label is not None:
            values[name] = self._with_label(tuple(values.get(name) or ()), new[-1], settings)
        else:
            values[name] = self._with_items(tuple(values.get(name) or ()), new, settings)

    def _with_items(self, old: tuple[Any, ...], new: Sequence[Any], settings: Settings) -> tuple[Any, ...]:
        known = {item_key(self.field, item, settings) for item in old}
        if self.field.type == "labelled":
            new = [item if isinstance(item, Item) else Item(None, item) for item in new]
        fresh = {key: item for item in new if (key := item_key(self.field, item, settings)) not in known}
        return (*old, *fresh.values())

    def _with_label(self, old: tuple[Any, ...], new: Any, settings: Settings) -> tuple[Any, ...]:
        made = Item(self.label, _value(new))
        key = item_key(self.field, made, settings)
        place = next((i for i, item in enumerate(old) if item.label == self.label), None)
        if place is not None:
            same = item_key(self.field, old[place], settings) == key
            return old if same else (*old[:place], made, *old[place + 1 :])
        bare = any(item.label is None and item_key(self.field, item, settings) == key for item in old)
        return old if bare else (*old, made)

    def _with_part(self, old: tuple[Any, ...], text: str) -> tuple[Any, ...]:
        place = next((i for i, item in enumerate(old) if self._labelled(item)), None)
        if place is None:
            return (*old, Item(self.label, Address(**{self.part: text})))
        changed = Item(old[place].label, replace(old[place].value, **{self.part: text}))
        return (*old[:place], changed, *old[place + 1 :])


def _scalar(inner: Field) -> Field:
    """A field for one value of a list, or of a field as it is."""
    if inner.type in ("list", "links"):
        return Field(inner.name, "link" if inner.type == "links" else inner.item or "text")
    return inner


def _value(item: Any) -> Any:
    if isinstance(item, Item):
        return item.value
    return item["value"] if isinstance(item, Mapping) and "value" in item else item


def _label(item: Any) -> Any:
    return item.label if isinstance(item, Item) else item["label"]


def _get(address: Any, part: str) -> Any:
    return getattr(address, part) if isinstance(address, Address) else address[part]


def target(path: str, kind: Kind, entry: Entry) -> Target:
    """The place that a path names, as fields are written in queries; `Invalid` for one that cannot be filled."""
    name, *rest = path.split(".")
    try:
        field = find_field(name, kind)
        if field.mapping and len(rest) == 1 and rest[0]:
            inner = mapping_field(field, rest[0], kind, entry)
            return Target(field, inner, key=rest[0])
    except BadRequest as bad:
        raise Invalid(bad.message, hint=bad.hint) from None
    if field.type == "labelled" and len(rest) <= 1 + (field.item == "address"):
        return _labelled(field, rest, path)
    if rest or field.mapping or field.type == "maps":
        raise Invalid(f"{path} is no place for a cell", hint=_hint(field))
    if field.many:
        inner = Field(field.one, "link" if field.type == "links" else field.item or "text", to=field.to)
        return Target(field, inner)
    return Target(field, field, one=True)


def _labelled(field: Field, rest: Sequence[str], path: str) -> Target:
    if field.item != "address":
        inner = Field(field.one, field.item, to=field.to)
        return Target(field, inner, label=rest[0] if rest else None)
    part = rest[-1] if rest and rest[-1] in ADDRESS_PARTS else ""
    labels = rest[:-1] if part else rest
    if len(labels) > 1:
        raise Invalid(f"{path} is no part of an address", hint=f"one of {', '.join(ADDRESS_PARTS)}")
    check_label(labels[0] if labels else None, field)
    return Target(field, Field(f"{field.one}.{part or 'street'}"), labels[0] if labels else None, part or "street")


def _hint(field: Field) -> str:
    if field.mapping:
        return f"{field.name}.NAME"
    return "" if field.type == "maps" else field.name
