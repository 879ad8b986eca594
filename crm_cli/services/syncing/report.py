"""Tells what a sync did, from the records themselves: what came, what went, what was kept aside."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from crm_cli.book import SETTINGS, Book
from crm_cli.schema.convert import load
from crm_cli.schema.node import plain_map
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.services.syncing.sync import Synced
from crm_cli.store.codec import parse
from crm_cli.store.reading import is_record, stem
from crm_cli.store.sync.combine import Turn
from crm_cli.store.sync.filemerge import QUARANTINE


def summary(book: Book, done: Synced) -> str:
    """One line: "12 came: 3 new contacts, 9 changed; 4 went; 1 kept aside"."""
    parts = [_told(book, done.came, "came"), _told(book, done.went, "went")]
    kept = kept_aside(book, done)
    if kept:
        parts.append(f"{kept} kept aside (crm conflicts)")
    told = [part for part in parts if part]
    if not told:
        return "everything went" if done.first else "nothing new"
    return "; ".join(told)


def kept_aside(book: Book, done: Synced) -> int:
    """How many values that did not make it into a field came with this sync."""
    return sum(
        max(0, _conflicts(book, path, after) - _conflicts(book, path, before)) + _quarantined(path, before)
        for path, (before, after) in done.came.items()
    )


def _quarantined(path: str, before: bytes | None) -> int:
    return int(path.startswith(f"{QUARANTINE}/") and before is None)


def _conflicts(book: Book, path: str, data: bytes | None) -> int:
    if path == SETTINGS:
        document = parse(data or b"", path, allow_empty=True)
        entries = None if isinstance(document, Problem) else plain_map(document.root).get("conflicts")
        return len(entries) if isinstance(entries, list) else 0
    record = _record(book, path, data) if _mentions(data, b"conflicts") else None
    return len(record.conflicts) if record else 0


def _mentions(data: bytes | None, name: bytes) -> bool:
    """Whether a file can have a field of that name; to be sure it has to be parsed, which a thousand files feel."""
    return data is not None and (name in data or b"\\" in data)


def _told(book: Book, turns: Mapping[str, Turn], verb: str) -> str:
    """How many records, and for what came of which kinds."""
    total = len(turns)
    if not total:
        return ""
    if verb == "went":
        return f"{total:,} went"
    counts = Counter(_what(book, path, before, after) for path, (before, after) in turns.items())
    named = [f"{count:,} {_plural(what, count)}" for what, count in sorted(counts.items(), key=_order)]
    return f"{total:,} {verb}: {', '.join(named)}"


def _order(entry: tuple[str, int]) -> tuple[bool, str]:
    return not entry[0].startswith("new "), entry[0]


def _plural(what: str, count: int) -> str:
    return f"{what}s" if count > 1 and (what.startswith("new ") or what.endswith("file")) else what


def _what(book: Book, path: str, before: bytes | None, after: bytes | None) -> str:
    """What became of a file: "new contact", "changed", "archived", "removed", "other file"."""
    kind = book.kinds.of_path(path)
    if kind is None or not is_record(book.kinds, path):
        return "other file"
    if before is None:
        return f"new {kind.name}"
    if after is None:
        return "removed"
    if not _mentions(after, b"archived"):
        return "changed"
    old, new = _record(book, path, before), _record(book, path, after)
    return "archived" if new and new.archived and not (old and old.archived) else "changed"


def _record(book: Book, path: str, data: bytes | None) -> Record | None:
    kind = book.kinds.of_path(path)
    if data is None or kind is None:
        return None
    document = parse(data, path)
    if isinstance(document, Problem):
        return None
    return load(kind, stem(path), path, document.root, book.settings)


def foreseen(book: Book, done: Synced) -> Iterator[str]:
    """What a sync would do, a line a file: `comes contacts/asha…  changed: title, phones`."""
    for word, turns in (("comes", done.came), ("goes", done.went)):
        for path, (before, after) in sorted(turns.items()):
            collides = "; both sides changed it" if path in done.came and path in done.went else ""
            name = PurePosixPath(path)
            yield f"{word}  {name}  {_what(book, path, before, after)}{_fields(book, path, before, after)}{collides}"


def _fields(book: Book, path: str, before: bytes | None, after: bytes | None) -> str:
    old: Any = _record(book, path, before)
    new: Any = _record(book, path, after)
    if old is None or new is None:
        return ""
    from crm_cli.schema.convert import changed_fields

    return f": {', '.join(changed_fields(old, new))}"
