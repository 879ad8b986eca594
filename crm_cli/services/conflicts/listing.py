"""Lists what was kept aside: values in records and in `crm.yaml`, and whole files in the quarantine."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from crm_cli.base.errors import NotFound
from crm_cli.base.ids import is_id
from crm_cli.base.lean import dataclass, replace
from crm_cli.book import SETTINGS, Book
from crm_cli.schema.condition import And, Condition, Ids, OfKind, Selection, Test
from crm_cli.schema.convert import file_tree
from crm_cli.schema.node import plain_map
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.table import Column, Table
from crm_cli.store import files
from crm_cli.store.sync.filemerge import QUARANTINE

ANY: Condition = Test(("conflicts",), "has")
COLUMNS = (
    Column("id"),
    Column("record"),
    Column("field"),
    Column("kept", "any"),
    Column("other", "any"),
    Column("base", "any"),
)
_FIRST_LINE = 200


@dataclass(frozen=True)
class Aside:
    """One thing that was kept aside: the file that it is in, what people call that, and both sides.

    `kept` is what won then, `now` what stands there: somebody may have changed it since.
    """

    path: str
    id: str
    record: str
    name: str
    field: str | None
    kept: Any = None
    other: Any = None
    base: Any = None
    now: Any = None


def conflicts_table(book: Book, paths: Sequence[str] | None) -> Table:
    """The rows for some files of the book; for all of it where none are given."""
    rows = [
        (one.id, one.record, one.field, one.kept, one.other, one.base)
        for one in all_aside(book, everything(book) if paths is None else paths)
    ]
    return Table("conflicts", COLUMNS, rows)


def all_aside(book: Book, paths: Iterable[str]) -> list[Aside]:
    """What is kept aside in some files, by id and field."""
    found = (one for path in dict.fromkeys(paths) for one in aside_in(book, path))
    return sorted(found, key=lambda one: (one.id, one.field or ""))


def everything(book: Book) -> list[str]:
    """The files of the book in which something is kept aside: records, archived ones too, settings, quarantine."""
    records = [path for _kind, _id, path in book.index.ids(book.kinds.all, Selection(ANY))]
    return [*records, SETTINGS, *quarantined(book)]


def quarantined(book: Book) -> list[str]:
    """The files in the quarantine."""
    try:
        names = sorted(os.listdir(book.root / QUARANTINE))
    except OSError:
        return []
    return [f"{QUARANTINE}/{name}" for name in names if (book.root / QUARANTINE / name).is_file()]


def place_named(book: Book, word: str) -> str | None:
    """The file that a word names where it is no reference: the settings, a file of the quarantine, an id.

    The id of a record that was merged away means that record here, since its own values are in conflict.
    """
    if word == SETTINGS:
        return SETTINGS
    if word.startswith(f"{QUARANTINE}/"):
        if word not in quarantined(book):
            raise NotFound(f"there is no {word}", hint="crm conflicts shows what there is")
        return word
    folder, _, stem = word.rpartition("/")
    if not is_id(stem) or (folder and folder not in book.kinds.by_folder):
        return None
    kinds = (book.kinds.by_folder[folder],) if folder else book.kinds.all
    among = And((Ids((stem,)), OfKind(tuple(kind.name for kind in kinds)), ANY))
    found = [path for _kind, _id, path in book.index.ids(kinds, Selection(among))]
    return found[0] if len(found) == 1 else None


def aside_in(book: Book, path: str) -> Iterator[Aside]:
    """What is kept aside in one file."""
    if path == SETTINGS:
        yield from (_aside(path, SETTINGS, "settings", "", entry) for entry in settings_entries(book))
    elif path.startswith(f"{QUARANTINE}/"):
        yield Aside(path, path, "file", "", None, other=_beginning(book, path))
    else:
        record = book.record(path)
        tree = file_tree(record, book.settings)
        for entry in record.conflicts:
            one = _aside(path, record.id, record.kind_.name, record.name or "", entry)
            yield replace(one, now=_now(record, tree, one))


def _now(record: Record, tree: Mapping[str, Any], one: Aside) -> Any:
    """What stands in a field, or in fields that are one value together; of parts of fields what won is told."""
    names = (one.field or "").split("+")
    if not all(name in record.kind_.stored_by_name for name in names):
        return one.kept
    if len(names) == 1:
        return tree.get(names[0])
    return {name: tree[name] for name in names if name in tree}


def _aside(path: str, id: str, record: str, name: str, entry: Mapping[str, Any]) -> Aside:
    kept, other, base = (entry.get(side) for side in ("kept", "other", "base"))
    return Aside(path, id, record, name, entry.get("field"), kept, other, base, kept)


def settings_entries(book: Book) -> list[Mapping[str, Any]]:
    """The entries of the settings of a book."""
    from crm_cli.store.codec import parse  # 10 ms: the index has answered for the records

    data = files.read(book.root, SETTINGS)
    if isinstance(data, Problem):  # whoever opens the book says so
        return []
    document = parse(data, SETTINGS, allow_empty=True)
    found = [] if isinstance(document, Problem) else plain_map(document.root).get("conflicts")
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _beginning(book: Book, path: str) -> str:
    """The first line of a file that is text; else how large it is."""
    data = files.read(book.root, path, files.FILE_LIMIT)
    if isinstance(data, Problem):
        return data.message
    try:
        lines = [line for line in data.decode("utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError:
        lines = []
    if not lines or "\0" in lines[0]:
        return f"{len(data):,} bytes"
    return lines[0][:_FIRST_LINE]
