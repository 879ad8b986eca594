"""Records that are made on the way: a form names them, and they come into the book with the record that links to them.

Until then a link holds a promise, `new:KIND:NAME`, which no id can be.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from crm_cli.book import Book
from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Change
from crm_cli.schema.record import Item
from crm_cli.schema.shapes import custom_field
from crm_cli.services.records import known_as

_NEW: Final = "new:"


def promises(book: Book, field: Field, name: str) -> Iterator[tuple[str, str]]:
    """Each kind that the field may lead to and that a name is enough for, and the promise of such a record."""
    for kind in book.kinds.all:
        if kind.name in field.to and {needed.name for needed in kind.required} <= {"name"}:
            yield kind.name, f"{_NEW}{kind.name}:{name}"


def kind_promised(link: str) -> str:
    """The kind of the record that a link promises; empty for one that leads to a record."""
    return link.removeprefix(_NEW).partition(":")[0] if link.startswith(_NEW) else ""


def kept(book: Book, kind: Kind, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Change]]:
    """The values with links that lead somewhere, and the records that were promised, each once."""
    made: dict[str, Change] = {}

    def link(text: str) -> str:
        if name := kind_promised(text):
            if text not in made:
                made[text] = known_as(book, book.kinds[name], text.split(":", 2)[2])
            return made[text].record.id
        return text

    filled = {name: _settled(book, kind, kind.by_name[name], value, link) for name, value in values.items()}
    return filled, list(made.values())


def _settled(book: Book, kind: Kind, field: Field, value: Any, link: Callable[[str], str]) -> Any:
    if field.type == "custom":
        declared = book.settings.custom(kind.name)
        return {
            key: _settled(book, kind, custom_field(declared[key]), part, link) if key in declared else part
            for key, part in value.items()
        }
    if not field.links or not value:
        return value
    if isinstance(value, str):
        return link(value)
    return tuple(Item(one.label, link(one.value)) if isinstance(one, Item) else link(one) for one in value)


def told(links: Sequence[str]) -> str:
    """What is said of the promises among these links."""
    return ", ".join(f"new {kind}" for kind in map(kind_promised, links) if kind)
