"""Warnings about how a record is written down: keys that nobody reads, single values where a list belongs."""

from collections.abc import Iterable, Iterator

from crm_cli.base.text import nearest, with_article
from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.node import Map, Node, Scalar
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import CHANNELS
from crm_cli.schema.settings import Settings
from crm_cli.services.doctor.leaves import entries, items


def unknown_keys(path: str, root: Map, kind: Kind) -> Iterator[Problem]:
    """Keys at the top of a record, in its consent and in its lists of maps that no field has."""
    known = {field.name for field in kind.stored}
    names = [*known, *(field.singular for field in kind.stored if field.singular)]
    for key in root.entries:
        if key not in known:
            yield unknown_key(path, root.keys[key], key, key, _why(key, kind), names)
    for field in kind.stored:
        node = root.entries.get(field.name)
        if field.type == "consent" and isinstance(node, Map):
            yield from _others(path, node, field.name, CHANNELS)
        elif field.type == "maps" and node is not None:
            for item in items(node):
                if isinstance(item, Map):
                    yield from _others(path, item, field.name, [part.name for part in field.parts])


def _others(path: str, node: Map, name: str, known: Iterable[str]) -> Iterator[Problem]:
    for key in node.entries:
        if key not in known:
            yield unknown_key(path, node.keys[key], key, f"{name}.{key}", "", known)


def _why(key: str, kind: Kind) -> str:
    if key == "id":
        return "the id of a record is the name of its file; this key is kept and means nothing"
    if key in kind.computed_by_name or key in kind.by_name:
        field = kind.by_name.get(key)
        if field and not field.computed:
            return f"no field has this key; did you mean {field.name}?"
        return f"{key} is worked out from other fields; what stands here is not read"
    return ""


def unknown_key(path: str, at: Scalar, key: str, name: str, why: str, known: Iterable[str]) -> Problem:
    """The warning about a key, with the one that was most likely meant."""
    near = None if why else nearest(key, known)
    message = why or "no field has this key; it is kept" + (f". Did you mean {near}?" if near else "")
    return Problem(path, at.line, "unknown-key", message, name)


def unknown_custom(path: str, root: Map, kind: Kind, settings: Settings) -> Iterator[Problem]:
    """Custom fields that `crm.yaml` does not declare, for a kind of which it declares others.

    A book that declares none uses `custom` as it likes; one that does most likely means one of those.
    """
    declared, node = settings.custom(kind.name), root.entries.get("custom")
    if not declared or not isinstance(node, Map):
        return
    for key in node.entries:
        if key not in declared:
            near = nearest(key, declared)
            hint = f"did you mean {near}?" if near else f"declare it in crm.yaml under fields.{kind.name}"
            message = f"crm.yaml declares no custom field {key} of {with_article(kind.name)}; {hint}"
            yield Problem(path, node.keys[key].line, "custom-unknown", message, f"custom.{key}")


def lone_values(path: str, root: Map, kind: Kind, settings: Settings) -> Iterator[Problem]:
    """One value, or one map, where a list belongs: it counts as a list of one, and commas in it do not split."""
    for field in kind.stored:
        node = root.entries.get(field.name)
        if field.many and node is not None:
            yield from _lone(path, node, field)
    declared = settings.custom(kind.name)
    for key, value in entries(root.entries["custom"]) if "custom" in root.entries else []:
        if key in declared and declared[key].type == "list":
            yield from _lone(path, value, Field(f"custom.{key}", "list"))


def _lone(path: str, node: Node, field: Field) -> Iterator[Problem]:
    if isinstance(node, Map) and (field.type == "maps" or field.item == "address"):
        yield Problem(path, node.line, "list-form", "a list belongs here; begin the item with “- ”", field.name)
    if isinstance(node, Scalar) and not node.absent:
        counts = "this counts as one item, commas and all" if "," in node.text else "this counts as a list of one"
        message = f"{counts}; write each item on a line of its own behind “- ”"
        yield Problem(path, node.line, "list-form", message, field.name, node.text)
