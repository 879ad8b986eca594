"""What could come next while somebody types: references, words of a query, values of a field."""

from collections.abc import Sequence

from crm_cli.base.text import fold
from crm_cli.book import Book
from crm_cli.query import completions
from crm_cli.schema.condition import And, Not, Or, Selection, Test
from crm_cli.schema.field import Field

Offer = list[tuple[str, str]]
_UNARCHIVED = Not(Test(("archived",), "has"))


def references(book: Book, begun: str, kinds: Sequence[str], limit: int) -> Offer:
    """Ids whose id or name begins as typed, each with its name."""
    folded = fold(begun)
    begins = Or((Test(("id",), "begins", (begun.lower(),)), Test(("name",), "begins", (folded,))))
    among = book.kinds.named(kinds) if kinds else tuple(kind for kind in book.kinds.all if kind.bare)
    rows = book.index.select(among, Selection(And((_UNARCHIVED, begins)), limit=limit), [("id",), ("name",)])
    return [(str(id), str(name or "")) for id, name in rows]


def query_words(book: Book, begun: str, kinds: Sequence[str], limit: int) -> Offer:
    """Fields, operators, values of closed lists, tags and views."""
    among = book.kinds.named(kinds)
    offered = [(word, "") for word in completions(begun, book.world, among)]
    field, colon, value = begun.partition(":")
    if colon and field:
        start = value.rpartition(",")[2]
        head = begun[: len(begun) - len(start)]
        found = {text for kind in among for text in _distinct(book, kind.name, field, start)}
        offered += [(f"{head}{text}", "") for text in sorted(found)]
    return list(dict.fromkeys(offered))[:limit]


def assignment_words(book: Book, begun: str, limit: int) -> Offer:
    """`field=` of any kind, and the values behind it."""
    name, equals, value = begun.partition("=")
    sign = name[-1:] if name[-1:] in "+-" else ""
    name = name.removesuffix(sign) if sign else name
    fields = {f.name: f for kind in book.kinds.all for f in kind.stored}
    if not equals:
        return [(f"{f}=", field.doc) for f, field in fields.items() if f.startswith(begun)][:limit] if begun else []
    field = fields.get(name)
    if field is None:
        return []
    return [(f"{name}{sign}={text}", doc) for text, doc in field_values(book, "", field, value, limit)]


def field_values(book: Book, kind: str, field: Field, begun: str, limit: int) -> Offer:
    """The choices of a field, the records that a link may lead to, or the values that the book has already."""
    if field.choices:
        return [(choice, "") for choice in book.settings.choices(field.choices) if choice.startswith(begun)]
    if field.links:
        return references(book, begun, [name for name in field.to if name in book.kinds.by_name], limit)
    if field.name not in ("tags", "roles", "owner", "source", "industry", "territory", "language"):
        return []
    kinds = [kind] if kind else [k.name for k in book.kinds.all if field.name in k.by_name]
    found = {text for name in kinds for text in _distinct(book, name, field.name, begun)}
    return [(text, "") for text in sorted(found)][:limit]


def _distinct(book: Book, kind: str, name: str, begun: str) -> list[str]:
    field = book.kinds[kind].by_name.get(name)
    return book.index.distinct(book.kinds[kind], (field.name,), begun) if field else []
