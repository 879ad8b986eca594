"""Keeps the tables in step with the files and the clock: what changed is read again, and no more than that."""

import marshal
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli.base.lean import dataclass
from crm_cli.schema.context import Context
from crm_cli.schema.kind import Kind
from crm_cli.schema.problem import Problem
from crm_cli.store.files import Scan, Seen, judge
from crm_cli.store.index.layout import Layout, quoted
from crm_cli.store.looking import listings

if TYPE_CHECKING:
    from crm_cli.store.index.delta import Delta

SETTLED_NS = 2_000_000_000
"""A file changed less than this before it was read may change again without its time telling."""

_MANY = 1000
"""New files from which on it may be worth filling the tables anew."""

_FEW = 200
"""Records whose computed values may be left out; a script that only adds would carry an ever longer list of them."""


@dataclass(slots=True)
class Changes:
    """What is different from the last time."""

    listings: dict[str, bytes] = field(default_factory=dict)
    odd: dict[str, list[Problem]] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    recent: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.listings or self.read)


def compare(db: sqlite3.Connection, root: Path, kinds: Iterable[Kind]) -> Changes:
    """The files as they are beside the files as they were."""
    before: Mapping[str, bytes] = dict(db.execute("select name, listing from folder"))
    racy = dict(db.execute("select path, mtime from racy"))
    changes = Changes(read=list(racy), recent=_unsettled(racy.items()))
    for folder, listing in listings(root, {kind.folder: kind.dated for kind in kinds}).items():
        known = before.get(folder)
        if listing != known:
            _differences(changes, folder, marshal.loads(known) if known else None, listing)
    return changes


def _differences(changes: Changes, folder: str, before: Seen | None, listing: bytes) -> None:
    seen: Seen = marshal.loads(listing)
    earlier, found = _judged(before or [], seen), _judged(seen, before or [])
    if before is not None and not (earlier.files or earlier.odd or found.files or found.odd):
        return  # only what nobody means as a record: an editor's own file comes and goes
    changes.listings[folder] = listing
    if before is None or earlier.odd or found.odd:
        changes.odd[folder] = judge(seen).odd
    paths = dict.fromkeys(file[0] for file in found.files)
    changes.gone += [file[0] for file in earlier.files if file[0] not in paths]
    known_recent = set(changes.read)
    changes.read += [path for path in paths if path not in known_recent]
    for path in paths:
        changes.recent.pop(path, None)
    changes.recent |= _unsettled((file[0], file[2]) for file in found.files)


def _judged(seen: Seen, other: Seen) -> Scan:
    """What stands in these folders and did not in the others, or not like that: a book has 100,000 files that did."""
    others = dict(other)
    new: Seen = []
    for path, entries in seen:
        before = others.get(path, [])
        if entries is None and before is not None:
            new.append((path, None))
        elif entries and entries != before:
            same = set(before or ())
            new.append((path, [entry for entry in entries if entry not in same]))
    return judge(new, {path for path, _ in seen})


def _unsettled(files: Iterable[tuple[str, int]]) -> dict[str, int]:
    now = time.time_ns()
    return {path: mtime for path, mtime in files if abs(now - mtime) < SETTLED_NS}


def is_current(db: sqlite3.Connection, context: Context) -> bool:
    """Whether what was computed still holds: nothing was left out, it is the same local day, no moment has passed."""
    known = dict(db.execute("select key, value from meta where key in ('day', 'zone', 'computed', 'next', 'left_out')"))
    now = context.now.timestamp()
    if "left_out" in known:
        return False
    if (known.get("day"), known.get("zone")) != (context.today.isoformat(), context.settings.timezone):
        return False
    computed, following = known["computed"], known.get("next")
    # A moment that is this very second stays ahead, but at the same reading of the clock it changes nothing more.
    return bool(computed == now or (computed < now and (following is None or now < following)))


def refresh(db: sqlite3.Connection, root: Path, layout: Layout, context: Context, *, computed: bool = True) -> bool:
    """Brings the tables up to date, in one transaction; says whether anything was written.

    Unless it is to be `computed`, only what stands in files is; what follows from it is left to `complete`.
    """
    version = _version(db)
    changes = compare(db, root, layout.kinds.all)
    if not changes and not (computed and not is_current(db, context)):
        return False
    with _transaction(db):
        if _version(db) != version:
            # Another process has done it between the look and the lock.
            changes = compare(db, root, layout.kinds.all)
        if _is_outgrown(db, changes):
            _empty(db)
            _apply(db, root, layout, context, compare(db, root, layout.kinds.all), new=True)
        elif changes or (computed and not is_current(db, context)):
            _apply(db, root, layout, context, changes, computed=computed)
    return True


