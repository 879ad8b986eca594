"""Merging values that are no lists: texts by line, maps by key, unknown keys as trees."""

from collections.abc import Callable, Mapping
from typing import Any

from crm_cli.schema.node import Bare, Plain, alike, ambiguous
from crm_cli.store.merge.case import OPEN, Case, Same, Three, Write, atom, settled
from crm_cli.store.merge.order import arranged


def by_line(case: Case, name: str, three: Three, write: Write) -> Any:
    """A long text: line by line where the edits do not touch each other, else as one value."""
    value = settled(three)
    if value is OPEN and all(isinstance(text, str) for text in three):
        value = merged_lines(*three)
        if value is not None:
            return value
    return atom(case, name, three, write)


def merged_lines(base: str, late: str, early: str) -> str | None:
    """Both edits of a text; None where they touch each other."""
    from merge3 import Merge3  # 4 ms with difflib, and only for two edits of one text

    # Lines end at \n alone, and without it: a last line may be added to a text that has no last line end.
    lines: list[str] = []
    for group in Merge3(base.split("\n"), late.split("\n"), early.split("\n")).merge_groups():
        if group[0] == "conflict":
            return None
        lines += group[1]
    return "\n".join(lines)


def by_key(three: Three, part: Callable[[str, Three], Any]) -> dict[str, Any]:
    """A map: each key on its own, by `part(key, its three values)`; a key without a value goes."""
    maps = Three(*(value or {} for value in three))
    values = {}
    for key in dict.fromkeys((*maps.late, *maps.early)):
        value = part(key, maps.at(key))
        if value is not None and value != ():
            values[key] = value
    return {key: values[key] for key in arranged(maps.each(tuple), values)}


def tree(case: Case, name: str, three: Three, write: Write, same: Same) -> Any:
    """A value without a type: maps by key, however deep, anything else as one value."""
    value = settled(three, same)
    if value is not OPEN:
        return value
    if isinstance(three.late, Mapping) and isinstance(three.early, Mapping):
        maps = three if isinstance(three.base, Mapping) else three._replace(base=None)
        return by_key(maps, lambda key, part: tree(case, f"{name}.{key}", part, write, same))
    return atom(case, name, three, write, same)


def unknown(case: Case, name: str, three: Three) -> Any:
    """The value of a key that no field has: quotes count."""
    return tree(case, name, three, spelled, alike)


def spelled(value: Plain) -> Plain:
    """An unknown value as text that still says whether it stood in quotes."""
    if isinstance(value, dict):
        return {key: spelled(part) for key, part in value.items()}
    if isinstance(value, list):
        return [spelled(part) for part in value]
    if isinstance(value, Bare) or not (ambiguous(value) or value.startswith("'")):
        return value
    return f"'{value}'"


def unspelled(value: Plain) -> Plain:
    """The unknown value that `spelled` wrote."""
    if isinstance(value, dict):
        return {key: unspelled(part) for key, part in value.items()}
    if isinstance(value, list):
        return [unspelled(part) for part in value]
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1]
    return Bare(value) if ambiguous(value) else value
