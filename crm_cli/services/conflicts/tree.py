"""Dotted names in a tree of maps and lists, as `conflicts` gives them: `pipelines.sales.stages.new.probability`."""

from collections.abc import Sequence
from typing import Any

from crm_cli.store.merge import spelled
from crm_cli.store.merge.case import canonical

Step = str | int


def lead(node: Any, name: str) -> tuple[Step, ...] | None:
    """The keys and positions to the place that a name means; None where nothing is left of what it stood in.

    Names of keys may hold dots themselves, so the longest key that fits goes first. The last step may lead to a
    place that is empty now.
    """
    known: Sequence[tuple[str, Step]] = []
    if isinstance(node, dict):
        known = [(key, key) for key in node]
    elif isinstance(node, list):
        known = [(item_name(item), place) for place, item in enumerate(node)]
    else:
        return None
    for key, step in sorted(known, key=lambda one: -len(one[0])):
        if name == key:
            return (step,)
        rest = lead(node[step], name.removeprefix(f"{key}.")) if name.startswith(f"{key}.") else None
        if rest is not None:
            return (step, *rest)
    if "." in name:
        return None
    return (name if isinstance(node, dict) else len(node),)


def item_name(item: Any) -> str:
    """What an item of a list is called in a merge."""
    named = item.get("name") if isinstance(item, dict) else None
    return named if isinstance(named, str) else canonical(spelled(item))


def at(node: Any, steps: Sequence[Step]) -> Any:
    """What stands at a place; None for nothing."""
    for step in steps:
        if isinstance(node, dict):
            node = node.get(str(step))
        else:
            node = node[step] if isinstance(step, int) and step < len(node) else None
    return node


def put(node: Any, steps: Sequence[Step], value: Any) -> Any:
    """The tree with another value at a place; None takes out what stands there."""
    first, *rest = steps
    inner = put(at(node, [first]), rest, value) if rest else value
    if isinstance(node, dict):
        return {**{key: part for key, part in node.items() if key != first or inner is not None}} | (
            {} if inner is None else {str(first): inner}
        )
    place = int(first)
    return [*node[:place], *([] if inner is None else [inner]), *node[place + 1 :]]
