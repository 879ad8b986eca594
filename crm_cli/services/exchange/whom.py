"""Finds out whom each row of an import is about: a record of the book, one that a row above makes, or a new one."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from crm_cli.base.errors import Invalid
from crm_cli.base.ids import ID_RULE, is_id, new_id
from crm_cli.book import Book
from crm_cli.schema.condition import Ids, Selection
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Change
from crm_cli.schema.record import Record
from crm_cli.services.exchange.given import Given
from crm_cli.services.exchange.links import Links
from crm_cli.services.exchange.lookup import NAME, Lookup, Path, by_id, parsed
from crm_cli.services.exchange.source import Row, Source

SHOWN = 5
FEW = 200
"""With fewer rows, records are asked for one by one; with more, all of their kind are loaded."""


class Reading(Protocol):
    """What reads the rows of a file: through a map, or as records of our own."""

    source: Source
    on_match: str
    lookups: Sequence[Path]

    def given(self, row: Row) -> Given:
        """What a row says; a `CrmError` rejects it."""


@dataclass(eq=False, slots=True)
class Draft:
    """A record on its way: the rows that spoke of it, its values so far, the change that they make."""

    kind: Kind
    id: str
    new: bool
    before: Record | None = None
    values: dict[str, Any] | None = None
    change: Change | None = None
    rows: list[Row] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)


class Drafts:
    """The records that the rows of a file are about, by kind and id."""

    def __init__(self, book: Book, lookup: Lookup, links: Links, reading: Reading) -> None:
        self.book, self.lookup, self.links, self.reading = book, lookup, links, reading
        self.all: dict[tuple[str, str], Draft] = {}
        self._now: dict[str, dict[str, str]] = {}
        self._twins: dict[str, Draft] = {}
        # Asking the system for each of six characters would take a tenth of the time of a large import.
        self._choose = Random(secrets.randbits(128)).choice

    def of(self, given: Given) -> Draft:
        """The record that a row is about; `Invalid` where that cannot be told."""
        kind = given.kind
        draft = self._by_id(given) if given.id else self._by_keys(given) or self._twin(given)
        draft = draft or self._add(kind, self._new_id(given), new=True)
        if not self._keyed(given):
            self._twins.setdefault(_cells(given), draft)
        for path in dict.fromkeys((*given.match, *self.reading.lookups)):
            keys = self.lookup.keys(kind, path, [draft.id] if path == ("id",) else given.value(path, self.links))
            self.lookup.add(kind, path, keys, draft.id)
        return draft

    def _add(self, kind: Kind, id: str, *, new: bool) -> Draft:
        # Records of dated kinds get their ids when they are made; nothing links to them.
        place = (kind.name, id or f"+{len(self.all)}")
        return self.all.setdefault(place, Draft(kind, id, new))

    def _new_id(self, given: Given) -> str:
        if given.kind.dated:
            return ""
        names = given.value(NAME, self.links)
        return new_id(str(names[0]) if names else "", given.kind.name, self._choose)

    def _by_id(self, given: Given) -> Draft:
        kind, id = given.kind, given.id
        if self.lookup.has(kind, id):
            return self._add(kind, id, new=False)
        others = (one.name for one in self.book.kinds.all if one is not kind and (one.name, id) in self.all)
        if other := self.lookup.kind_of(id) or next(others, ""):
            raise Invalid(f"{id} is the id of a record of the kind {other}")
        if not is_id(id):
            raise Invalid(f"{id} is no id", hint=ID_RULE)
        return self._add(kind, id, new=True)

    def _by_keys(self, given: Given) -> Draft | None:
        """The record that the first key hits."""
        for path in given.match:
            keys = self.lookup.keys(given.kind, path, given.value(path, self.links))
            found = self.lookup.find(given.kind, path, keys)
            if len(found) > 1:
                shown = ", ".join(found[:SHOWN])
                raise Invalid(f"{len(found)} records have its {'.'.join(path)}: {shown}")
            if found:
                if self.lookup.is_survivor(given.kind, path, keys, found[0]):
                    # The key is that of a record which was merged away: it must not overwrite the survivor's.
                    given.puts = [put for put in given.puts if put.field != path[0]]
                return self._add(given.kind, found[0], new=not self.lookup.has(given.kind, found[0]))
        return None

    def _twin(self, given: Given) -> Draft | None:
        """For a row without any key: the same row above, or a record that says all of it, as after a first import.

        Of several it is the one that says the least besides: the others may be what other rows made.
        """
        if self._keyed(given):
            return None
        if above := self._twins.get(_cells(given)):
            return above
        path = next((path for path in _recognised_by(given.kind) if given.value(path, self.links)), NAME)
        keys = self.lookup.keys(given.kind, path, given.value(path, self.links))
        found = [id for id in self.lookup.find(given.kind, path, keys) if self.lookup.has(given.kind, id)]
        said = [id for id in found if self._says(given, id)]
        if not said:
            return None
        nearest = min(said, key=lambda id: (sum(map(bool, self.now(given.kind, id).values())), id))
        return self._add(given.kind, nearest, new=False)

    def _keyed(self, given: Given) -> bool:
        """Whether the row can be known again by an id or a key."""
        return bool(given.id) or any(given.value(path, self.links) for path in given.match)

    def _says(self, given: Given, id: str) -> bool:
        now = self.now(given.kind, id)
        return all(put.same(now, self.links) for put in given.puts)

    def now(self, kind: Kind, id: str) -> Mapping[str, Any]:
        """A record of the book in JSON form."""
        known = self._now.setdefault(kind.name, {})
        if id not in known:
            few = len(self.reading.source.rows) < FEW
            known |= self._texts(kind, Selection(Ids((id,))) if few else Selection())
        return parsed(known[id])

    def _texts(self, kind: Kind, selection: Selection) -> dict[str, str]:
        return by_id(self.book.index.json([kind], selection))


def _recognised_by(kind: Kind) -> Iterator[Path]:
    """What a row without a key may be known again by: the name, else the day of what has none."""
    yield NAME
    yield from ((field.name,) for field in kind.stored if field.required and field.type == "moment")


def _cells(given: Given) -> str:
    return f"{given.kind.name} {given.row.cells!r}"
