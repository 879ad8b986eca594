"""Many changes at once, one JSON object a line: new records, changes, whole records as an export writes them.

All lines are understood before anything is planned, and one that cannot be is an error with its number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crm_cli.base.errors import Ambiguous, BadValue, CrmError, Invalid
from crm_cli.base.ids import ID_RULE, is_id, new_id
from crm_cli.base.text import nearest
from crm_cli.book import Book
from crm_cli.formats.jsontext import dump
from crm_cli.schema.condition import Selection
from crm_cli.schema.convert import values_of
from crm_cli.schema.kind import Kind
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.record import Record
from crm_cli.services.assign import find_field
from crm_cli.services.edit import check_part, create, update
from crm_cli.services.entry import Entry, from_json
from crm_cli.services.exchange import jsonset
from crm_cli.services.exchange.lookup import ID, NAME, Lookup, by_id, parsed
from crm_cli.services.exchange.source import json_lines
from crm_cli.services.refs import link_kinds, resolve

_NEW: Final = ("new", "id", "set", "add", "remove", "force")
_CHANGE: Final = ("id", "set", "add", "remove", "expect", "force")
_MAPS: Final = ("set", "add", "remove", "expect")


@dataclass(slots=True)
class Draft:
    """A record on its way; one without a `before` is still to be made."""

    kind: Kind
    id: str
    number: int
    """The line that names it first."""
    before: Record | None = None
    values: dict[str, Any] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    force: bool = False
    meant: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number, what it says, and the record that it is about."""

    number: int
    said: Mapping[str, Any]
    kind: Kind
    id: str

    @property
    def whole(self) -> bool:
        """Whether it is a whole record."""
        return "record" in self.said


class _Links:
    """Any reference, also to a record that another line makes, by its id or its exact name."""

    def __init__(self, book: Book, lookup: Lookup) -> None:
        self.book, self.lookup = book, lookup

    def __call__(self, to: Sequence[str], text: str) -> str:
        kinds = link_kinds(self.book, to)
        stem = text.rpartition("/")[2]
        if is_id(stem) and stem == text:
            for kind in kinds:
                if self.lookup.find(kind, ID, [stem]):
                    return self.lookup.survivor(kind, stem)
        named = [id for kind in kinds for id in self.lookup.find(kind, NAME, self.lookup.key_of_text(kind, NAME, text))]
        if len(named) == 1:
            return named[0]
        if len(named) > 1:
            raise Ambiguous(f"{text} could be {len(named)} records", hint="name one by its id", candidates=named)
        return resolve(self.book, text, kinds).id


