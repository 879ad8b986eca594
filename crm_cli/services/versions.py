"""What records were: their versions in the history of git, and the fields that each commit changed."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_cli.base.errors import BadRequest, NotFound, Refused
from crm_cli.base.ids import is_id
from crm_cli.base.phrases import understand_range
from crm_cli.book import Book
from crm_cli.schema.convert import changed_fields, load
from crm_cli.schema.node import Plain
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.shapes import write
from crm_cli.schema.table import Column, Table
from crm_cli.services.edit import entry_of
from crm_cli.store import objects, refs
from crm_cli.store.codec import parse
from crm_cli.store.git import Git, open_git
from crm_cli.store.history import Commit, commits, reachable
from crm_cli.store.reading import stem

COLUMNS = ("at", "commit", "by", "field", "before", "after")
SHORT = 10
_FEW = 100  # files that git finds by their paths, one by one: 2 ms each among 5,000 in a folder, all together 65
_NOTHING = ("", "0" * 40)
_DAY = re.compile(r"(\d{4})-(\d{2})-\d{2}-")


@dataclass(frozen=True)
class Past:
    """The history of a book, open for reading."""

    book: Book
    git: Git
    head: str

    def commits(self, paths: Sequence[str] = (), limit: int | None = None) -> list[Commit]:
        """The commits that touch these paths, newest first."""
        return commits(self.git, self.head, paths, limit=limit)

    def bytes_at(self, commit: str, paths: Sequence[str]) -> list[bytes | None]:
        """Files as they were at a commit."""
        if len(paths) <= _FEW:
            return objects.blobs(self.git, [f"{commit}:{path}" for path in paths])
        files = objects.tree(self.git, commit)
        return objects.blobs(self.git, [files.get(path, _NOTHING)[1] for path in paths])

    def record(self, data: bytes | None, path: str) -> Record | None:
        """The record that a version of a file held; None where there was none that can be read."""
        kind = self.book.kinds.of_path(path)
        if data is None or kind is None:
            return None
        document = parse(data, path)
        if isinstance(document, Problem):
            return None
        return load(kind, stem(path), path, document.root, self.book.settings)

    def commit(self, text: str) -> Commit:
        """The commit that somebody names; `NotFound` where there is none."""
        if not 4 <= len(text) <= 40 or any(char not in "0123456789abcdef" for char in text.lower()):
            raise BadRequest(f"{text} is no commit", hint="crm git log --oneline shows the commits")
        found = [oid for oid in reachable(self.git, self.head) if oid.startswith(text.lower())]
        if len(found) != 1:
            raise NotFound(f"{'no' if not found else 'more than one'} commit begins with {text}")
        return commits(self.git, found[0], limit=1)[0]


def past(book: Book) -> Past:
    """Opens the history."""
    head = refs.head(book.root)
    if head is None:
        raise Refused("this book has no commit yet", hint="crm init makes a book with its first commit")
    return Past(book, open_git(book.root), head)


def history_table(book: Book, paths: Sequence[str], by: str | None) -> Table:
    """Every change of a field of these records, newest first."""
    rows = list(_rows(past(book), paths, by))
    rows.sort(key=lambda row: row[0], reverse=True)
    return Table("history", tuple(Column(name, "moment" if name == "at" else "text") for name in COLUMNS), rows, ids=1)


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that a commit changed, its values in JSON form; `created` and `removed` stand for the whole record."""

    commit: Commit
    path: str
    field: str
    before: Any
    after: Any


def changes(opened: Past, paths: Sequence[str], *, merges: bool = True) -> Iterator[Changed]:
    """What every commit changed in these files, newest first; one walk through the history for all of them.

    Of a merge only what neither side had: the rest is told by the commits that it brings together.
    """
    found = commits(opened.git, opened.head, paths, merges=merges) if paths else []
    # Of a merge git does not say which files it touched.
    touched = [(commit, path) for commit in found for path in _touched(commit, paths)]
    names = [f"{oid}:{path}" for commit, path in touched for oid in (commit.oid, f"{commit.oid}^", *commit.parents[1:])]
    versions = iter(objects.blobs(opened.git, names))
    read = functools.cache(opened.record)  # what one commit made of a file is what the next one found
    for commit, path in touched:
        new, old, *others = (next(versions) for _ in range(max(2, len(commit.parents) + 1)))
        if new in (old, *others):
            continue
        record, sides = read(new, path), [read(other, path) for other in others]
        known = [{name for name, *_ in _fields(side, record, opened.book)} for side in sides]
        for field, before, after in _fields(read(old, path), record, opened.book):
            if all(field in names for names in known):
                yield Changed(commit, path, field, before, after)


