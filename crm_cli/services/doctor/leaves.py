"""The single values of a record's file, each with its field, its type and its line."""

from collections.abc import Iterator
from dataclasses import dataclass

from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.node import Map, Node, Scalar, Seq
from crm_cli.schema.record import ADDRESS_PARTS
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import custom_field

SHORT = ("affiliations", "interests")
"""Lists of maps in which a plain value stands for the first key."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value: `field` is its dotted name, `top` the field that it stands in, `to` the kinds a link may lead to."""

    field: str
    top: str
    type: str
    node: Scalar
    to: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The value as written."""
        return self.node.text


def leaves(root: Map, kind: Kind, settings: Settings) -> Iterator[Leaf]:
    """Every value of the known fields that stands where its field's shape has room for it."""
    for field in kind.stored:
        node = root.entries.get(field.name)
        if node is not None:
            yield from _field(node, field, field.name, settings, kind.name)


def _field(node: Node, field: Field, top: str, settings: Settings, kind: str) -> Iterator[Leaf]:
    if field.type in ("list", "links"):
        for item in items(node):
            yield from _scalar(item, field.name, top, field.item_field.type, field.to)
    elif field.type == "labelled":
        for item in items(node):
            yield from _labelled(item, field, top)
    elif field.type == "maps":
        for item in items(node):
            yield from _entry(item, field, top, settings, kind)
    elif field.type == "custom":
        declared = settings.custom(kind)
        for key, value in entries(node):
            inner = custom_field(declared[key]) if key in declared else Field(f"custom.{key}")
            yield from _field(value, inner, top, settings, kind)
    elif field.mapping:
        for key, value in entries(node):
            yield from _scalar(value, f"{field.name}.{key}", top, "text")
    elif field.type != "any":
        yield from _scalar(node, field.name, top, field.type, field.to)


def items(node: Node) -> list[Node]:
    """The items of a list, one that stands alone being a list of itself."""
    return node.items if isinstance(node, Seq) else [node]


def entries(node: Node) -> list[tuple[str, Node]]:
    """The entries of a map, none for anything else."""
    return list(node.entries.items()) if isinstance(node, Map) else []


def _scalar(node: Node, name: str, top: str, type: str, to: tuple[str, ...] = ()) -> Iterator[Leaf]:
    if isinstance(node, Scalar) and not node.absent:
        yield Leaf(name, top, type, node, to)


def _labelled(node: Node, field: Field, top: str) -> Iterator[Leaf]:
    if isinstance(node, Map) and len(node.entries) == 1:
        key, inner = next(iter(node.entries.items()))
        if field.item != "address" or key not in ADDRESS_PARTS:
            node = inner
    if field.item != "address":
        yield from _scalar(node, field.name, top, field.item, field.to)
        return
    for part, value in entries(node):
        yield from _scalar(value, f"{field.name}.{part}", top, "country" if part == "country" else "text")
    yield from _scalar(node, f"{field.name}.street", top, "text")


def _entry(node: Node, field: Field, top: str, settings: Settings, kind: str) -> Iterator[Leaf]:
    parts = {part.name: part for part in field.parts}
    if isinstance(node, Scalar) and field.name in SHORT:
        node = Map({field.parts[0].name: node})
    for key, value in entries(node):
        if part := parts.get(key):
            named = Field(f"{field.name}.{key}", part.type, to=part.to, choices=part.choices)
            yield from _field(value, named, top, settings, kind)
