"""Walk over a tree that was read."""

from collections.abc import Iterator

from crm_cli.schema.node import Node, Scalar, Seq


def scalars(node: Node) -> Iterator[Scalar]:
    """Every scalar of a tree, keys included, in the order of the file."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Seq):
        for item in node.items:
            yield from scalars(item)
    else:
        for name, value in node.entries.items():
            yield node.keys[name]
            yield from scalars(value)