def complete(db: sqlite3.Connection, layout: Layout, context: Context) -> None:
    """Works out what was left out, and what time has changed, without another look at the files."""
    if is_current(db, context):
        return
    from crm_cli.store.index.compute import compute  # 5 ms that nobody pays who wants to know a name only

    with _transaction(db):
        if not is_current(db, context):
            compute(db, layout, context, _left_out(db))


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise


def _is_outgrown(db: sqlite3.Connection, changes: Changes) -> bool:
    """Whether most records are new, as after an import: filling empty tables takes half as long as adding to them."""
    many = len(changes.read)
    return many > _MANY and many > db.execute("select count(*) from record").fetchone()[0]


def _empty(db: sqlite3.Connection) -> None:
    """Takes everything out of the tables but what says whose they are; the indexes go until the rows are in."""
    known = db.execute("select type, name from sqlite_schema where sql is not null and name <> 'meta'").fetchall()
    for name in [name for type, name in known if type == "index"]:
        db.execute(f"drop index {quoted(name)}")
    db.execute("drop table if exists grams")
    for name in [name for type, name in known if type == "table" and not name.startswith("grams")]:
        db.execute(f"delete from {quoted(name)}")


def _version(db: sqlite3.Connection) -> int:
    """Counts up whenever another connection has written."""
    return int(db.execute("pragma data_version").fetchone()[0])


def fill(db: sqlite3.Connection, root: Path, layout: Layout, context: Context) -> None:
    """Fills empty tables."""
    db.execute("begin")
    _apply(db, root, layout, context, compare(db, root, layout.kinds.all), new=True)
    db.execute("commit")


def _apply(
    db: sqlite3.Connection,
    root: Path,
    layout: Layout,
    context: Context,
    changes: Changes,
    *,
    new: bool = False,
    computed: bool = True,
) -> None:
    # Reading files takes the parser: 30 ms that an index in step does not pay.
    from crm_cli.store.index.grams import has_grams
    from crm_cli.store.index.load import Loader

    before = _left_out(db)
    delta = None if new else before
    loader = Loader(db, root, layout, context.settings, has_grams(db), delta)
    loader.remove(changes.gone)
    vanished = (loader.fill if new else loader.replace)(changes.read)
    for statement in layout.indexes if new else ():
        db.execute(statement)
    loader.follow_tombstones()
    _remember(db, changes, set(vanished))
    if delta is not None and not computed and sum(map(len, delta.ids.values())) <= _FEW:
        left_out = marshal.dumps((delta.ids, delta.edges))
        db.execute("insert or replace into meta values ('left_out', ?)", (left_out,))
        return
    from crm_cli.store.index.compute import compute  # 5 ms that nobody pays who wants to know a name only

    compute(db, layout, context, delta)


def _left_out(db: sqlite3.Connection) -> "Delta":
    """What was touched since all was computed, to be added to; it is noted no more."""
    from crm_cli.store.index.delta import Delta

    found = db.execute("select value from meta where key = 'left_out'").fetchone()
    db.execute("delete from meta where key = 'left_out'")
    return Delta(*marshal.loads(found[0])) if found else Delta()


def _remember(db: sqlite3.Connection, changes: Changes, vanished: set[str]) -> None:
    db.execute("delete from racy")
    recent = [(path, mtime) for path, mtime in changes.recent.items() if path not in vanished]
    db.executemany("insert into racy values (?, ?)", recent)
    for folder, listing in changes.listings.items():
        if vanished:
            listing = _without(listing, vanished)
        db.execute("insert or replace into folder values (?, ?)", (folder, listing))
    for folder, odd in changes.odd.items():
        db.execute("delete from broken where odd and (path = ? or path glob ?)", (folder, f"{folder}/*"))
        rows = [(p.path, p.line, p.code, p.message, p.fix) for p in odd]
        db.executemany("insert into broken values (?, ?, ?, ?, ?, 1)", rows)


def _without(listing: bytes, vanished: set[str]) -> bytes:
    """The listing as if it had not shown those files, so that they count as new should they come back."""
    seen: Seen = marshal.loads(listing)
    kept = [(path, entries and [e for e in entries if f"{path}/{e[0]}" not in vanished]) for path, entries in seen]
    return marshal.dumps(kept, 2)
