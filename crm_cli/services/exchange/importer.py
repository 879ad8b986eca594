"""Makes a plan out of rows: whom each row is about, what it changes, and which rows are rejected.

Two passes. The first finds the record of each row, or makes room for a new one, so that the second can look up links
to records anywhere in the file. A row is taken whole or not at all, and one that links to a rejected row is rejected.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from crm_cli.base.errors import CrmError, Invalid
from crm_cli.base.ids import is_id, new_id
from crm_cli.book import Book
from crm_cli.formats.cells import cell
from crm_cli.schema.condition import Ids, Selection
from crm_cli.schema.convert import file_tree, values_of
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.services.edit import create, require, update
from crm_cli.services.exchange.given import Given
from crm_cli.services.exchange.links import Links
from crm_cli.services.exchange.lookup import NAME, Lookup, Path, by_id, parsed
from crm_cli.services.exchange.source import Row, Source
from crm_cli.store.codec import emit, parse
from crm_cli.store.files import RECORD_LIMIT

SHOWN = 5
LONG = 20_000
NESTED = 8
FEW = 200
"""With fewer rows, records are asked for one by one; with more, all of their kind are loaded."""


class Reading(Protocol):
    """What reads the rows of a file: through a map, or as records of our own."""

    source: Source
    on_match: str
    lookups: Sequence[Path]

    def given(self, row: Row) -> Given:
        """What a row says; a `CrmError` rejects it."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken in, and why."""

    row: Row
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import would do: the plan, how many records are as they were, the rows that are rejected.

    `repeated` counts the rows about a record that a row above them is about.
    """

    plan: Plan
    columns: tuple[str, ...]
    same: int = 0
    repeated: int = 0
    rejects: tuple[Reject, ...] = ()


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


class Importer:
    """One run over the rows of a file."""

    def __init__(self, book: Book, lookup: Lookup, links: Links, reading: Reading) -> None:
        self.book, self.lookup, self.links, self.reading = book, lookup, links, reading
        self.drafts: dict[tuple[str, str], Draft] = {}
        self.rejects: list[Reject] = []
        self._now: dict[str, dict[str, str]] = {}
        self._twins: dict[str, Draft] = {}
        # Asking the system for each of six characters would take a tenth of the time of a large import.
        self._choose = Random(secrets.randbits(128)).choice

    def run(self) -> Imported:
        """The plan of all rows."""
        found = []
        for row in self.reading.source.rows:
            try:
                if row.problem:
                    raise Invalid(row.problem)
                given = self.reading.given(row)
                found.append((given, self._draft(given)))
            except CrmError as error:
                self._reject(row, error)
        for given, draft in found:
            self.links.used.clear()
            try:
                self._apply(given, draft)
            except CrmError as error:
                self._reject(given.row, error)
        self._reject_orphans()
        return self._result()

    def _reject(self, row: Row, error: CrmError) -> None:
        hint = f" ({error.hint})" if error.hint else ""
        self.rejects.append(Reject(row, f"{error.message}{hint}"))

    # -- whom a row is about

    def _draft(self, given: Given) -> Draft:
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
        place = (kind.name, id or f"+{len(self.drafts)}")
        return self.drafts.setdefault(place, Draft(kind, id, new))

    def _new_id(self, given: Given) -> str:
        if given.kind.dated:
            return ""
        names = given.value(NAME, self.links)
        return new_id(str(names[0]) if names else "", given.kind.name, self._choose)

    def _by_id(self, given: Given) -> Draft:
        kind, id = given.kind, given.id
        if self.lookup.has(kind, id):
            return self._add(kind, id, new=False)
        others = (one.name for one in self.book.kinds.all if one is not kind and (one.name, id) in self.drafts)
        if other := self.lookup.kind_of(id) or next(others, ""):
            raise Invalid(f"{id} is the id of a record of the kind {other}")
        if not is_id(id):
            raise Invalid(f"{id} is no id", hint="small letters, digits and - only")
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

    # -- what it changes

    def now(self, kind: Kind, id: str) -> Mapping[str, Any]:
        """A record of the book in JSON form."""
        known = self._now.setdefault(kind.name, {})
        if id not in known:
            few = len(self.reading.source.rows) < FEW
            known |= self._texts(kind, Selection(Ids((id,))) if few else Selection())
        return parsed(known[id])

    def _texts(self, kind: Kind, selection: Selection) -> dict[str, str]:
        return by_id(self.book.index.json([kind], selection))

    def _apply(self, given: Given, draft: Draft) -> None:
        puts, mode = given.puts, self.reading.on_match
        first = draft.new and not draft.rows
        if draft.values is None and not draft.new:
            now = self.now(draft.kind, draft.id)
            puts = [put for put in puts if not put.same(now, self.links) and not (mode == "fill" and put.holds(now))]
            if not puts or mode == "skip":
                draft.rows.append(given.row)
                return
            draft.before = self.book.record(self.lookup.path_of(draft.kind, draft.id))
            draft.values = {**values_of(draft.before), "extra": draft.before.extra}
        before = draft.values or {}
        values = given.plain(self.links) if first else dict(before)
        for put in puts:
            if put.waits if first else mode == "update" or (mode == "fill" and not put.holds(before)):
                put.into(values, self.links)
        for put in given.fresh if draft.new else ():
            if not put.holds(values):
                put.into(values, self.links)
        self._close(values, draft)
        change = self._change(draft, values)
        self._check_size(change, given.row)
        draft.change = change
        draft.values = values
        draft.rows.append(given.row)
        draft.needs |= self.links.used

    def _close(self, values: dict[str, Any], draft: Draft) -> None:
        """The day of closing counts in closed stages only: many files have one column for planned and real days."""
        if "closed_at" not in draft.kind.by_name or values.get("closed_at") is None:
            return
        stage = self.book.settings.stage(values.get("pipeline"), values.get("stage"))
        if stage is None or not stage.closed:
            values["closed_at"] = getattr(draft.before, "closed_at", None)

    def _change(self, draft: Draft, values: Mapping[str, Any]) -> Change | None:
        if draft.new:
            require(draft.kind, values, among=draft.kind.by_name)
            return create(self.book, draft.kind, values, id=draft.id, force=True)
        assert draft.before is not None
        return update(self.book, draft.before, values, force=True)

    def _check_size(self, change: Change | None, row: Row) -> None:
        """A record that no file may hold would be the end of the whole import."""
        if change and change.after and _unusual(row):
            after = change.after
            data = emit(file_tree(after, self.book.settings), after.kind_.groups)
            if len(data) > RECORD_LIMIT:
                raise Invalid(f"the record would be larger than {RECORD_LIMIT >> 20} MiB, which no file of one may be")
            back = parse(data, after.path)
            if isinstance(back, Problem):
                raise Invalid(f"no file may hold the record: {back.message}")

    # -- the end

    def _reject_orphans(self) -> None:
        """Takes out again what links to a record that is not made after all, until nothing does."""
        missing = {draft.id for draft in self.drafts.values() if draft.new and draft.change is None}
        while lost := [d for d in self.drafts.values() if d.change and d.needs & missing]:
            for draft in lost:
                gone = sorted(draft.needs & missing)[0]
                for row in draft.rows:
                    self.rejects.append(Reject(row, f"it links to {gone}, whose own row is rejected"))
                draft.change, draft.rows = None, []
                if draft.new:
                    missing.add(draft.id)

    def _result(self) -> Imported:
        changes = [draft.change for draft in self.drafts.values() if draft.change]
        needed = {id for draft in self.drafts.values() if draft.change for id in draft.needs}
        made = [change for id, change in self.links.made.items() if id in needed]
        same = sum(1 for draft in self.drafts.values() if draft.rows and not draft.change)
        repeated = sum(len(draft.rows) - 1 for draft in self.drafts.values() if draft.rows)
        rejects = tuple(sorted(self.rejects, key=lambda reject: reject.row.line))
        return Imported(Plan("import", (*made, *changes)), self.reading.source.columns, same, repeated, rejects)


def _recognised_by(kind: Kind) -> Iterator[Path]:
    """What a row without a key may be known again by: the name, else the day of what has none."""
    yield NAME
    yield from ((field.name,) for field in kind.stored if field.required and field.type == "moment")


def _unusual(row: Row) -> bool:
    """Whether a row says so much, or in so many brackets, that its record may not fit into a file."""
    texts = [cell(value) for value in row.cells]
    return sum(map(len, texts)) > LONG or any(text.count("[") + text.count("{") > NESTED for text in texts)


def _cells(given: Given) -> str:
    return f"{given.kind.name} {given.row.cells!r}"


def counts(plan: Plan, *, new: bool) -> Iterator[tuple[str, int]]:
    """How many records of each kind a plan makes, or changes."""
    found: dict[str, int] = {}
    for change in plan.changes:
        if (change.before is None) == new:
            name = change.record.kind_.name
            found[name] = found.get(name, 0) + 1
    yield from found.items()
