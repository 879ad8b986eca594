"""Values in JSON form, put onto the values of a record: replaced, merged by key, added, removed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from crm_cli.base.errors import BadRequest, BadValue, Invalid
from crm_cli.base.text import nearest, with_article
from crm_cli.schema.field import Field
from crm_cli.schema.keys import item_key
from crm_cli.schema.kind import Kind
from crm_cli.schema.node import Bare
from crm_cli.schema.record import ADDRESS_PARTS, Consent, Item
from crm_cli.schema.values import PARSE
from crm_cli.services.assign import Assignment, assign, find_field, mapping_field
from crm_cli.services.entry import Entry, from_json, item, plain_tree, text_of

Values = dict[str, Any]
_ITEM: Final = {"label", "value"}


def put(values: Mapping[str, Any], name: str, raw: Any, kind: Kind, entry: Entry) -> Values:
    """The values with one field set: null clears, a list replaces, a map merges by key. Dots reach into a field."""
    if name == "extra":
        return {**values, "extra": _extra(dict(values.get("extra") or {}), raw, kind)}
    if "." in name:
        return _dotted(values, name, raw, kind, entry)
    field = find_field(name, kind)
    old = values.get(field.name)
    if field.mapping:
        return {**values, field.name: _merged(dict(old or {}), field, raw, kind, entry)}
    if field.type == "labelled" and _by_label(raw, field):
        return {**values, field.name: _labelled(tuple(old or ()), field, raw, entry)}
    if field.name == name and field.type in ("list", "links") and isinstance(raw, str):
        return assign(values, Assignment((name,), "=", raw), kind, entry)
    if field.name == name or not field.many or isinstance(raw, list):
        new = from_json(raw, field, entry)
        return {**values, field.name: tuple(dict.fromkeys(new)) if field.type in ("list", "links") else new}
    return {**values, field.name: _first(tuple(old or ()), field, raw, entry)}


def _by_label(raw: Any, field: Field) -> bool:
    """Whether a map gives values by their labels, rather than being one item."""
    if not isinstance(raw, Mapping) or raw.keys() <= _ITEM:
        return False
    return field.item != "address" or not all(key in ADDRESS_PARTS for key in raw)


def _labelled(old: tuple[Item[Any], ...], field: Field, raw: Mapping[str, Any], entry: Entry) -> tuple[Item[Any], ...]:
    for label, value in raw.items():
        place = next((i for i, part in enumerate(old) if part.label == label), len(old))
        made = () if value in (None, "") else from_json([{"label": label, "value": value}], field, entry)
        old = (*old[:place], *made, *old[place + 1 :])
    return old


def _first(old: tuple[Any, ...], field: Field, raw: Any, entry: Entry) -> tuple[Any, ...]:
    """The singular of a list is its first item, which keeps its label."""
    new = from_json([raw], field, entry)[0] if raw not in (None, "") else None
    if new is None:
        return old[1:]
    if field.type == "labelled" and old and new.label is None:
        new = Item(old[0].label, new.value)
    return (new, *(part for part in old[1:] if part != new))


def _dotted(values: Mapping[str, Any], name: str, raw: Any, kind: Kind, entry: Entry) -> Values:
    head, _, rest = name.partition(".")
    field = find_field(head, kind)
    if field.mapping:
        return put(values, field.name, {rest: raw}, kind, entry)
    text = "" if raw is None else text_of(raw, name)
    return assign(values, Assignment(tuple(name.split(".")), "=", text), kind, entry)


def _merged(old: Values, field: Field, raw: Any, kind: Kind, entry: Entry) -> Values:
    if raw is None or raw == []:
        return {}
    for key, value in _by_name(field, raw).items():
        new = key_value(field, key, value, kind, entry)
        old.pop(key, None) if new in (None, (), "") else old.__setitem__(key, new)
    return old


def key_value(field: Field, key: str, raw: Any, kind: Kind, entry: Entry) -> Any:
    """The typed value under a key of a map; None where the key goes."""
    if not key:
        raise BadRequest(f"{field.name} has a key without a name")
    inner = mapping_field(field, key, kind, entry)
    if raw is None:
        return None
    if inner.type == "consent":
        return _consent(raw, inner, entry)
    if field.type == "custom" and key not in entry.context.settings.custom(kind.name):
        return plain_tree(raw)
    return from_json(raw, inner, entry)


def _consent(raw: Any, inner: Field, entry: Entry) -> Any:
    if not isinstance(raw, Mapping):
        return from_json(raw, inner, entry)
    said, day = raw.get("value"), raw.get("date")
    if said is None:
        return None
    text = f"{'yes' if said is True else 'no' if said is False else said}{f' {day}' if day else ''}"
    try:
        found = PARSE["consent"](text, inner, entry.context.settings)
    except BadValue as bad:
        raise Invalid(bad.message, hint=bad.hint) from None
    assert isinstance(found, Consent)
    return found


def _extra(old: Values, raw: Any, kind: Kind) -> Values:
    if not isinstance(raw, Mapping):
        raise Invalid(f"extra is a map by name, not {str(raw)[:80]}")
    for key, value in raw.items():
        if key in kind.stored_by_name:
            raise Invalid(
                f"extra cannot hold {key}, which is a field of {with_article(kind.name)}",
                hint=f'{{"set": {{"{key}": …}}}}',
            )
        if value is None:
            old.pop(key, None)
        elif old.get(key) != value:
            made = plain_tree(value)
            old[key] = Bare(made) if isinstance(value, bool | int | Decimal) and isinstance(made, str) else made
    return old


def add(values: Mapping[str, Any], name: str, raw: Any, kind: Kind, entry: Entry) -> Values:
    """The values with items added to a list, or keys to a map; what is there already is not added again."""
    field = find_field(name, kind)
    if field.mapping:
        return {**values, field.name: _added(dict(values.get(field.name) or {}), field, raw, kind, entry)}
    if not field.many:
        raise BadRequest(f"{name} holds one value", hint=f'{{"set": {{"{field.name}": …}}}}')
    new = from_json(raw if isinstance(raw, list) else [raw], field, entry)
    return {**values, field.name: _longer(tuple(values.get(field.name) or ()), new, field, entry)}


def _longer(old: tuple[Any, ...], new: Sequence[Any], field: Field, entry: Entry) -> tuple[Any, ...]:
    """A list with the items that it lacks."""
    settings = entry.context.settings
    known = {item_key(field, part, settings) for part in old}
    fresh = {key: part for part in new if (key := item_key(field, part, settings)) not in known}
    return (*old, *fresh.values())


def _added(old: Values, field: Field, raw: Any, kind: Kind, entry: Entry) -> Values:
    """A map with what its keys lack: lists grow, and a key that has its one value keeps it."""
    for key, value in _by_name(field, raw).items():
        new = key_value(field, key, value, kind, entry)
        held, inner = old.get(key), mapping_field(field, key, kind, entry)
        if new in (None, (), "") or new == held:
            continue
        if inner.many and isinstance(held, tuple | None):
            old[key] = _longer(held or (), new, inner, entry)
        elif held is None:
            old[key] = new
        else:
            hint = f'{{"set": {{"{field.name}": {{"{key}": …}}}}}} replaces it'
            raise Invalid(f"{field.name}.{key} holds a value already", hint=hint)
    return old


def _by_name(field: Field, raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise Invalid(f"{field.name} is a map by name, not {str(raw)[:80]}")
    return raw


def remove(values: Mapping[str, Any], name: str, raw: Any, kind: Kind, entry: Entry) -> Values:
    """The values without items of a list, known by their keys; of a map without keys, or without items under them."""
    field = find_field(name, kind)
    texts = raw if isinstance(raw, list) else [raw]
    if field.mapping:
        old = dict(values.get(field.name) or {})
        if isinstance(raw, Mapping):
            return {**values, field.name: _lessened(old, field, raw, kind, entry)}
        gone = [str(text) for text in texts]
        return {**values, field.name: {k: part for k, part in old.items() if k not in gone}}
    if not field.many:
        raise BadRequest(f"{name} holds one value", hint=f'{{"set": {{"{field.name}": null}}}}')
    return {**values, field.name: _shorter(tuple(values.get(field.name) or ()), texts, field, entry)}


def _shorter(old: tuple[Any, ...], texts: Sequence[Any], field: Field, entry: Entry) -> tuple[Any, ...]:
    """A list without the items that have these keys."""
    settings = entry.context.settings
    keys = {_removed(part, field, entry) for part in texts}
    return tuple(part for part in old if item_key(field, part, settings) not in keys)


def _lessened(old: Values, field: Field, raw: Mapping[str, Any], kind: Kind, entry: Entry) -> Values:
    """A map whose lists lack some items; a key that holds one value goes by its name alone."""
    for key, value in raw.items():
        inner = mapping_field(field, key, kind, entry)
        held = old.get(key)
        if not inner.many or not isinstance(held, tuple | None):
            hint = f'{{"remove": {{"{field.name}": ["{key}"]}}}}'
            raise Invalid(f"{field.name}.{key} is no list", hint=hint)
        left = _shorter(held or (), value if isinstance(value, list) else [value], inner, entry)
        if left:
            old[key] = left
        else:
            old.pop(key, None)
    return old


def _removed(raw: Any, field: Field, entry: Entry) -> str:
    """The key of an item that goes. A text need not be valid: what is there may be wrong, and is to go."""
    if isinstance(raw, Mapping) or field.type in ("links", "maps"):
        made = from_json([raw], field, entry)[0]
    elif field.type == "labelled" and field.item in ("email", "url", "text"):
        made = Item(None, str(raw))
    elif field.type == "list":
        made = text_of(raw, field.name)
    else:
        made = item(text_of(raw, field.name), field, entry)
    return item_key(field, made, entry.context.settings)


def differing(given: Mapping[str, Any], now: Mapping[str, Any], kind: Kind) -> Values:
    """What a whole record in JSON form says that an export would not say `now`: field -> value, maps by key."""
    found: Values = {}
    for name, raw in given.items():
        if _passed_over(name, kind) or (name in now and now[name] == raw):
            continue
        if name != "extra" and not kind.by_name[name].mapping:
            found[name] = raw
        elif raw and not isinstance(raw, Mapping):
            raise Invalid(f"{name} is a map by name, not {str(raw)[:80]}")
        elif parts := {key: part for key, part in (raw or {}).items() if part != (now.get(name) or {}).get(key)}:
            found[name] = parts
    return found


def _passed_over(name: str, kind: Kind) -> bool:
    """What an export says beside the stored fields; a name that nobody knows is refused."""
    if name in ("id", "record", "problems") or name in kind.computed_by_name:
        return True
    if name == "extra":
        return False
    field = kind.by_name.get(name)
    if field is None:
        near = nearest(name, [one.name for one in kind.fields])
        raise BadRequest(
            f"{name} is no field of {with_article(kind.name)}", hint=f"did you mean {near}?" if near else ""
        )
    return field.computed
