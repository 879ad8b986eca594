"""Merging one field: value type -> how."""

from collections.abc import Callable, Mapping
from operator import eq
from typing import Any

from crm_cli.schema.field import Field
from crm_cli.schema.shapes import Unread, custom_field, write
from crm_cli.schema.values import DUMP, PARSE
from crm_cli.store.merge.case import Broken, Case, Three, Write, atom
from crm_cli.store.merge.lists import by_item, items_of, labelled, whole
from crm_cli.store.merge.values import by_key, by_line, tree

Merge = Callable[[Case, Field, str, Three], Any]


def merged_field(case: Case, field: Field, name: str, three: Three) -> Any:
    """The value of a field from its three versions; one that does not fit the field is one whole."""
    if isinstance(three.late, Broken) or isinstance(three.early, Broken):
        return atom(case, name, three, _writer(case, field))
    if isinstance(three.base, Broken) and (field.many or field.mapping):
        three = three._replace(base=None)
    return MERGE[field.type](case, field, name, three)


def _writer(case: Case, field: Field) -> Write:
    return lambda value: write(value, field, case.settings, case.kind)


def _one(case: Case, field: Field, name: str, three: Three) -> Any:
    return atom(case, name, three, _writer(case, field))


def _long(case: Case, field: Field, name: str, three: Three) -> Any:
    return by_line(case, name, three, _writer(case, field))


def _untyped(case: Case, _field: Field, name: str, three: Three) -> Any:
    return tree(case, name, three, lambda value: value, eq)


def _list(case: Case, field: Field, name: str, three: Three) -> Any:
    def element(called: str, items: Three) -> Any:
        return atom(case, called, items, lambda item: whole(case, field, item))

    return by_item(case, name, three, items_of(case, field, element))


def _labelled(case: Case, field: Field, name: str, three: Three) -> Any:
    def element(called: str, items: Three) -> Any:
        return labelled(case, field, called, items)

    return by_item(case, name, three, items_of(case, field, element))


def _maps(case: Case, field: Field, name: str, three: Three) -> Any:
    known = {part.name: part for part in field.parts}

    def element(called: str, items: Three) -> dict[str, Any]:
        def part(key: str, values: Three) -> Any:
            return merged_field(case, known.get(key, Field(key, "any")), f"{called}.{key}", values)

        return dict.fromkeys(known) | by_key(items, part)

    return by_item(case, name, three, items_of(case, field, element))


def _custom(case: Case, _field: Field, name: str, three: Three) -> Any:
    declared = case.settings.custom(case.kind)

    def part(key: str, values: Three) -> Any:
        field = custom_field(declared[key]) if key in declared else Field(key, "any")
        if any(isinstance(value, Unread) for value in values):
            return atom(case, f"{name}.{key}", values, _writer(case, field))
        return merged_field(case, field, f"{name}.{key}", values)

    return by_key(three, part)


def _mapping(type: str) -> Merge:
    def merge(case: Case, _field: Field, name: str, three: Three) -> Any:
        def text(value: Any) -> Any:
            return value.plain if isinstance(value, Unread) else DUMP[type](value)

        return by_key(three, lambda key, values: atom(case, f"{name}.{key}", values, text))

    return merge


MERGE: Mapping[str, Merge] = {
    **dict.fromkeys((type for type in PARSE if type != "long"), _one),
    "long": _long,
    "any": _untyped,
    "list": _list,
    "links": _list,
    "labelled": _labelled,
    "maps": _maps,
    "custom": _custom,
    "facts": _mapping("text"),
    "consent": _mapping("consent"),
}
"""Every type and shape that a field may have."""
