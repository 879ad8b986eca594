"""Assignments: `stage=won`, `tags+=vip`, `phones.mobile=+91…`, `custom.allergy=`, applied to a record's values."""

from collections.abc import Mapping
from typing import Any

from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.base.lean import dataclass, replace
from crm_cli.base.patterns import pattern
from crm_cli.base.text import nearest, with_article
from crm_cli.schema.field import Field
from crm_cli.schema.keys import item_key
from crm_cli.schema.kind import Kind
from crm_cli.schema.record import ADDRESS_PARTS, CHANNELS, Address, Item
from crm_cli.schema.shapes import custom_field
from crm_cli.services.entry import Entry, check_label, item, scalar, split_set

_FORM = pattern(r"[a-z_](?:[\w\u0900-\u0dff.\-](?<!=))*?(?=[+-]?=)")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment: the field's dotted path, the sign (=, += or -=), the text."""

    path: tuple[str, ...]
    sign: str
    text: str

    @property
    def name(self) -> str:
        """The path as written."""
        return ".".join(self.path)


def parse(word: str) -> Assignment | None:
    """The assignment that a word is, or None where it is none."""
    found = _FORM.match(word)
    if not found:
        return None
    rest = word[found.end() :]
    sign = rest[:2] if rest[0] in "+-" else "="
    return Assignment(tuple(found[0].split(".")), sign, rest[len(sign) :])


def find_field(name: str, kind: Kind) -> Field:
    """The stored field of that name or singular; a typo is `BadRequest` with the nearest."""
    field = kind.by_name.get(name)
    if field is None or field.computed:
        computed = field is not None or name in kind.computed_by_name
        near = nearest(name, [f.name for f in kind.stored])
        why = "is computed and cannot be set" if computed else "is no field"
        hint = "" if computed else f"did you mean {near}?" if near else f"see crm {kind.name} add --help"
        raise BadRequest(f"{name} {why} of {with_article(kind.name)}", hint=hint)
    return field


def assign(values: Mapping[str, Any], assignment: Assignment, kind: Kind, entry: Entry) -> dict[str, Any]:
    """The values (by field) after one assignment; lines end as they do here, whatever wrote them."""
    if "\r\n" in assignment.text:
        assignment = replace(assignment, text=assignment.text.replace("\r\n", "\n"))
    field, rest = find_field(assignment.path[0], kind), assignment.path[1:]
    old = values.get(field.name)
    new: Any
    if field.mapping:
        new = _mapping(dict(old or {}), field, rest, assignment, kind, entry)
    elif field.type == "labelled":
        new = _labelled(tuple(old or ()), field, rest, assignment, entry)
    elif rest:
        raise BadRequest(f"{field.name} has no parts: {assignment.name}")
    elif field.type == "maps":
        raise BadRequest(f"{field.name} is set by crm apply or crm edit only")
    elif field.many:
        new = _set(tuple(old or ()), field, assignment, entry)
    else:
        new = _one(field, assignment, entry)
    return {**values, field.name: new}


def _one(field: Field, assignment: Assignment, entry: Entry) -> Any:
    if assignment.sign != "=":
        raise BadRequest(f"{assignment.name} holds one value: use = instead of {assignment.sign}")
    return scalar(assignment.text, field, entry) if assignment.text else None


def _set(old: tuple[Any, ...], field: Field, assignment: Assignment, entry: Entry) -> tuple[Any, ...]:
    if assignment.sign == "=":
        return tuple(dict.fromkeys(item(part, field, entry) for part in split_set(assignment.text)))
    if not assignment.text:
        raise BadRequest(f"{assignment.name}{assignment.sign} wants a value")
    if assignment.sign == "+=":
        new = item(assignment.text, field, entry)
        return old if new in old else (*old, new)
    settings = entry.context.settings
    gone = item_key(field, item(assignment.text, field, entry) if field.type == "links" else assignment.text, settings)
    return tuple(part for part in old if item_key(field, part, settings) != gone)


def _labelled(
    old: tuple[Item[Any], ...], field: Field, rest: tuple[str, ...], assignment: Assignment, entry: Entry
) -> tuple[Item[Any], ...]:
    if field.item == "address" and rest and rest[-1] in ADDRESS_PARTS:
        return _address_part(old, field, rest, assignment)
    if len(rest) > 1:
        raise BadRequest(f"{field.name} has no such part: {assignment.name}")
    label = rest[0] if rest else None
    if assignment.sign == "-=":
        return _without(old, field, label, assignment.text, entry)
    if not assignment.text:
        return tuple(part for part in old if part.label != label) if label else ()
    new = item(assignment.text, field, entry, label)
    if assignment.sign == "+=":
        return (*old, new)
    if label is None:
        return (new,)
    place = next((i for i, part in enumerate(old) if part.label == label), None)
    return (*old, new) if place is None else (*old[:place], new, *old[place + 1 :])


def _without(
    old: tuple[Item[Any], ...], field: Field, label: str | None, text: str, entry: Entry
) -> tuple[Item[Any], ...]:
    settings = entry.context.settings
    if field.item in ("address", "email"):
        gone = item_key(field, Item(None, Address(street=text) if field.item == "address" else text), settings)
    else:
        gone = item_key(field, item(text, field, entry, label or ""), settings)
    same = [part for part in old if item_key(field, part, settings) == gone and label in (None, part.label)]
    if field.item == "address" and not same:
        same = [part for part in old if part.label == text]
    return tuple(part for part in old if part not in same)


def _address_part(
    old: tuple[Item[Any], ...], field: Field, rest: tuple[str, ...], assignment: Assignment
) -> tuple[Item[Any], ...]:
    if len(rest) > 2 or assignment.sign != "=":
        raise BadRequest(f"{assignment.name}{assignment.sign} is not understood: {field.name}.LABEL.PART=TEXT")
    label = rest[0] if len(rest) == 2 else None
    check_label(label, field)
    place = next((i for i, part in enumerate(old) if label is None or part.label == label), None)
    current = old[place] if place is not None else Item(label, Address())
    changed = replace(current.value, **{rest[-1]: assignment.text or None})
    if changed == Address():
        return old if place is None else (*old[:place], *old[place + 1 :])
    made = Item(current.label, changed)
    return (*old, made) if place is None else (*old[:place], made, *old[place + 1 :])


def _mapping(
    old: dict[str, Any], field: Field, rest: tuple[str, ...], assignment: Assignment, kind: Kind, entry: Entry
) -> dict[str, Any]:
    if len(rest) != 1 or not rest[0]:
        raise BadRequest(f"{assignment.name} wants one key: {field.name}.NAME=TEXT")
    key = rest[0]
    inner = mapping_field(field, key, kind, entry)
    new = _set(tuple(old.get(key) or ()), inner, assignment, entry) if inner.many else _one(inner, assignment, entry)
    if new in (None, ()):
        return {name: value for name, value in old.items() if name != key}
    return {**old, key: new}


def mapping_field(field: Field, key: str, kind: Kind, entry: Entry) -> Field:
    """What stands under a key of a mapping."""
    if field.type == "consent":
        if key not in CHANNELS:
            raise Invalid(f"there is no consent for {key}", hint=f"one of {', '.join(CHANNELS)}")
        return Field(f"consent.{key}", "consent")
    declared = entry.context.settings.custom(kind.name) if field.type == "custom" else {}
    return custom_field(declared[key]) if key in declared else Field(f"{field.name}.{key}")
