"""What a book knows about somebody, in groups, as it is shown before anything is erased."""

from collections import Counter
from collections.abc import Iterator

from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.services.erasing.erasure import Erasure, leaves
from crm_cli.store.erase.ledger import LEDGER
from crm_cli.store.erase.past import tree_of
from crm_cli.store.erase.records import Redaction
from crm_cli.store.history import commits
from crm_cli.store.reading import stem
from crm_cli.store.sync.filemerge import QUARANTINE

_PIECE = 30  # characters on either side of a mention
RECORD, LINKS, MENTIONS, CONFLICTS = "the record", "records that link to it", "mentions", "conflicts"
ATTACHMENTS, ASIDE, NAMES, STAYS = "attachments", "quarantine", "file names", "stays"


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that was found: its group, where it is, what is said of it."""

    group: str
    where: str
    what: str


@dataclass(frozen=True)
class Preview:
    """Everything that was found, and how many commits touched it."""

    traces: tuple[Trace, ...]
    commits: int

    @property
    def counts(self) -> dict[str, int]:
        """How many were found in each group."""
        return dict(Counter(trace.group for trace in self.traces))


def preview(book: Book, erasure: Erasure) -> Preview:
    """What an erasure is going to take away, and what it has to leave."""
    found = [trace for path in sorted(erasure.before) for trace in _traces(book, erasure, path)]
    order = (RECORD, LINKS, MENTIONS, CONFLICTS, ATTACHMENTS, ASIDE, NAMES, STAYS)
    found.sort(key=lambda trace: order.index(trace.group))
    paths = [path for path in erasure.writes if path in erasure.before and path != LEDGER]
    touched = len(commits(erasure.git, erasure.head, paths)) if paths else 0
    return Preview(tuple(found), touched)


def _traces(book: Book, erasure: Erasure, path: str) -> Iterator[Trace]:
    eraser = erasure.eraser
    data = erasure.before[path]
    id = stem(path)
    if path in eraser.dropped:
        yield Trace(ASIDE if path.startswith(f"{QUARANTINE}/") else ATTACHMENTS, path, "is removed")
    elif path not in erasure.writes:
        if path != LEDGER and eraser.touches(data):
            yield from _staying(erasure, path, data)
    elif path.startswith(f"{QUARANTINE}/"):
        yield Trace(ASIDE, path, "is removed")
    elif book.kinds.of_path(path) and id in eraser.entries:
        new = eraser.path(path)
        yield Trace(RECORD, id, f"becomes {stem(new)}" if new else "is removed")
    elif path != LEDGER:
        yield from _in_file(book, erasure, path, data)


def _in_file(book: Book, erasure: Erasure, path: str, data: bytes) -> Iterator[Trace]:
    eraser = erasure.eraser
    kind = book.kinds.of_path(path)
    where = stem(path) if kind else path
    tree = tree_of(path, data)
    redaction = Redaction(book.kinds, eraser.traces, {id: entry.new for id, entry in eraser.entries.items()})
    linked = [way for way, text in leaves(tree) if text.rpartition("/")[2] in eraser.entries]
    if kind and linked:
        alone = redaction.only_with(kind, dict(tree))
        after = erasure.writes.get(eraser.path(path) or path)
        fate = f"{', '.join(dict.fromkeys(linked))}" if not alone else "cleared" if after else "is removed"
        yield Trace(LINKS, where, f"{kind.name}: {fate}")
        if alone:
            return
    for way, piece in _pieces(erasure, path, data, near=bool(linked)):
        yield Trace(CONFLICTS if way.startswith("conflicts") else MENTIONS, where, f"{way}: {piece}" if way else piece)
    if eraser.path(path) != path:
        yield Trace(NAMES, where, f"becomes {stem(eraser.path(path) or '')}")


def _pieces(erasure: Erasure, path: str, data: bytes, *, near: bool) -> Iterator[tuple[str, str]]:
    """Where in a file somebody is mentioned; for comments and files that are no trees, the lines."""
    traces, seen = erasure.eraser.traces, False
    for way, text in leaves(tree_of(path, data)):
        if text.rpartition("/")[2] in traces.ids:
            continue
        for piece in traces.pieces(text, near=near)[:1]:
            at = text.find(piece)
            seen = True
            yield way, f"…{' '.join(text[max(at - _PIECE, 0) : at + len(piece) + _PIECE].split())}…"
    for line in () if seen else data.decode("utf-8", "replace").splitlines():
        if traces.pieces(line, near=near):
            yield "", line.strip()


def _staying(erasure: Erasure, path: str, data: bytes) -> Iterator[Trace]:
    """A file that is not changed though it mentions them: another record's own name, or a file that is no text."""
    if erasure.eraser.traces.found(data.decode("utf-8", "replace")):
        yield Trace(STAYS, path, "another record's own name or address, or a file that is no text")
