"""What erasing somebody would do: which files change and how, worked out before anybody is asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from crm_cli.base.errors import BadRequest, Refused
from crm_cli.base.ids import new_id
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.schema.record import Record
from crm_cli.store import objects, refs
from crm_cli.store.erase.eraser import Eraser
from crm_cli.store.erase.ledger import LEDGER, Entry, Ledger, mark_of, read_ledger, write_ledger
from crm_cli.store.erase.past import Past, eraser_of, tree_of
from crm_cli.store.git import Git, open_git
from crm_cli.store.reading import stem

ERASABLE = ("contact", "organization")
Files = dict[str, bytes]


@dataclass
class Erasure:
    """An erasure that has been worked out: the ledger with it, what erases, the files of the last commit, what changes.

    `writes` are new bytes by path, None for a file that goes away. `record` is None where the history alone is left.
    """

    git: Git
    head: str
    ledger: Ledger
    eraser: Eraser
    record: Record | None
    entries: tuple[Entry, ...]
    before: Files = field(default_factory=dict)
    writes: dict[str, bytes | None] = field(default_factory=dict)

    @property
    def new(self) -> str | None:
        """The id of what is left of the record."""
        return next((entry.new for entry in self.entries if not entry.shadow), None)


def work_out(book: Book, record: Record | None, *, delete: bool = False, also: Sequence[str] = ()) -> Erasure:
    """An erasure of a record, or of everybody in the ledger once more; nothing is written."""
    head = refs.head(book.root)
    if head is None:
        raise Refused("this book has no commit yet, so there is nothing to erase")
    git = open_git(book.root)
    before = files_of(git, head)
    known = read_ledger(before.get(LEDGER))
    entries = _entries(book, record, before, known, delete=delete)
    ledger = known.with_entries(entries)
    if not ledger.entries:
        raise BadRequest("nobody was erased from this book yet", hint="crm erase REF says whom")
    eraser = eraser_of(Past(git, (head,)), book.kinds, ledger, also)
    made = Erasure(git, head, ledger, eraser, record, tuple(entries), before)
    made.writes = differing(before, erased_files(eraser, before))
    if entries:
        made.writes[LEDGER] = write_ledger(ledger)
    return made


def files_of(git: Git, commit: str) -> Files:
    """Every file of a commit."""
    found = objects.tree(git, commit)
    contents = objects.blobs(git, [oid for _, oid in found.values()])
    return {path: data for path, data in zip(found, contents, strict=True) if data is not None}


def erased_files(eraser: Eraser, files: Mapping[str, bytes]) -> Files:
    """The files of a commit as they are afterwards."""
    return dict(made for path, data in files.items() if (made := eraser.file(path, data)))


def differing(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """What has to be written to come from one set of files to the other."""
    gone: dict[str, bytes | None] = {path: None for path in before if path not in after}
    return gone | {path: data for path, data in after.items() if before.get(path) != data}


def _entries(
    book: Book, record: Record | None, files: Mapping[str, bytes], known: Ledger, *, delete: bool
) -> list[Entry]:
    if record is None or any(record.id == entry.new for entry in known.entries):
        return []
    if record.kind_.name not in ERASABLE:
        raise BadRequest(
            f"{record.id} is a {record.kind_.name}: people and organizations can be erased",
            hint=f"crm rm --purge {record.id} removes it",
        )
    new = None if delete else new_id("", record.kind_.name)
    shadows = _shadows(book, record.id, files)
    day = book.context.day.text
    marked = [Entry(mark_of(id), day, new, shadow=new is not None) for id in shadows]
    return [Entry(mark_of(record.id), day, new), *marked]


def _shadows(book: Book, id: str, files: Mapping[str, bytes]) -> list[str]:
    """The records that were merged into one, through any number of steps."""
    into = {
        stem(path): target.rpartition("/")[2]
        for path, data in files.items()
        if b"merged_into" in data and book.kinds.of_path(path) and (target := tree_of(path, data).get("merged_into"))
    }
    found = [id]
    for one in found:
        found += [other for other, target in into.items() if target == one and other not in found]
    return found[1:]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a tree with the dotted way to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from leaves(inner, path)
