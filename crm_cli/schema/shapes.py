"""The shapes of fields: one value, lists, labelled items, maps; read from nodes, written as plain trees.

`read` gives the value or raises `BadValue`; `write` and `json_form` take what `read` gave.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from crm_cli.base.errors import BadValue
from crm_cli.base.lean import dataclass
from crm_cli.schema.field import SCALARS, Field
from crm_cli.schema.node import Map, Node, Plain, Scalar, Seq, plain
from crm_cli.schema.record import ADDRESS_PARTS, CHANNELS, Address, Item
from crm_cli.schema.settings import CustomField, Settings
from crm_cli.schema.values import DUMP, JSON, PARSE


@dataclass(frozen=True, slots=True)
class Unread:
    """What stands under a key of a map and does not fit: nothing to whoever asks, kept in the file as it is."""

    plain: Plain


Report = Callable[[str, BadValue, Node], None]
"""Takes the dotted name of a bad value, what is wrong with it, and where it stands."""


def read(node: Node, field: Field, settings: Settings, kind: str = "", report: Report | None = None) -> Any:
    """The typed value of a field; None, or an empty list or map, where nothing stands.

    A bad value under a key of a map costs that key alone, where somebody takes the `report` of it.
    """
    if type(node) is Scalar:  # nearly every value of a file comes this way
        if node.absent:
            return () if field.many else {} if field.mapping else None
        if field.type in SCALARS:
            return PARSE[field.type](node.text, field, settings)
    if field.type in ("list", "links"):
        item = field.item_field
        return tuple(dict.fromkeys(_scalar(part, item, settings) for part in _items(node, field)))
    if field.type == "labelled":
        return tuple(_item(part, field, settings) for part in _items(node, field))
    if field.type == "maps":
        return tuple(_entry(part, field, settings) for part in _items(node, field))
    if field.mapping:
        return _mapping(node, field, settings, kind, report)
    if field.type == "any":
        return plain(node)
    return _scalar(node, field, settings)


def _scalar(node: Node, field: Field, settings: Settings) -> Any:
    if not isinstance(node, Scalar):
        what = "a map" if isinstance(node, Map) else "a list"
        raise BadValue("shape", f"{field.name} is {what} where one value belongs", hint="quote it if it is text")
    return PARSE[field.type](node.text, field, settings)


def _items(node: Node, field: Field) -> list[Node]:
    if isinstance(node, Map):
        if field.item == "address" or field.type == "maps":
            return [node]
        raise BadValue("shape", f"{field.name} is a map where a list belongs", hint="begin each item with '- '")
    nodes = node.items if isinstance(node, Seq) else [node]
    return [item for item in nodes if not (isinstance(item, Scalar) and item.absent)]


def _item(node: Node, field: Field, settings: Settings) -> Item[Any]:
    label, value = None, node
    if isinstance(node, Map) and len(node.entries) == 1:
        key, inner = next(iter(node.entries.items()))
        if field.item != "address" or key not in ADDRESS_PARTS:
            label, value = key, inner
    if field.item == "address":
        return Item(label, _address(value, field))
    return Item(label, _scalar(value, field.item_field, settings))


def _address(node: Node, field: Field) -> Address:
    if isinstance(node, Scalar):
        return Address(street=node.text)
    if not isinstance(node, Map):
        raise BadValue("shape", f"{field.one} is a list where its parts belong")
    unknown = [key for key in node.entries if key not in ADDRESS_PARTS]
    if unknown:
        parts = ", ".join(ADDRESS_PARTS)
        raise BadValue("shape", f"{field.one} has the part {unknown[0]}, which is none of {parts}")
    return Address(**{key: _optional(part, field) for key, part in node.entries.items()})


def _optional(node: Node, field: Field) -> str | None:
    if isinstance(node, Scalar):
        return None if node.absent else node.text
    raise BadValue("shape", f"a part of {field.one} is no text")


def _entry(node: Node, field: Field, settings: Settings) -> dict[str, Any]:
    known = {part.name: part for part in field.parts}
    if isinstance(node, Scalar) and field.name in ("affiliations", "interests"):
        node = Map({field.parts[0].name: node})
    if not isinstance(node, Map):
        raise BadValue("shape", f"{field.name} has an item that is no map")
    entry: dict[str, Any] = dict.fromkeys(known)
    for key, value in node.entries.items():
        entry[key] = read(value, known[key], settings) if key in known else plain(value)
    return entry


@lru_cache(maxsize=256)
def custom_field(declared: CustomField) -> Field:
    """A custom field of the book, as a field."""
    to = (declared.to,) if declared.to else ()
    return Field(f"custom.{declared.name}", declared.type, to=to, choices=declared.choices, singular=declared.name)


def _mapping(node: Node, field: Field, settings: Settings, kind: str, report: Report | None) -> dict[str, Any]:
    if not isinstance(node, Map):
        raise BadValue("shape", f"{field.name} is no map", hint=f"write it as `{field.name}:` with `key: value` below")
    found: dict[str, Any] = {}
    declared = settings.custom(kind) if field.type == "custom" else {}
    for key, value in node.entries.items():
        if isinstance(value, Scalar) and value.absent:
            continue
        try:
            found[key] = _under(value, field, key, declared, settings)
        except BadValue as bad:
            if report is None:
                raise
            report(f"{field.name}.{key}", bad, value)
            found[key] = Unread(plain(value) or "")
    return found


@lru_cache(maxsize=256)  # most maps have the same few keys
def _key_field(name: str, key: str, type: str) -> Field:
    return Field(f"{name}.{key}", type)


def _under(node: Node, field: Field, key: str, declared: Mapping[str, CustomField], settings: Settings) -> Any:
    """What stands under one key of a map."""
    if field.type == "consent":
        return _scalar(node, _key_field("consent", key, "consent"), settings)
    if key in declared:
        return read(node, custom_field(declared[key]), settings)
    return plain(node) if field.type == "custom" else _scalar(node, _key_field(field.name, key, "text"), settings)


def write(value: Any, field: Field, settings: Settings, kind: str = "") -> Plain | None:
    """What is written for a value; None where the field goes away."""
    if value is None or value == () or value == {}:
        return None
    if isinstance(value, Unread):
        return value.plain
    if field.type in ("list", "links"):
        return [DUMP[field.item_field.type](part) for part in value]
    if field.type == "labelled":
        return [_write_item(item, field) for item in value]
    if field.type == "maps":
        return [_write_entry(entry, field, settings) for entry in value]
    if field.mapping:
        return _write_mapping(value, field, settings, kind)
    if field.type == "any":
        plain: Plain = value
        return plain
    return DUMP[field.type](value)


def _write_item(item: Item[Any], field: Field) -> Plain:
    if field.item == "address":
        parts: dict[str, Plain] = {key: part for key in ADDRESS_PARTS if (part := getattr(item.value, key)) is not None}
        value: Plain = parts
    else:
        value = DUMP[field.item](item.value)
    return {item.label: value} if item.label is not None else value


def _write_entry(entry: Mapping[str, Any], field: Field, settings: Settings) -> Plain:
    known = {part.name: part for part in field.parts}
    out: dict[str, Plain] = {}
    for key, value in entry.items():
        text = write(value, known[key], settings) if key in known else value
        if text is not None:
            out[key] = text
    return out


def _write_mapping(value: Mapping[str, Any], field: Field, settings: Settings, kind: str) -> Plain:
    declared = settings.custom(kind) if field.type == "custom" else {}
    out: dict[str, Plain] = {}
    for key, part in value.items():
        if part is None:
            continue
        if isinstance(part, Unread):
            out[key] = part.plain
        elif field.type == "consent":
            out[key] = DUMP["consent"](part)
        else:
            text = write(part, custom_field(declared[key]), settings) if key in declared else part
            if text is not None:
                out[key] = text
    return out


def readable(values: Mapping[str, Any]) -> dict[str, Any]:
    """A map of a record without the keys whose values do not fit."""
    return {key: value for key, value in values.items() if not isinstance(value, Unread)}


def json_form(value: Any, field: Field, settings: Settings, kind: str = "") -> Any:
    """The JSON form: every key of a map of the kind is there, what is absent is null, [] or {}."""
    if field.type == "consent":
        known = dict.fromkeys(CHANNELS) | readable(value or {})
        return {key: None if part is None else JSON["consent"](part) for key, part in known.items()}
    if value is None:
        return None
    if field.mapping:
        value = readable(value)
    if field.type in ("list", "links"):
        convert = JSON[field.item_field.type]
        return [convert(part) for part in value]
    if field.type == "labelled":
        return [{"label": item.label, "value": _json_item(item.value, field)} for item in value]
    if field.type == "maps":
        return [_json_entry(entry, field, settings) for entry in value]
    if field.type == "custom":
        declared = settings.custom(kind)
        return {
            key: json_form(part, custom_field(declared[key]), settings) if key in declared else part
            for key, part in value.items()
        }
    if field.type in ("facts", "any"):
        return dict(value) if isinstance(value, Mapping) else value
    return JSON[field.type](value)


def _json_item(value: Any, field: Field) -> Any:
    if field.item == "address":
        return {part: getattr(value, part) for part in ADDRESS_PARTS}
    return JSON[field.item](value)


def _json_entry(entry: Mapping[str, Any], field: Field, settings: Settings) -> dict[str, Any]:
    known = {part.name: part for part in field.parts}
    return {key: json_form(part, known[key], settings) if key in known else part for key, part in entry.items()}