def _touched(commit: Commit, paths: Sequence[str]) -> Sequence[str]:
    return paths if len(commit.parents) > 1 else [path for _status, path in commit.paths]


def _rows(opened: Past, paths: Sequence[str], by: str | None) -> Iterator[tuple[Any, ...]]:
    for one in changes(opened, paths):
        who = one.commit
        if by and not _is_by(who, by, opened.book):
            continue
        at = who.when.astimezone(opened.book.context.zone).isoformat()
        yield (at, who.oid[:SHORT], who.author_name, one.field, one.before, one.after)


def _is_by(commit: Commit, by: str, book: Book) -> bool:
    """Whether somebody made a commit: a user of the book by key or name, `me`, or a part of a name or an address."""
    text = (book.user if by == "me" else by).lower()
    for user in book.settings.users.values():
        if text in (user.key.lower(), user.name.lower()):
            addresses = [email.lower() for email in user.emails]
            return commit.author_email.lower() in addresses or commit.author_name.lower() == user.name.lower()
    return text in f"{commit.author_name} {commit.author_email}".lower()


def _fields(before: Record | None, after: Record | None, book: Book) -> Iterator[tuple[str, Any, Any]]:
    known = after or before
    if known is None:
        return
    if before is None or after is None:
        yield ("created" if before is None else "removed", None, known.name)
        return
    for name in changed_fields(before, after):
        yield (name, _shown(before, name, book), _shown(after, name, book))


def _shown(record: Record, name: str, book: Book) -> Any:
    field = record.kind_.by_name.get(name)
    value = getattr(record, name)
    return _flat(write(value, field, book.settings, record.kind_.name) if field else dict(value))


def _flat(plain: Plain | None) -> Any:
    """Texts as plain str: a `Bare` is for writing files."""
    if plain is None:
        return None
    if isinstance(plain, dict):
        return {key: _flat(value) for key, value in plain.items()}
    return [_flat(value) for value in plain] if isinstance(plain, list) else str(plain)


def path_of_old(book: Book, ref: str) -> str:
    """The path of a record that is no longer there, by its id."""
    name = ref.rpartition("/")[2]
    if is_id(name):
        places = [f"{kind.folder}/{name}.yaml" for kind in book.kinds.all if not kind.dated]
        if found := _DAY.match(name):
            dated = (kind.folder for kind in book.kinds.all if kind.dated)
            places += [f"{folder}/{found[1]}/{found[2]}/{name}.yaml" for folder in dated]
        for commit in past(book).commits(places, limit=1):
            return next(path for _status, path in commit.paths if stem(path) == name)
    raise NotFound(f"no record is or was known as {ref}", hint="one that is gone or archived is named by its whole id")


def version_at(book: Book, path: str, when: str) -> bytes:
    """A file's bytes at a moment, or at a commit."""
    opened = past(book)
    commit = _commit_at(opened, path, when)
    data = opened.bytes_at(commit.oid, [path])[0]
    if data is None:
        raise NotFound(f"{path} did not exist then", hint=f"crm history {stem(path)} shows since when it does")
    return data


def _commit_at(opened: Past, path: str, when: str) -> Commit:
    if 7 <= len(when) <= 40 and all(char in "0123456789abcdef" for char in when):
        try:
            return opened.commit(when)
        except NotFound:
            if not when.isdigit():  # else it may be a day
                raise
    end: datetime = understand_range(when, entry_of(opened.book).frame("past"))[1]
    found = next((commit for commit in opened.commits([path]) if commit.when <= end), None)
    if found is None:
        raise NotFound(f"{path} did not exist then", hint=f"crm history {stem(path)} shows since when it does")
    return found
