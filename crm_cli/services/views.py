"""Saved views: which there are of a kind, and keeping what is shown as one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.base.text import fold, nearest
from crm_cli.book import Book
from crm_cli.query.lexer import quote, read_word, split_words
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import EVERYTHING, And, Condition, Not, Or, Selection, Sort, Test
from crm_cli.schema.keys import key
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Plan
from crm_cli.schema.record import Record
from crm_cli.services.duplicates import look_alike
from crm_cli.services.edit import create, update

if TYPE_CHECKING:
    from crm_cli.services.listing import Question


def saved_views(book: Book, kind: Kind) -> list[tuple[str, str]]:
    """The names of the views that list a kind, each with its query; pinned ones first."""
    view = book.kinds["view"]
    of_kind = Or((Test(("kind",), "equal", (kind.name,)), Not(Test(("kind",), "has"))))
    order = (Sort(("pinned",), descending=True), Sort(("name",)))
    selection = Selection(And((PRESENT, of_kind)), order)
    rows = book.index.select([view], selection, [("name",), ("query",)])
    return [(str(name), str(query or "")) for name, query in rows if name]


def as_view(name: str) -> str:
    """A view as a word of a query."""
    return f"@{quote(name)}" if any(char.isspace() or char == '"' for char in name) else f"@{name}"


def save_view(book: Book, name: str, shown: "Question") -> Plan:
    """The plan that keeps what is shown under a name; a view of that name shows this from now on."""
    name = name.strip().removeprefix("@")
    before = _of_name(book, name)
    if before is not None and getattr(before, "kind", None) not in (None, shown.kind):
        raise BadRequest(f"the view {name} lists {getattr(before, 'kind', '')}", hint="give this one another name")
    book.parse_text(shown.text, [book.kinds[shown.kind]])
    values = {
        "name": name,
        "kind": shown.kind,
        "query": _without(shown.text, name, getattr(before, "query", None) or "") or None,
        "columns": shown.columns or getattr(before, "columns", ()),
        "sort": shown.sort or getattr(before, "sort", None),
    }
    if before is None:
        return Plan("add", (create(book, book.kinds["view"], values),))
    change = update(book, before, values, meant=values)
    return Plan("set", (change,) if change else ())


def check(book: Book, view: Record) -> None:
    """`Invalid` where another view has the name of a new one, or it lists a kind that there is not.

    A query or a column that does not read is the error that using it would be.
    """
    kind = getattr(view, "kind", None)
    if kind and kind not in book.kinds.by_name:
        near = nearest(kind, book.kinds.by_name)
        hint = f"did you mean {near}?" if near else ", ".join(kind.name for kind in book.kinds.all)
        raise Invalid(f"{kind} is no kind of record", hint=hint)
    kinds = [book.kinds[kind]] if kind else book.kinds.all
    book.parse_text(getattr(view, "query", None) or "", kinds)
    for name in getattr(view, "columns", ()):
        book.path(name, kinds)
    named = Test(("name",), "equal", (key("text", view.name or "", book.settings),))
    other = look_alike(book, "view", named)
    if other:
        hint = f"crm set '{view.name}' query='...' changes it"
        raise Invalid(f"there is a view {other} already, and @{view.name} can mean one only", hint=hint)


def _of_name(book: Book, name: str) -> Record | None:
    named: Condition = Test(("name",), "equal", (fold(name),)) if name else EVERYTHING
    found = book.index.ids([book.kinds["view"]], Selection(And((PRESENT, named))))
    return book.record(found[0][2]) if name and found else None


def _without(text: str, name: str, query: str) -> str:
    """The words, the view's own name among them spelt out: it would lead back to itself."""
    words: Sequence[str] = split_words(text)
    spelt = [query if _names(word, name) else word for word in words]
    return " ".join(word for word in spelt if word)


def _names(word: str, name: str) -> bool:
    read = read_word(word)
    return read.sign == "@" and fold(read.head) == fold(name)
