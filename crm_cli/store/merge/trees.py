"""The three-way merge of `crm.yaml`: a file without a kind, as a tree of maps, lists and texts."""

from collections.abc import Mapping
from typing import Any

from crm_cli.schema.node import Plain, alike
from crm_cli.schema.settings import Settings
from crm_cli.store.merge.case import OPEN, Case, Entry, Three, atom, canonical, settled
from crm_cli.store.merge.kept import fresh, merged_conflicts, note
from crm_cli.store.merge.lists import Items, by_item
from crm_cli.store.merge.records import Side
from crm_cli.store.merge.values import by_key, spelled

Tree = dict[str, Plain]


def merge_trees(
    base: Mapping[str, Plain] | None, x: Mapping[str, Plain], y: Mapping[str, Plain], *, later: Side
) -> tuple[Tree, tuple[Entry, ...]]:
    """Both edits of a tree, with `conflicts` at its end, and the entries that are new among these.

    Maps merge by key, lists of maps by the `name` of each, other lists as sets.
    """
    late, early = (x, y) if later == "x" else (y, x)
    three = Three(base, late, early)
    case = Case(Settings())
    tree = by_key(three, lambda key, part: None if key == "conflicts" else _node(case, key, part))
    kept = three.each(lambda side: _entries(side.get("conflicts")))
    conflicts = merged_conflicts(kept, case.notes)
    if conflicts:
        tree["conflicts"] = [{key: value for key, value in entry.items() if value is not None} for entry in conflicts]
    return tree, fresh(case.notes, kept.late, kept.early)


def _node(case: Case, name: str, three: Three) -> Any:
    value = settled(three, alike)
    if value is not OPEN:
        return value
    kinds = {type(side) for side in three[1:]}
    inner = three if type(three.base) in kinds else three._replace(base=None)
    if kinds == {dict}:
        return by_key(inner, lambda key, part: _node(case, f"{name}.{key}", part))
    if kinds == {list}:
        items = Items(_key, spelled, lambda called, part: _node(case, called, part))
        return list(by_item(case, name, inner, items, alike))
    return atom(case, name, three, spelled, alike)


def _key(item: Plain) -> str:
    named = item.get("name") if isinstance(item, dict) else None
    return str(named) if isinstance(named, str) else canonical(spelled(item))


def _entries(value: Plain | None) -> tuple[Entry, ...]:
    """The entries of `conflicts`; what is none becomes the value of one."""
    items = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(
        note("") | item if isinstance(item, dict) else note("conflicts", other=canonical(item)) for item in items
    )
