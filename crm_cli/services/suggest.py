"""What could come next while somebody types: references, words of a query, values of a field."""

from collections.abc import Iterable, Sequence

from crm_cli.base.errors import CrmError
from crm_cli.base.text import fold
from crm_cli.book import Book
from crm_cli.query import completions
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import And, Condition, Or, Selection, Test
from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.record import CHANNELS
from crm_cli.services.refs import resolve

Offer = list[tuple[str, str]]
YES_NO = ("yes", "no")


def references(book: Book, begun: str, kinds: Sequence[str], limit: int) -> Offer:
    """Ids, each with its name: of records whose id or name begins as typed, else of those where a word of it does."""
    among = book.kinds.named(kinds) if kinds else tuple(kind for kind in book.kinds.all if kind.bare)
    if not begun:
        return _named(book, among, PRESENT, limit)
    folded = fold(begun)
    begins = Or((Test(("id",), "begins", (begun.lower(),)), Test(("name",), "begins", (folded,))))
    inside = Or((Test(("name",), "contains", (f" {folded}",)), Test(("name",), "sounds", (begun,), within=True)))
    found = _named(book, among, And((PRESENT, begins)), limit)
    return found or _named(book, among, And((PRESENT, inside)), limit)


def _named(book: Book, kinds: Sequence[Kind], condition: Condition, limit: int) -> Offer:
    rows = book.index.select(kinds, Selection(condition, limit=limit), [("id",), ("name",)])
    return [(str(id), str(name or "")) for id, name in rows]


def query_words(book: Book, begun: str, kinds: Sequence[str], limit: int) -> Offer:
    """Fields, operators, values of closed lists, values that the book has, and views."""
    among = book.kinds.named(kinds)
    if begun.startswith("@"):
        from crm_cli.services.views import as_view, saved_views  # what writes views, which a shell need not wait for

        views = dict.fromkeys(as_view(name) for kind in among for name, _query in saved_views(book, kind))
        return [(view, "") for view in views if view.startswith(begun) and view != begun][:limit]
    offered = [(word, "") for word in completions(begun, book.world, among)]
    field, colon, value = begun.partition(":")
    if colon and field:
        before, comma, start = value.rpartition(",")
        found = {
            text for kind in among for text in _distinct(book, kind, field.removesuffix(".not"), start.lstrip('"'))
        }
        found |= set(_linked(book, among, field.removesuffix(".not"), start.lstrip('"'), limit))
        offered += [(f"{field}:{before}{comma}{_as_word(text)}", "") for text in sorted(found)]
    return list(dict.fromkeys(offered))[:limit]


def _linked(book: Book, kinds: Sequence[Kind], name: str, begun: str, limit: int) -> Iterable[str]:
    """Names of the records that a link field may lead to."""
    fields = [field for kind in kinds if (field := kind.by_name.get(name)) and field.links and field.to]
    to = [target for field in fields for target in field.to if target in book.kinds.by_name]
    return [title for _id, title in references(book, begun, to, limit) if title] if to else []


def _as_word(text: str) -> str:
    """A value as it is written in a query."""
    return f'"{text}"' if any(char.isspace() or char in ',"' for char in text) or ".." in text else text


def assignment_words(book: Book, begun: str, words: Sequence[str], limit: int) -> Offer:
    """`field=` of the kinds of the records that `words` name, and the values behind it."""
    kinds = _kinds_of(book, words)
    path, equals, value = begun.partition("=")
    sign = path[-1:] if equals and path[-1:] in ("+", "-") else ""
    path = path.removesuffix(sign)
    if not equals:
        offered = dict(_fields(book, kinds))
        return [(f"{name}=", doc) for name, doc in offered.items() if name.startswith(begun)][:limit]
    return [(f"{path}{sign}={text}", doc) for text, doc in _values(book, kinds, path, sign, value, limit)]


def _kinds_of(book: Book, words: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds of the records that are named; all if one cannot be found."""
    try:
        return book.kinds.named({resolve(book, word).kind for word in words if "=" not in word and word != "-"})
    except CrmError:
        return book.kinds.all


def _fields(book: Book, kinds: Iterable[Kind]) -> Iterable[tuple[str, str]]:
    for kind in kinds:
        for field in kind.stored:
            if field.type == "custom":
                yield from ((f"custom.{name}", "") for name in book.settings.custom(kind.name))
            elif field.type == "consent":
                yield from ((f"{field.name}.{channel}", field.doc) for channel in CHANNELS)
            elif field.type not in ("maps", "facts"):
                yield field.name, field.doc


def _values(book: Book, kinds: Sequence[Kind], path: str, sign: str, begun: str, limit: int) -> Offer:
    """The values that may stand behind the `=` of a path."""
    first, _, rest = path.partition(".")
    if first == "custom":
        declared = [one for kind in kinds for name, one in book.settings.custom(kind.name).items() if name == rest]
        return _begin([text for one in declared for text in one.choices or (YES_NO * (one.type == "bool"))], begun)
    fields = [kind.by_name[first] for kind in kinds if first in kind.by_name]
    if not fields:
        return []
    if fields[0].type == "consent":
        return _begin(YES_NO, begun)
    head = ""
    if fields[0].type == "list" and not sign:
        before, comma, begun = begun.rpartition(",")
        head = f"{before}{comma}"
    names = [kind.name for kind in kinds]
    return [(f"{head}{text}", doc) for text, doc in field_values(book, names, fields[0], begun, limit)]


def field_values(book: Book, kinds: Sequence[str], field: Field, begun: str, limit: int) -> Offer:
    """The choices of a field, the records that a link may lead to, or the texts that the book has there already."""
    if field.choices:
        return _begin(book.settings.choices(field.choices), begun)
    if field.links:
        return references(book, begun, [name for name in field.to if name in book.kinds.by_name], limit)
    if field.type == "bool":
        return _begin(YES_NO, begun)
    if field.type not in ("text", "list") or field.item:
        return []
    found = {text for kind in book.kinds.named(kinds) for text in _distinct(book, kind, field.name, begun)}
    if field.name == "owner":
        found.update(key for key in book.settings.users if key.startswith(begun))
    return [(text, "") for text in sorted(found)][:limit]


def _begin(choices: Iterable[str], begun: str) -> Offer:
    return [(choice, "") for choice in choices if choice.startswith(begun)]


def _distinct(book: Book, kind: Kind, name: str, begun: str) -> list[str]:
    """The texts that the book has in a field of text or of words."""
    field = kind.by_name.get(name)
    if field is None or field.computed or field.type not in ("text", "list") or field.item:
        return []
    return book.index.distinct(kind, (field.name,), begun)