class _Batch:
    """One run over all lines."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.lookup = Lookup(book)
        self.entry = Entry(book.context, _Links(book, self.lookup))
        self.drafts: dict[tuple[str, str], Draft] = {}
        self._now: dict[str, dict[str, str]] = {}

    def line(self, number: int, said: Any) -> Line:
        """Understands what a line is about; records that it makes can be linked to from now on."""
        if isinstance(said, BadValue):
            raise Invalid(said.message)
        if not isinstance(said, dict):
            raise Invalid("is no object: {…}")
        if "record" in said:
            return self._whole(number, said)
        allowed = _NEW if "new" in said else _CHANGE
        for key, value in said.items():
            if key not in allowed:
                near = nearest(key, allowed)
                raise Invalid(f"{key} is not known here", hint=f"did you mean {near}?" if near else ", ".join(allowed))
            if key in _MAPS and not isinstance(value, dict):
                raise Invalid(f"{key} is no object: {{…}}")
        if not isinstance(said.get("force", False), bool):
            raise Invalid("force is neither true nor false")
        return self._new(number, said) if "new" in said else self._known(number, said)

    def _kind(self, name: Any) -> Kind:
        if not isinstance(name, str) or name not in self.book.kinds.by_name:
            raise Invalid(f"{name} is no kind of record", hint=", ".join(kind.name for kind in self.book.kinds.all))
        return self.book.kinds[name]

    def _whole(self, number: int, said: Mapping[str, Any]) -> Line:
        kind, id = self._kind(said["record"]), said.get("id")
        if not isinstance(id, str) or not is_id(id):
            raise Invalid("a whole record needs its id" if id is None else f"{id} is no id", hint=ID_RULE)
        if not self.lookup.has(kind, id):
            self._free(id, kind)
            self._note(kind, id, said.get("name"))
        return Line(number, said, kind, id)

    def _new(self, number: int, said: Mapping[str, Any]) -> Line:
        kind, id = self._kind(said["new"]), said.get("id")
        name = said.get("set", {}).get("name")
        if id is not None:
            if not isinstance(id, str) or not is_id(id):
                raise Invalid(f"{id} is no id", hint=ID_RULE)
            self._free(id, kind)
        elif not kind.dated:
            id = new_id(str(name or ""), kind.name)
        if id:
            self._note(kind, id, name)
        return Line(number, said, kind, id or f"+{number}")

    def _free(self, id: str, kind: Kind) -> None:
        made = (one.name for one in self.book.kinds.all if self.lookup.find(one, ID, [id]))
        if other := self.lookup.kind_of(id) or next(made, ""):
            raise Invalid(f"there is a record {id} already{f', of the kind {other}' if other != kind.name else ''}")

    def _note(self, kind: Kind, id: str, name: Any) -> None:
        self.lookup.add(kind, ID, [id], id)
        if isinstance(name, str):
            self.lookup.add(kind, NAME, self.lookup.keys(kind, NAME, [name]), id)

    def _known(self, number: int, said: Mapping[str, Any]) -> Line:
        text = said.get("id")
        if not isinstance(text, str) or not text:
            raise Invalid("it says neither whom it is about (id) nor what it makes (new)")
        name = self.lookup.kind_of(text)
        if name:
            kind = self.book.kinds[name]
            return Line(number, said, kind, self.lookup.survivor(kind, text))
        made = next((kind for kind in self.book.kinds.all if self.lookup.find(kind, ID, [text])), None)
        if made:
            return Line(number, said, made, text)
        found = resolve(self.book, text)
        return Line(number, said, self.book.kinds[found.kind], found.id)

    # -- second pass

    def apply(self, line: Line) -> None:
        """Puts what a line says onto its record."""
        if line.whole:
            self._become(line)
            return
        draft, said = self._draft(line), line.said
        draft.force = draft.force or bool(said.get("force"))
        for name, raw in said.get("expect", {}).items():
            self._expect(draft, name, raw)
        for word, work in (("set", jsonset.put), ("add", jsonset.add), ("remove", jsonset.remove)):
            for name, raw in said.get(word, {}).items():
                self._mean(draft, name, whole=word == "set")
                draft.values = work(draft.values, name, raw, draft.kind, self.entry)

    def _mean(self, draft: Draft, name: str, *, whole: bool) -> None:
        """Notes that a field is meant: what does not fit in it is replaced whole, or not touched."""
        head, dot, _ = name.partition(".")
        if draft.before is None or head == "extra":
            return
        found = find_field(head, draft.kind).name
        draft.meant.add(found)
        if dot or not whole:
            check_part(draft.before, found)

    def _become(self, line: Line) -> None:
        known = self.lookup.has(line.kind, line.id)
        now = self._json(line.kind, line.id) if known else {}
        differing = jsonset.differing(line.said, now, line.kind)
        if known and not differing:
            return
        draft = self._draft(line)
        draft.force = draft.force or not known
        for name, raw in differing.items():
            draft.values = jsonset.put(draft.values, name, raw, draft.kind, self.entry)

    def _draft(self, line: Line) -> Draft:
        place = (line.kind.name, line.id)
        if place not in self.drafts:
            draft = self.drafts[place] = Draft(line.kind, "" if line.id.startswith("+") else line.id, line.number)
            if self.lookup.has(line.kind, line.id):
                draft.before = self.book.record(self.lookup.path_of(line.kind, line.id))
                draft.values = {**values_of(draft.before), "extra": draft.before.extra}
        return self.drafts[place]

    def _json(self, kind: Kind, id: str) -> Mapping[str, Any]:
        if kind.name not in self._now:
            self._now[kind.name] = by_id(self.book.index.json([kind], Selection()))
        return parsed(self._now[kind.name][id])

    def _expect(self, draft: Draft, name: str, raw: Any) -> None:
        """Notes what a field must be when the lock is held; it must be so now, too."""
        spec = find_field(name.partition(".")[0], draft.kind)
        if draft.before is None:
            raise Invalid("a record that is still to be made cannot be expected to hold anything")
        draft.expect[spec.name] = getattr(draft.before, spec.name)
        if not self._is(draft, name, raw):
            message = f"{draft.id}: {name} is not {dump(raw)}, as it was expected to be"
            raise Invalid(message, hint=f"look at it again: crm show {draft.id}")

    def _is(self, draft: Draft, name: str, raw: Any) -> bool:
        """Whether a field, or what a dot reaches in it, is this: as an export says it, or as it would be set."""
        head, _, key = name.partition(".")
        spec = find_field(head, draft.kind)
        now, shown = getattr(draft.before, spec.name), self._json(draft.kind, draft.id)[spec.name]
        part = key if isinstance(shown, dict) else ""
        if (part or not key or shown is None) and raw == (shown.get(part) if part else shown):
            return True
        if not key and not spec.mapping:
            return bool(from_json(raw, spec, self.entry) == now)
        if key and spec.type == "money":
            return False
        return bool(jsonset.put({spec.name: now}, name, raw, draft.kind, self.entry)[spec.name] == now)

    def changes(self) -> Iterator[Change]:
        """The changes of all records that differ."""
        for draft in self.drafts.values():
            with _Numbered(draft.number):
                made = self._change(draft)
            if made:
                yield made

    def _change(self, draft: Draft) -> Change | None:
        if draft.before is None:
            return create(self.book, draft.kind, draft.values, id=draft.id, force=draft.force)
        return update(self.book, draft.before, draft.values, force=draft.force, meant=draft.meant, expect=draft.expect)


def plan_lines(book: Book, text: str) -> Plan:
    """The plan of all lines; the first that cannot be understood is an error with its number."""
    batch, lines = _Batch(book), []
    for number, said in json_lines(text):
        with _Numbered(number):
            lines.append(batch.line(number, said))
    for line in lines:
        with _Numbered(line.number):
            batch.apply(line)
    return Plan("apply", tuple(batch.changes()))


class _Numbered:
    """Says in an error which line it is about."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: Any, error: Any, _trace: Any) -> None:
        if isinstance(error, CrmError):
            text = f"line {self.number}: {error.message}"
            raise type(error)(text, hint=error.hint, candidates=error.candidates) from error
