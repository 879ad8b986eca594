"""Settles what is no record: entries of `crm.yaml`, and files of the quarantine."""

import os
from collections.abc import Sequence
from typing import Any

from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.book import SETTINGS, Book
from crm_cli.schema.crm_yaml import read_settings
from crm_cli.schema.node import Bare, Plain, ambiguous, plain_map, written
from crm_cli.schema.plan import FileChange
from crm_cli.schema.problem import Problem
from crm_cli.services.conflicts.choices import Choice, other_of
from crm_cli.services.conflicts.tree import lead, put
from crm_cli.store import files
from crm_cli.store.codec import parse, splice
from crm_cli.store.merge import unspelled
from crm_cli.store.sync.filemerge import QUARANTINE

_ABSENT = ("", "~", "null")
_SUFFIX = len(".0123456789ab.txt")


def settle_settings(book: Book, choices: Sequence[tuple[str, Choice]]) -> list[FileChange]:
    """`crm.yaml` with some of its conflicts settled."""
    before = _bytes(book, SETTINGS)
    document = parse(before, SETTINGS, allow_empty=True)
    if isinstance(document, Problem):
        raise Invalid(f"{document.where}: {document.message}")
    old: dict[str, Any] = {name: value for name, node in document.root.entries.items() if (value := written(node))}
    tree = dict(old)
    for field, choice in choices:
        tree = _settled(tree, field, choice)
    changes = {name: tree.get(name) for name in {**old, **tree} if tree.get(name) != old.get(name)}
    data = splice(document, changes, list(old))
    found = parse(data, SETTINGS, allow_empty=True)
    wrong = [] if isinstance(found, Problem) else read_settings(plain_map(found.root), book.root.name)[1]
    if wrong:
        raise Invalid(f"{'.'.join(wrong[0][0])} {wrong[0][1]}")
    return [FileChange(SETTINGS, before, data)]


def _settled(tree: dict[str, Any], field: str, choice: Choice) -> dict[str, Any]:
    conflicts = [entry for entry in tree["conflicts"] if isinstance(entry, dict)]
    entries = [entry for entry in conflicts if entry.get("field") == field]
    left = [entry for entry in tree["conflicts"] if entry not in entries]
    rest = {name: part for name, part in tree.items() if name != "conflicts"}
    tail = {"conflicts": left} if left else {}
    if choice.way == "keep":
        return {**rest, **tail}
    steps = lead(rest, field) if field != "conflicts" else None
    if steps is None:
        raise Invalid(f"{SETTINGS} has no {field} any more", hint="crm resolve --keep drops the note")
    value = choice.text or None if choice.way == "value" else other_of(entries, SETTINGS, choice).get("other")
    return {**put(rest, steps, None if value is None else _unquoted(unspelled(value))), **tail}


def _unquoted(value: Plain) -> Plain:
    """A value with no more quotes than a person would write: all that settings hold is read as text."""
    if isinstance(value, dict):
        return {key: _unquoted(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_unquoted(part) for part in value]
    return Bare(value) if ambiguous(value) and value.lower() not in _ABSENT else value


def settle_file(book: Book, path: str, choice: Choice) -> list[FileChange]:
    """A file out of the quarantine: dropped, or put in the place of the file that it was a version of."""
    data = _bytes(book, path)
    dropped = FileChange(path, data, None)
    if choice.way == "keep":
        return [dropped]
    if choice.way == "value":
        raise BadRequest(
            f"{path} is a whole file", hint="--keep drops it, --other puts it in place of the one that is there"
        )
    target = origin(book, path)
    if target is None:
        raise Invalid(
            f"it cannot be told which file {path} is a version of",
            hint="copy what you need out of it, then --keep drops it",
        )
    if not book.is_valid(target, data):
        raise Invalid(
            f"{path} cannot be read, so it cannot take the place of {target}",
            hint="copy what you need out of it, then --keep drops it",
        )
    now = _bytes(book, target)
    return [dropped, *([FileChange(target, now, data)] if now != data else [])]


def origin(book: Book, path: str) -> str | None:
    """The one file of the book that has the name in a name of the quarantine."""
    name = path.rpartition("/")[2][:-_SUFFIX]
    found = []
    for place, folders, names in os.walk(book.root):
        folders[:] = [folder for folder in folders if folder not in (".git", QUARANTINE)]
        if name in names:
            found.append(os.path.relpath(os.path.join(place, name), book.root).replace(os.sep, "/"))
    return found[0] if len(found) == 1 else None


def _bytes(book: Book, path: str) -> bytes:
    data = files.read(book.root, path, files.FILE_LIMIT)
    if isinstance(data, Problem):
        raise Invalid(f"{path} {data.message}")
    return data
