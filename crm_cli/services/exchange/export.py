"""Gives records out: which ones, the table of all fields of a kind, and the file that they are written to."""

import contextlib
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TextIO

from crm_cli.base.errors import BadRequest, Refused
from crm_cli.book import Book
from crm_cli.schema.condition import Selection, Sort
from crm_cli.schema.kind import Kind
from crm_cli.schema.table import Column, Table

STDOUT: Final = ("-", "/dev/stdout")
_HALF: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def choose(book: Book, words: Sequence[str], kinds: Sequence[Kind], where: str | None, *, every: bool) -> Selection:
    """The records that a query asks for; `every` adds those that are archived."""
    return book.parse([*words, *(["archived:any"] if every else [])], kinds, where)


def json_texts(book: Book, kinds: Sequence[Kind], selection: Selection) -> Iterator[str]:
    """Each record as JSON: kind by kind and by id, unless the query has an order or a limit of its own."""
    if selection.sort or selection.limit is not None:
        yield from book.index.json(kinds, selection)
        return
    for kind in kinds:
        yield from book.index.json([kind], ordered(selection))


def ordered(selection: Selection) -> Selection:
    """The same records by id, unless there is another order."""
    return selection if selection.sort else replace(selection, sort=(Sort(("id",)),))


def full_table(book: Book, kind: Kind, selection: Selection) -> Table:
    """All fields of a kind: one column each, and one for each key of its maps that occurs."""
    records = [json.loads(text, parse_float=Decimal) for text in json_texts(book, [kind], selection)]
    columns = list(_columns(kind, records))
    rows = ([_value(record, name) for name, _type in columns] for record in records)
    return Table(kind.name, tuple(Column(name, type) for name, type in columns), rows)


def _columns(kind: Kind, records: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    yield from (("id", "text"), ("record", "text"))
    for field in kind.fields:
        if field.mapping:
            keys = {key for record in records for key, part in record[field.name].items() if part is not None}
            yield from ((f"{field.name}.{key}", "text") for key in _ordered(keys, field.name, records))
            continue
        yield field.name, field.type
        if field.type == "money":
            # A spreadsheet adds up numbers, not amounts with their currency.
            yield from ((f"{field.name}.amount", "number"), (f"{field.name}.currency", "text"))
    yield from ((computed.name, computed.type) for computed in kind.shown)


def _ordered(keys: set[str], name: str, records: Sequence[dict[str, Any]]) -> list[str]:
    """Keys in the order in which records have them where that is the same for all, which is that of consent."""
    return [key for key in records[0][name] if key in keys] if name == "consent" and records else sorted(keys)


def _value(record: dict[str, Any], name: str) -> Any:
    if name in record:
        return record[name]
    head, _, key = name.partition(".")
    return (record[head] or {}).get(key)


def check_target(book: Book, target: str, *, force: bool) -> Path | None:
    """Where an export may be written; None for stdout. A file that is there needs `force`, a link is never followed."""
    if target in STDOUT:
        return None
    path = Path(os.path.abspath(os.path.expanduser(target)))
    root = Path(os.path.realpath(book.root))
    place = Path(os.path.realpath(path.parent)) / path.name
    inside = place.relative_to(root).parts if place.is_relative_to(root) else ()
    if inside and inside[0] in (".git", *book.folders):
        raise BadRequest(f"{target} lies among the records of the book", hint="write it somewhere else")
    try:
        seen = os.lstat(path)
    except FileNotFoundError:
        return path
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}") from None
    if not stat.S_ISREG(seen.st_mode):
        what = "a symbolic link" if stat.S_ISLNK(seen.st_mode) else "no plain file"
        raise BadRequest(f"{target} is {what}, so it is not written", hint="give the path of a file")
    if not force:
        raise BadRequest(f"{target} is there already", hint="--force overwrites it")
    return path


@contextlib.contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """A stream into a file that only its owner can read; it comes to stand when all of it is written, or not at all."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(fresh, path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(fresh)


def place_once(path: Path, text: str) -> bool:
    """Writes a file that is not there yet; whether the file now says this. One that says something else is left."""
    # Bytes that were no text stand as half characters and are themselves again; other halves, of UTF-16, are no text.
    data = _HALF.sub("\ufffd", text).encode("utf-8", "surrogateescape")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        with contextlib.suppress(OSError):
            return stat.S_ISREG(os.lstat(path).st_mode) and path.read_bytes() == data
        return False
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from None
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        # Half of it would be taken for the rejected rows of another import, and stand in the way of the next one.
        with contextlib.suppress(OSError):
            os.unlink(path)
        raise Refused(f"{path} cannot be written: {error.strerror or error}") from None
    return True
