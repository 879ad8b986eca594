"""Everything that happened with somebody, newest first: what was said, stage moves, tasks done, fields that changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm_cli.base.dates import parse_stamp
from crm_cli.base.text import clip
from crm_cli.book import Book
from crm_cli.schema.agenda import any_interaction
from crm_cli.schema.condition import And, Ids, Selection, Test
from crm_cli.schema.table import Column, Table
from crm_cli.services.overview.around import around
from crm_cli.services.refs import Found
from crm_cli.services.telling import flat
from crm_cli.services.versions import Changed, changes, past
from crm_cli.store import refs
from crm_cli.store.history import Commit

COLUMNS = (Column("at", "moment"), Column("what"), Column("id"), Column("kind"), Column("text"), Column("by"))
VALUE_CELLS = 60
"""So much of a value is told; `crm history` has the whole."""

_STAGED = frozenset(("stage", "stage_history", "closed_at"))
_REASONS = frozenset(("lost_reason", "won_reason"))
_DONE = frozenset(("done", "status"))
Row = tuple[Any, ...]
Told = tuple[str, str, str]
"""Kind, id and path of a record whose changes are told."""


def timeline(book: Book, found: Found) -> Table:
    """What happened with a record; of a firm also with its people and deals, of a contact the moves of their deals."""
    own = Ids((found.id,))
    deals = _ids(book, "deal", around(found.kind, found.id, "deal"))
    told: list[Told] = [(found.kind, found.id, found.path)]
    if found.kind == "organization":
        told += [*_ids(book, "contact", around(found.kind, found.id, "contact")), *deals]
    rows = list(_interactions(book, around(found.kind, found.id, "interaction")))
    rows += _tasks(book, around(found.kind, found.id, "task") if found.kind != "task" else own)
    rows += _moves(book, [id for _kind, id, _path in [*deals, *told]], found.id)
    rows += _changed(book, told)
    zone = book.context.zone
    rows.sort(key=lambda row: row[2])
    rows.sort(key=lambda row: parse_stamp(row[0], moments=True).key(zone), reverse=True)
    return Table("timeline", COLUMNS, rows, ids=2)


def _ids(book: Book, kind: str, condition: Any) -> list[Told]:
    return book.index.ids([book.kinds[kind]], Selection(condition))


def _interactions(book: Book, condition: Any) -> Iterator[Row]:
    paths = [(name,) for name in ("at", "id", "kind", "name", "outcome", "by")]
    selection = Selection(And((condition, any_interaction(book.context))))
    for at, id, kind, name, outcome, by in book.index.select([book.kinds["interaction"]], selection, paths):
        text = " → ".join(part for part in (name, outcome) if part)
        yield (at, "interaction", id, kind, text, by)


def _tasks(book: Book, condition: Any) -> Iterator[Row]:
    """Each day on which a task was finished: of one that comes again there are many."""
    paths = [(name,) for name in ("id", "kind", "name", "done")]
    selection = Selection(And((condition, Test(("done",), "has"))))
    for id, kind, name, done in book.index.select([book.kinds["task"]], selection, paths):
        yield from ((day, "task", id, kind, name, None) for day in done)


def _moves(book: Book, ids: Sequence[str], own: str) -> Iterator[Row]:
    """Every stage that these deals came into, the last one first, and the reason of the one in which they are."""
    paths = [(name,) for name in ("id", "name", "stage", "stage_history", "lost_reason", "won_reason")]
    selection = Selection(Ids(tuple(dict.fromkeys(ids))))
    for id, name, now, history, *reasons in book.index.select([book.kinds["deal"]], selection, paths):
        entered = history or []
        for place in reversed(range(len(entered))):
            entry, before = entered[place], entered[place - 1]["stage"] if place else None
            last = place == len(entered) - 1 and entry["stage"] == now
            why = next((f" ({reason})" for reason in reasons if reason and last), "")
            move = f"{before} -> {entry['stage']}{why}" if before else f"{entry['stage']}{why}"
            if entry["at"]:
                yield (entry["at"], "stage", id, "deal", move if id == own else f"{name}: {move}", entry["by"])


def _changed(book: Book, told: Sequence[Told]) -> Iterator[Row]:
    """What git knows: when each of these records came, and the fields that changed since."""
    known = {path: (kind, id) for kind, id, path in told}
    kinds = book.kinds.named({kind for kind, _id, _path in told})
    facts = book.index.select(kinds, Selection(Ids(tuple(id for _kind, id, _path in told))), _CREATED)
    names = {row[0]: row[1:] for row in facts}
    found = list(changes(past(book), list(known), merges=False)) if refs.head(book.root) else []
    staged = {(one.commit.oid, one.path) for one in found if one.field == "stage"}
    for one in found:
        kind, id = known[one.path]
        name, created = names.get(id, (None, None))
        at = one.commit.when.astimezone(book.context.zone).isoformat()
        if one.field in ("created", "removed"):
            at = created if one.field == "created" and created else at
            yield (at, one.field, id, kind, name or one.after or id, _who(book, one.commit))
        elif not _told_otherwise(one, kind, (one.commit.oid, one.path) in staged):
            prefix = f"{name}: " if len(known) > 1 else ""
            yield (at, "change", id, kind, f"{prefix}{_difference(one)}", _who(book, one.commit))


_CREATED = (("id",), ("name",), ("created",))


def _told_otherwise(one: Changed, kind: str, staged: bool) -> bool:
    """Whether a stage move or a finished task says it already."""
    if kind == "deal":
        return one.field in _STAGED or (staged and one.field in _REASONS)
    return kind == "task" and one.field in _DONE and (one.field == "done" or one.after in ("done", None))


def _difference(one: Changed) -> str:
    before, after = (clip(flat(value), VALUE_CELLS) for value in (one.before, one.after))
    return f"{one.field}: {before or '(none)'} -> {after or '(none)'}"


def _who(book: Book, commit: Commit) -> str:
    """The user of the book with the author's address, else the author's name: as interactions have it."""
    known: Mapping[str, Any] = book.settings.users
    return next((key for key, user in known.items() if commit.author_email in user.emails), commit.author_name)
