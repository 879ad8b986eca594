"""Finds records by their natural keys, in the book and among the rows of the file that is being taken in.

The keys of a kind are loaded once from the index: a question for each of thousands of rows would take minutes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from crm_cli.base.errors import BadRequest, BadValue, Invalid
from crm_cli.book import Book
from crm_cli.schema.condition import Key, Selection
from crm_cli.schema.field import Field
from crm_cli.schema.keys import KEYS
from crm_cli.schema.kind import Kind
from crm_cli.schema.record import Item
from crm_cli.schema.shapes import custom_field
from crm_cli.schema.values import PARSE
from crm_cli.services.assign import find_field

Path = tuple[str, ...]
Place = tuple[str, Path]

NAME: Final[Path] = ("name",)
ID: Final[Path] = ("id",)
_NOT_KEYS: Final = frozenset(
    ("link", "links", "money", "bool", "consent", "duration", "recurrence", "partial", "maps", "address", "facts")
)


def key_path(text: str, kind: Kind) -> Path:
    """The path of a field that records can be found by; `Invalid` for one that is no key."""
    if text == "id":
        return ID
    name, *rest = text.split(".")
    try:
        found = find_field(name, kind) if not _is_computed_name(name, kind) else kind.by_name["name"]
    except BadRequest as bad:
        raise Invalid(bad.message, hint=bad.hint) from None
    shape = found.item if found.type == "labelled" else found.type
    if shape in _NOT_KEYS or bool(rest) != (found.type == "custom") or len(rest) > 1:
        raise Invalid(f"no {kind.name} can be found by {text}", hint="name, email, phone, tax_id or custom.NAME")
    return (found.name, *rest)


def _is_computed_name(name: str, kind: Kind) -> bool:
    return name == "name" and kind.by_name["name"].computed


def key_field(path: Path, kind: Kind, book: Book) -> Field:
    """What one value at a key's path is."""
    if path == ID:
        return Field("id", "link")
    found = kind.by_name[path[0]]
    if found.type == "custom":
        declared = book.settings.custom(kind.name).get(path[1])
        return custom_field(declared) if declared else Field(".".join(path))
    return Field(found.one, found.item or "text") if found.many else found


@dataclass
class Hits:
    """Who has a key: in the book those in sight, archived ones, and records that the file makes or names."""

    present: dict[Key, list[str]] = field(default_factory=lambda: defaultdict(list))
    archived: dict[Key, list[str]] = field(default_factory=lambda: defaultdict(list))
    here: dict[Key, list[str]] = field(default_factory=lambda: defaultdict(list))


class Lookup:
    """Natural keys of the records of a book and of a file."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._places: dict[Place, Hits] = {}
        self._survivors: dict[str, Mapping[str, str]] = {}
        self._fields: dict[Place, Field] = {}

    def keys(self, kind: Kind, path: Path, values: Sequence[Any]) -> list[Key]:
        """The keys of typed values."""
        if not values:
            return []
        inner = self._field(kind, path)
        plain = (value.value if isinstance(value, Item) else value for value in values)
        return [_key(inner, value, self.book) for value in plain if value not in (None, "")]

    def key_of_text(self, kind: Kind, path: Path, text: str) -> list[Key]:
        """The key of a value as it is written; none where it is no such value."""
        key = _key_of_text(self._field(kind, path), text, self.book)
        return [] if key is None else [key]

    def find(self, kind: Kind, path: Path, keys: Sequence[Key]) -> list[str]:
        """The ids of the records that have any of these keys; archived ones only where no other has."""
        hits = self._hits(kind, path)
        found = [id for key in keys for id in (*hits.present.get(key, ()), *hits.here.get(key, ()))]
        found = found or [id for key in keys for id in hits.archived.get(key, ())]
        return list(dict.fromkeys(self.survivor(kind, id) if path != ID else id for id in found))

    def is_survivor(self, kind: Kind, path: Path, keys: Sequence[Key], id: str) -> bool:
        """Whether a record was found only because another one, which has the key, was merged into it."""
        hits = self._hits(kind, path)
        return not any(id in (*hits.present.get(k, ()), *hits.here.get(k, ()), *hits.archived.get(k, ())) for k in keys)

    def has(self, kind: Kind, id: str) -> bool:
        """Whether the book has a record of that kind and id."""
        return id in self._all[kind.name]

    def kind_of(self, id: str) -> str:
        """The kind of the record with that id in the book; empty for none."""
        return next((name for name, ids in self._all.items() if id in ids), "")

    def path_of(self, kind: Kind, id: str) -> str:
        """The file of a record in the book."""
        return self._all[kind.name][id]

    def add(self, kind: Kind, path: Path, keys: Iterable[Key], id: str) -> None:
        """Notes that a record of the file has these keys."""
        here = self._hits(kind, path).here
        for key in keys:
            if id not in here[key]:
                here[key].append(id)

    def survivor(self, kind: Kind, id: str) -> str:
        """The record that a merged-away one lives on in."""
        merged, seen = self._merged(kind), set()
        while id in merged and id not in seen:
            seen.add(id)
            id = merged[id]
        return id

    @cached_property
    def _all(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {kind.name: {} for kind in self.book.kinds.all}
        for kind, id, path in self.book.index.ids(self.book.kinds.all, Selection()):
            found[kind][id] = path
        return found

    def _merged(self, kind: Kind) -> Mapping[str, str]:
        if kind.name not in self._survivors:
            rows = self.book.index.select([kind], Selection(), [("id",), ("merged_into",)])
            self._survivors[kind.name] = {row[0]: row[1] for row in rows if row[1]}
        return self._survivors[kind.name]

    def _field(self, kind: Kind, path: Path) -> Field:
        place = (kind.name, path)
        if place not in self._fields:
            self._fields[place] = key_field(path, kind, self.book)
        return self._fields[place]

    def _hits(self, kind: Kind, path: Path) -> Hits:
        place = (kind.name, path)
        if place not in self._places:
            self._places[place] = self._load(kind, path)
        return self._places[place]

    def _load(self, kind: Kind, path: Path) -> Hits:
        hits, inner = Hits(), self._field(kind, path)
        for row in self.book.index.select([kind], Selection(), [("id",), ("archived",), path]):
            id, archived, value = row[:3]
            for text in _texts(value):
                key = _key_of_text(inner, text, self.book)
                if key is not None:
                    (hits.archived if archived else hits.present)[key].append(id)
        return hits


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value in JSON form: of a list, those of its items."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part["value"] if isinstance(part, Mapping) and "value" in part else part)
    elif value is not None and not isinstance(value, Mapping):
        yield str(value)


def _key(inner: Field, value: Any, book: Book) -> Key:
    return KEYS[inner.type if inner.type in KEYS else "text"](value, book.settings)


_AS_TEXT: Final = frozenset(("text", "long", "choice", "email", "phone", "url", "link", "list"))


def _key_of_text(inner: Field, text: str, book: Book) -> Key | None:
    if inner.type in _AS_TEXT:
        return _key(inner, text, book)
    try:
        return _key(inner, PARSE[inner.type](text, inner, book.settings), book)
    except BadValue:
        return None


def by_id(texts: Iterable[str]) -> dict[str, str]:
    """JSON texts of records, as the index gives them, by id; they are parsed when they are needed."""
    return {text.split('"', 4)[3]: text for text in texts}


def parsed(text: str) -> Mapping[str, Any]:
    """A record out of its JSON text; numbers keep their digits."""
    found: Mapping[str, Any] = json.loads(text, parse_float=Decimal)
    return found
