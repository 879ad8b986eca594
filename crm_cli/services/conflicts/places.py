"""Where the name of a field in conflict leads in a record: `title`, `phones.+919876543210.label`, `custom.size`.

A place knows the type of what stands there, so that the text of an entry, or what a person types, becomes a value.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from crm_cli.base.errors import BadRequest, BadValue, Invalid
from crm_cli.base.lean import dataclass
from crm_cli.schema.field import Field
from crm_cli.schema.node import Map, Node, Plain, Scalar, Seq
from crm_cli.schema.record import ADDRESS_PARTS, Address, Item, Record
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import Unread, custom_field, read, write
from crm_cli.schema.values import DUMP
from crm_cli.services.conflicts.tree import at, lead
from crm_cli.services.conflicts.tree import put as put_in
from crm_cli.services.entry import Entry, item, scalar, split_set
from crm_cli.store.merge import spelled, unspelled
from crm_cli.store.merge.case import Case
from crm_cli.store.merge.lists import key_of, whole

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """One place: its type, what stands there, and how the record's values are with another one there.

    `single` is an item of the list that `field` is; `raw` is under a key that no field has, where quotes count.
    """

    case: Case
    field: Field
    value: Any
    put: Callable[[Any], Values]
    single: bool = False
    raw: bool = False

    @property
    def channel(self) -> bool:
        """Whether this is the consent for one channel, whose type is that of the map of all."""
        return self.field.name.startswith("consent.")

    @property
    def text(self) -> Plain | None:
        """What stands there, as an entry would hold it."""
        if self.value is None:
            return None
        if self.raw:
            return spelled(self.value)
        if self.single:
            stated: Plain | None = whole(self.case, self.field, self.value)
            return stated
        if self.channel:
            return self.value.plain if isinstance(self.value, Unread) else DUMP["consent"](self.value)
        return write(self.value, self.field, self.case.settings, self.case.kind)

    def read(self, text: Plain | None) -> Any:
        """The value that an entry holds; `Invalid` where it does not fit its field."""
        if text is None:
            return None if self.single else _nothing(self.field)
        if self.raw:
            return unspelled(text)
        try:
            node = Seq([_node(text)]) if self.single else Map({"": _node(text)}) if self.channel else _node(text)
            found = read(node, self.field, self.case.settings, self.case.kind)
        except BadValue as bad:
            raise Invalid(
                bad.message, hint=bad.hint or "--keep leaves what is there, --value gives another one"
            ) from None
        return found[0] if self.single else found[""] if self.channel else found

    def typed(self, text: str, entry: Entry) -> Any:
        """The value that a person typed; an empty text clears."""
        if not text:
            return None if self.single else _nothing(self.field)
        if self.raw:
            return unspelled(text)
        if self.field.type == "any":
            return text
        if self.field.type == "maps" or (self.field.mapping and not self.channel):
            raise BadRequest(f"{self.field.name} holds more than one value", hint="--keep or --other, or crm edit")
        if self.single:
            return item(text, self.field, entry)
        if self.field.many:
            parts = [text] if self.field.type == "labelled" else split_set(text)
            return tuple(dict.fromkeys(item(part, self.field, entry) for part in parts))
        return scalar(text, self.field, entry)


def _nothing(field: Field) -> Any:
    return () if field.many else {} if field.mapping else None


def _node(text: Plain) -> Node:
    """A value of an entry as it would stand in a file, every text in quotes."""
    if isinstance(text, dict):
        return Map({key: _node(part) for key, part in text.items()})
    return Seq([_node(part) for part in text]) if isinstance(text, list) else Scalar(text, "'")


def place_of(record: Record, name: str, kept: Plain | None, settings: Settings) -> Place:
    """The place that a name means; of items that are known by the same key the one that says what was kept."""
    case = Case(settings, record.kind_.name)
    first, _, rest = name.partition(".")
    field = record.kind_.stored_by_name.get(first)
    if field is None:
        return _unknown(case, record, name)
    top = Place(case, field, getattr(record, first), lambda value: {first: value})
    found = list(_below(top, rest)) if rest else [top]
    if not found:
        raise gone(record, name)
    return next((place for place in found if place.text == kept), found[0])


def gone(record: Record, name: str) -> Invalid:
    """What to say where a name leads nowhere any more."""
    return Invalid(
        f"{record.id} has no {name} any more", hint="crm resolve --keep drops the note, crm set writes what you want"
    )


def _unknown(case: Case, record: Record, name: str) -> Place:
    steps = lead(dict(record.extra), name)
    if steps is None:
        raise gone(record, name)
    value = at(record.extra, steps)
    return Place(
        case, Field(name, "any"), value, lambda new: {"extra": put_in(dict(record.extra), steps, new)}, raw=True
    )


def _below(place: Place, rest: str) -> Iterator[Place]:
    """The places that the rest of a name may mean; the likeliest first."""
    if place.field.many:
        yield from _items(place, rest)
    elif place.field.mapping:
        yield from _keys(place, rest)
    elif place.field.type == "any":
        value = place.value
        steps = lead(value, rest)
        if steps is not None:
            yield replace(place, value=at(value, steps), put=lambda new: place.put(put_in(value, steps, new)))


def _within(place: Place, known: Mapping[str, Field], rest: str) -> Iterator[Place]:
    """What stands under a key of a map; keys may hold dots, so the longest that fits goes first."""
    values = dict(place.value)
    fitting = [key for key in {**known, **values} if rest == key or rest.startswith(f"{key}.")]
    key = max(fitting, key=len, default=rest)

    if key not in known and key not in values and "." in key:
        return

    def put(new: Any) -> Values:
        changed = {**values, key: new}
        return place.put({name: part for name, part in changed.items() if part is not None or name in known})

    value = values.get(key)
    inner = replace(place, field=known.get(key) or Field(key, "any"), value=value, put=put, single=False)
    if key == rest:
        yield inner
    elif value is not None and not isinstance(value, Unread):
        yield from _below(inner, rest.removeprefix(f"{key}."))


def _keys(place: Place, rest: str) -> Iterator[Place]:
    """What stands under a key of custom fields, facts or consent; a key without a value goes."""
    field, case = place.field, place.case
    types: dict[str, Field] = {}
    if field.type == "custom":
        types = {key: custom_field(declared) for key, declared in case.settings.custom(case.kind).items()}
    else:
        type = "consent" if field.type == "consent" else "text"
        types = {key: Field(f"{field.name}.{key}", type) for key in (*place.value, rest)}

    def put(values: Any) -> Values:
        return place.put({key: value for key, value in values.items() if value not in (None, (), {})})

    yield from _within(replace(place, put=put), types, rest)


def _items(place: Place, rest: str) -> Iterator[Place]:
    """The items that a key may mean, or what stands in them; the end of the list for one that is gone."""
    items, field, case = tuple(place.value or ()), place.field, place.case
    keys = [key_of(case, field, one) for one in items]
    fitting = [key for key in keys if rest == key or rest.startswith(f"{key}.")]
    if not fitting:

        def append(new: Any) -> Values:
            if new is not None and key_of(case, field, new) != rest:
                raise Invalid(
                    f"{field.name} has no {rest} any more", hint="--keep drops the note; crm set writes what you want"
                )
            return place.put(items if new is None else (*items, new))

        yield replace(place, value=None, put=append, single=True)
        return
    longest = max(fitting, key=len)
    for number, one in enumerate(items):
        if keys[number] == longest:
            whole_one = replace(place, value=one, put=_replacing(place, items, number), single=True)
            yield from [whole_one] if rest == longest else _parts(whole_one, rest.removeprefix(f"{longest}."))


def _replacing(place: Place, items: tuple[Any, ...], number: int) -> Callable[[Any], Values]:
    def put(new: Any) -> Values:
        return place.put((*items[:number], *([] if new is None else [new]), *items[number + 1 :]))

    return put


def _parts(place: Place, rest: str) -> Iterator[Place]:
    """A part of one item: its label, its value, a part of an address, a key of a map."""
    field, one = place.field, place.value
    if field.type == "maps":
        yield from _within(place, {part.name: part for part in field.parts}, rest)
    elif field.type == "labelled" and rest == "label":
        yield _part(place, Field("label"), one.label, lambda new: Item(new, one.value))
    elif field.item == "address" and rest in ADDRESS_PARTS:
        yield _part(place, Field(rest), getattr(one.value, rest), lambda new: _address(one, rest, new))
    elif field.type == "labelled" and rest == "value":
        yield _part(place, field.item_field, one.value, lambda new: None if new is None else Item(one.label, new))


def _address(one: Item[Address], part: str, text: str | None) -> Item[Address] | None:
    changed = replace(one.value, **{part: text})
    return Item(one.label, changed) if changed != Address() else None


def _part(place: Place, field: Field, value: Any, made: Callable[[Any], Any]) -> Place:
    return replace(place, field=field, value=value, put=lambda new: place.put(made(new)), single=False)
