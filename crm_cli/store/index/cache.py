"""The file that the tables live in between two commands, and memory where there can be none.

Nothing in it is worth keeping: what is missing, broken, of another version or of other settings is built anew,
and what cannot be written is copied into memory and brought up to date there.
"""

import contextlib
import marshal
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from crm_cli import __version__
from crm_cli.base.lean import dataclass
from crm_cli.schema.context import Context
from crm_cli.store.index.functions import add_functions
from crm_cli.store.index.layout import VERSION, Layout
from crm_cli.store.index.refresh import complete, fill, refresh

PATIENCE = 0.3
"""Seconds that another process may keep us from writing before we go on without."""

_STALE = 3600
_BROKEN = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR))
_ROOMS = ("base", "schema", "kinds", "store/codec", "store/index")


@dataclass(frozen=True)
class Store:
    """Where the tables of one book are kept, and what they are made from."""

    root: Path
    layout: Layout
    cache: Path | None
    settings_key: str

    def open(self, context: Context, *, computed: bool = True) -> sqlite3.Connection:
        """The tables, up to date; unless they are to be `computed` as far as files decide them."""
        if self.cache is not None:
            for _ in range(2):
                try:
                    return self._from_cache(self.cache, context, computed=computed)
                except (OSError, sqlite3.Error) as error:
                    if not isinstance(error, sqlite3.Error) or not is_broken(error):
                        break
                    # What turns out to be broken only while it is brought up to date is built anew.
                    self.forget()
        return self.build(":memory:", context)

    def _from_cache(self, cache: Path, context: Context, *, computed: bool) -> sqlite3.Connection:
        db = self._existing(cache)
        if db is None:
            self._rebuild(cache, context)
            return connect(cache)
        try:
            return self.refreshed(db, context, computed=computed)
        except sqlite3.Error:
            db.close()
            raise

    def refreshed(self, db: sqlite3.Connection, context: Context, *, computed: bool = True) -> sqlite3.Connection:
        """The tables brought up to date: the same, or a copy in memory where they cannot be written."""
        return _written(db, lambda one: refresh(one, self.root, self.layout, context, computed=computed))

    def completed(self, db: sqlite3.Connection, context: Context) -> sqlite3.Connection:
        """The tables with what was not computed; the same, or a copy in memory."""
        return _written(db, lambda one: complete(one, self.layout, context))

    def _existing(self, cache: Path) -> sqlite3.Connection | None:
        """The tables of the file; None where they are not ours to use."""
        if not cache.exists():
            return None
        try:
            return self._checked(connect(cache))
        except sqlite3.OperationalError as error:
            wal = Path(f"{cache}-wal")
            if error.sqlite_errorcode != sqlite3.SQLITE_CANTOPEN or (wal.exists() and wal.stat().st_size):
                raise
            # In a directory that cannot be written SQLite cannot make the files that it shares with other processes.
            return self._checked(connect(f"{cache.absolute().as_uri()}?immutable=1"))
        except sqlite3.DatabaseError:
            return None

    def _checked(self, db: sqlite3.Connection) -> sqlite3.Connection | None:
        try:
            known = db.execute("select value from meta where key = 'identity'").fetchone()
        except sqlite3.DatabaseError as error:
            db.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # that is: no such table
                return None
            raise
        if known is not None and known[0] == self._identity():
            return db
        db.close()
        return None

    def _rebuild(self, cache: Path, context: Context) -> None:
        cache.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(cache)
        new = cache.with_name(f"{cache.name}.{os.getpid()}.new")
        try:
            os.close(os.open(new, os.O_CREAT | os.O_RDWR | os.O_TRUNC | os.O_CLOEXEC, 0o600))
            db = self.build(new, context)
            db.execute("pragma journal_mode = wal")
            db.close()
            _sync(new)
            # The log of the file that goes away must not be taken for the new one's.
            for rest in ("-wal", "-shm"):
                Path(f"{cache}{rest}").unlink(missing_ok=True)
            os.replace(new, cache)
        finally:
            _remove(new)

    def build(self, place: Path | str, context: Context) -> sqlite3.Connection:
        """The tables made from all files."""
        db = connect(place)
        try:
            db.execute("pragma journal_mode = off")
            db.execute("pragma synchronous = off")
            db.execute("pragma cache_size = -32000")
            db.executescript(self.layout.create)
            fill(db, self.root, self.layout, context)
            db.execute("insert into meta values ('identity', ?)", (self._identity(),))
        except BaseException:
            db.close()
            raise
        return db

    def _identity(self) -> bytes:
        """What makes these tables ours: the program, SQLite, the kinds, the settings."""
        known = (VERSION, __version__, sqlite3.sqlite_version, self.settings_key, str(self.root), _program())
        return marshal.dumps((*known, self.layout.fingerprint), 2)

    def forget(self) -> None:
        """Takes away a file that turned out to be broken."""
        if self.cache is not None:
            with contextlib.suppress(OSError):
                _remove(self.cache)


def connect(place: Path | str) -> sqlite3.Connection:
    """A connection that begins no transaction by itself."""
    uri = str(place).startswith("file:")
    db = sqlite3.connect(place, timeout=PATIENCE, isolation_level=None, check_same_thread=False, uri=uri)
    db.execute("pragma synchronous = normal")
    add_functions(db)
    return db


def _written(db: sqlite3.Connection, write: Callable[[sqlite3.Connection], object]) -> sqlite3.Connection:
    try:
        write(db)
    except sqlite3.OperationalError:
        if db.execute("pragma database_list").fetchone()[2] == "":
            raise
        copy = connect(":memory:")
        db.backup(copy)
        db.close()
        write(copy)
        return copy
    return db


def is_broken(error: sqlite3.Error) -> bool:
    """Whether the file is at fault, and neither the statement nor another process."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN


def _program() -> tuple[tuple[str, int, int], ...]:
    """Size and time of the modules that make the rows, for whoever changes the program without its version."""
    place = Path(__file__).parents[2]
    found: list[tuple[str, int, int]] = []
    for room in _ROOMS:
        with contextlib.suppress(OSError), os.scandir(place / room) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    known = entry.stat()
                    found.append((entry.name, known.st_size, known.st_mtime_ns))
    return tuple(sorted(found))


def _remove(place: Path) -> None:
    for rest in ("", "-wal", "-shm", "-journal"):
        Path(f"{place}{rest}").unlink(missing_ok=True)


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(cache: Path) -> None:
    """Removes what killed processes left half built."""
    for left in cache.parent.glob(f"{cache.name}.*.new*"):
        if time.time() - left.stat().st_mtime > _STALE:
            left.unlink(missing_ok=True)
