"""Links of rows that are taken in: found by a natural key or an id, in the book and the file, or made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_cli.base.errors import Invalid
from crm_cli.base.ids import is_id
from crm_cli.book import Book
from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Change
from crm_cli.schema.record import Item
from crm_cli.services.edit import create
from crm_cli.services.entry import Entry, item
from crm_cli.services.exchange.lookup import ID, NAME, Lookup, Path, key_field, key_path
from crm_cli.services.exchange.reading import reader
from crm_cli.services.refs import link_kinds

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Pending:
    """The text of a link that is looked up once all rows are known; `by` is empty for an id or an exact name."""

    to: tuple[str, ...]
    text: str
    by: str = ""
    create: bool = False


class Links:
    """Finds what links lead to. `used` collects the ids that were given out, `made` the records made for links."""

    def __init__(self, book: Book, lookup: Lookup, source: str | None = None) -> None:
        self.book, self.lookup, self.source = book, lookup, source
        self.used: set[str] = set()
        self.made: dict[str, Change] = {}
        self._known: dict[Pending, str] = {}

    def __call__(self, to: Sequence[str], text: str) -> str:
        """The id of a record, by its id or its exact name: what `services.entry` asks for."""
        return self.resolve(Pending(tuple(to), text))

    def kinds(self, to: Sequence[str]) -> Sequence[Kind]:
        """The kinds that a link may lead to."""
        return link_kinds(self.book, to)

    def paths(self, link: Pending) -> list[tuple[Kind, Path]]:
        """Where a link is looked for: kinds, and the fields that it is found by."""
        if not link.by:
            return [(kind, path) for path in (ID, NAME) for kind in self.kinds(link.to)]
        return [(kind, key_path(link.by, kind)) for kind in self.kinds(link.to)]

    def resolve(self, link: Pending) -> str:
        """The id that is meant; `Invalid` for none, unless it is to be made, and for several."""
        id = self._known.get(link)
        if id is None:
            id = self._known[link] = self._one(link)
        self.used.add(id)
        return id

    def peek(self, link: Pending) -> str | None:
        """The id that is meant, if there is just one by now."""
        found = self._ids(link)
        return found[0] if len(found) == 1 else None

    def named(self, to: Sequence[str], text: Any) -> list[str]:
        """The ids of the records with that exact name."""
        return self._ids(Pending(tuple(to), text)) if isinstance(text, str) else []

    def _one(self, link: Pending) -> str:
        found = self._ids(link)
        if len(found) == 1:
            return found[0]
        kinds = " or ".join(kind.name for kind in self.kinds(link.to))
        what = f"{kinds} with the {link.by or 'id or name'} {link.text[:80]}"
        if found:
            raise Invalid(f"there are {len(found)} records for {what}: {', '.join(found[:SHOWN])}")
        if not link.create:
            raise Invalid(f"there is no {what}")
        return self._make(link)

    def _ids(self, link: Pending) -> list[str]:
        text = link.text.strip()
        if not link.by:
            if found := self._by_id(link, text):
                return [found]
            link = Pending(link.to, text, "name")
        ids = []
        for kind, path in self.paths(link):
            ids += self.lookup.find(kind, path, self.lookup.key_of_text(kind, path, text))
        return list(dict.fromkeys(ids))

    def _by_id(self, link: Pending, text: str) -> str:
        folder, _, stem = text.rpartition("/")
        if not is_id(stem):
            return ""
        for kind in self.kinds(link.to):
            if (not folder or folder == kind.folder) and self.lookup.find(kind, ID, [stem]):
                return self.lookup.survivor(kind, stem)
        return ""

    def _make(self, link: Pending) -> str:
        kind = self.kinds(link.to)[0]
        path = key_path(link.by or "name", kind)
        value = link.text.strip()
        given: dict[str, Any] = {"name": value, "source": self.source}
        if path == ID:
            raise Invalid(f"there is no {kind.name} with the id {value[:80]}", hint="none can be made of an id alone")
        if path != NAME:
            field = kind.by_name[path[0]]
            typed = self._typed(value, key_field(path, kind, self.book))
            typed = Item(None, typed) if field.type == "labelled" else typed
            given[path[0]] = {path[1]: typed} if field.mapping else (typed,) if field.many else typed
        change = create(self.book, kind, given, force=True)
        id = change.record.id
        self.made[id] = change
        self.lookup.add(kind, path, self.lookup.key_of_text(kind, path, value), id)
        return id

    def _typed(self, text: str, inner: Field) -> Any:
        """The key of a record that is made, as a value of its field; `Invalid` where it does not fit."""
        entry = Entry(self.book.context, self)
        return (item(text, inner, entry),) if inner.many else reader(inner, entry)(text)
