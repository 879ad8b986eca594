"""Makes a plan out of rows: what each changes in the record that it is about, and which rows are rejected.

Two passes. The first finds the record of each row, or makes room for a new one, so that the second can look up links
to records anywhere in the file. A row is taken whole or not at all, and one that links to a rejected row is rejected.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crm_cli.base.errors import CrmError, Invalid
from crm_cli.book import Book
from crm_cli.formats.cells import cell
from crm_cli.schema.convert import file_tree, values_of
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.problem import Problem
from crm_cli.services.edit import create, require, update
from crm_cli.services.exchange.given import Given
from crm_cli.services.exchange.links import Links
from crm_cli.services.exchange.lookup import Lookup
from crm_cli.services.exchange.source import Row
from crm_cli.services.exchange.whom import Draft, Drafts, Reading
from crm_cli.store.codec import emit, parse
from crm_cli.store.files import RECORD_LIMIT

LONG = 20_000
NESTED = 8


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


class Importer:
    """One run over the rows of a file."""

    def __init__(self, book: Book, lookup: Lookup, links: Links, reading: Reading) -> None:
        self.book, self.lookup, self.links, self.reading = book, lookup, links, reading
        self.drafts = Drafts(book, lookup, links, reading)
        self.rejects: list[Reject] = []

    def run(self) -> Imported:
        """The plan of all rows."""
        found = []
        for row in self.reading.source.rows:
            try:
                if row.problem:
                    raise Invalid(row.problem)
                given = self.reading.given(row)
                found.append((given, self.drafts.of(given)))
            except CrmError as error:
                self._reject(row, error)
        for given, draft in found:
            self.links.used.clear()
            try:
                self._apply(given, draft)
            except CrmError as error:
                self._reject(given.row, error)
        self._reject_outgrown()
        self._reject_orphans()
        return self._result()

    def _reject(self, row: Row, error: CrmError) -> None:
        hint = f" ({error.hint})" if error.hint else ""
        self.rejects.append(Reject(row, f"{error.message}{hint}"))

    # -- what it changes

    def _apply(self, given: Given, draft: Draft) -> None:
        puts, mode = given.puts, self.reading.on_match
        first = draft.new and not draft.rows
        if draft.values is None and not draft.new:
            now = self.drafts.now(draft.kind, draft.id)
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
        if change and _unusual(given.row):
            self._check_size(change)
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

    def _check_size(self, change: Change) -> None:
        """A record that no file may hold would be the end of the whole import."""
        after = change.record
        data = emit(file_tree(after, self.book.settings), after.kind_.groups)
        if len(data) > RECORD_LIMIT:
            raise Invalid(f"the record would be larger than {RECORD_LIMIT >> 20} MiB, which no file of one may be")
        back = parse(data, after.path)
        if isinstance(back, Problem):
            raise Invalid(f"no file may hold the record: {back.message}")

    # -- the end

    def _reject_outgrown(self) -> None:
        """Takes out what only many rows together have made too large."""
        for draft in self.drafts.all.values():
            if draft.change and len(draft.rows) > 1 and sum(map(_length, draft.rows)) > LONG:
                try:
                    self._check_size(draft.change)
                except Invalid as error:
                    for row in draft.rows:
                        self._reject(row, error)
                    draft.change, draft.rows = None, []

    def _reject_orphans(self) -> None:
        """Takes out again what links to a record that is not made after all, until nothing does."""
        missing = {draft.id for draft in self.drafts.all.values() if draft.new and draft.change is None}
        while lost := [d for d in self.drafts.all.values() if d.change and d.needs & missing]:
            for draft in lost:
                gone = sorted(draft.needs & missing)[0]
                for row in draft.rows:
                    self.rejects.append(Reject(row, f"it links to {gone}, whose own row is rejected"))
                draft.change, draft.rows = None, []
                if draft.new:
                    missing.add(draft.id)

    def _result(self) -> Imported:
        changes = [draft.change for draft in self.drafts.all.values() if draft.change]
        needed = {id for draft in self.drafts.all.values() if draft.change for id in draft.needs}
        made = [change for id, change in self.links.made.items() if id in needed]
        same = sum(1 for draft in self.drafts.all.values() if draft.rows and not draft.change)
        repeated = sum(len(draft.rows) - 1 for draft in self.drafts.all.values() if draft.rows)
        rejects = tuple(sorted(self.rejects, key=lambda reject: reject.row.line))
        return Imported(Plan("import", (*made, *changes)), self.reading.source.columns, same, repeated, rejects)


def _unusual(row: Row) -> bool:
    """Whether a row says so much, or in so many brackets, that its record may not fit into a file."""
    if _length(row) > LONG:
        return True
    return any(text.count("[") + text.count("{") > NESTED for text in map(cell, row.cells))


def _length(row: Row) -> int:
    return sum(len(cell(value)) for value in row.cells)


def counts(plan: Plan, *, new: bool) -> Iterator[tuple[str, int]]:
    """How many records of each kind a plan makes, or changes."""
    found: dict[str, int] = {}
    for change in plan.changes:
        if (change.before is None) == new:
            name = change.record.kind_.name
            found[name] = found.get(name, 0) + 1
    yield from found.items()
