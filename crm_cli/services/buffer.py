"""Editing files in one buffer: each part is a file as it is, behind a line with its path."""

import re
from collections.abc import Callable, Mapping, Sequence

from crm_cli.base.errors import Invalid
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.schema.convert import changed_fields, file_changes, load, values_of
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.services.doctor.shape import unknown_keys
from crm_cli.services.edit import update
from crm_cli.store import files
from crm_cli.store.codec import Document, parse, splice
from crm_cli.store.reading import stem

_HEAD = re.compile(rb"^# === (\S+)[ \t]*\r?\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """A file that is being edited: its path, its bytes and its record when the editor was opened."""

    path: str
    data: bytes
    record: Record


def part_of(book: Book, path: str) -> Part:
    """A file of the book as it is now; `Invalid` where it cannot be read."""
    data = files.read(book.root, path)
    if not isinstance(data, bytes):
        raise Invalid(f"{data.where}: {data.message}")
    return Part(path, data, book.record(path))


def name_of(parts: Sequence[Part]) -> str:
    """What the draft of these is called."""
    return parts[0].path.rpartition("/")[2] if len(parts) == 1 else "records.yaml"


def join(parts: Sequence[Part]) -> bytes:
    """The buffer of these files; one file alone is just itself."""
    if len(parts) == 1:
        return parts[0].data
    return b"".join(b"# === %b\n%b%b" % (part.path.encode(), part.data, _end(part.data)) for part in parts)


def _end(data: bytes) -> bytes:
    return b"" if data.endswith(b"\n") else b"\n"


def split(buffer: bytes, parts: Sequence[Part]) -> dict[str, bytes]:
    """The bytes of each file in an edited buffer; a part that was taken out is left out, a new one is `Invalid`."""
    if len(parts) == 1:
        return {parts[0].path: buffer}
    known = {part.path: part for part in parts}
    pieces = _HEAD.split(buffer)
    if pieces[0].strip():
        raise Invalid("there is text above the first '# === ' line", hint="each part begins with its own line")
    out: dict[str, bytes] = {}
    for raw, data in zip(pieces[1::2], pieces[2::2], strict=True):
        path = raw.decode("utf-8", "replace")
        if path not in known or path in out:
            raise Invalid(
                f"{path} is {'twice in' if path in out else 'new to'} this buffer", hint="crm add makes new records"
            )
        added = not known[path].data.endswith(b"\n") and data.endswith(b"\n")
        out[path] = data[:-1] if added else data
    return out


def without(buffer: bytes, gone: Callable[[str], bool]) -> bytes:
    """A buffer without the parts whose paths are `gone`; one of a single file has no paths, and stays."""
    heads = list(_HEAD.finditer(buffer))
    if not heads:
        return buffer
    ends = [head.start() for head in heads[1:]] + [len(buffer)]
    parts = [(head[1].decode("utf-8", "replace"), head.start(), end) for head, end in zip(heads, ends, strict=True)]
    kept = [buffer[start:end] for path, start, end in parts if not gone(path)]
    return buffer[: heads[0].start()] + b"".join(kept)


def plan_edit(book: Book, parts: Sequence[Part], edited: Mapping[str, bytes]) -> Plan:
    """The changes of an edited buffer; `Invalid` with file and line for what does not read or does not fit.

    A key that is new and that no field has is kept, but said: it is most likely one that was not spelt right.
    """
    changes, warnings = [], list[str]()
    for part in parts:
        data = edited.get(part.path, part.data)
        if data != part.data:
            document = parse(data, part.path)
            if isinstance(document, Problem):
                raise Invalid(f"{document.where}: {document.message}")
            changes.append(_change(book, part, document, data))
            warnings += _new_keys(part, document)
    return Plan("edit", tuple(changes), tuple(warnings))


def _new_keys(part: Part, document: Document) -> list[str]:
    """What is said of the keys that nobody reads and that were not there before."""
    found = list(unknown_keys(part.path, document.root, part.record.kind_))
    before = parse(part.data, part.path) if found else None
    old = unknown_keys(part.path, before.root, part.record.kind_) if isinstance(before, Document) else ()
    known = {key.field for key in old}
    return [f"{key.where}: {key.message}" for key in found if key.field not in known]


def _change(book: Book, part: Part, document: Document, data: bytes) -> Change:
    kind = part.record.kind_
    after = load(kind, stem(part.path), part.path, document.root, book.settings)
    new = [problem for problem in after.problems if problem.code not in {old.code for old in part.record.problems}]
    if new:
        raise Invalid(f"{new[0].where}: {new[0].message}")
    settled = update(book, part.record, {**values_of(after), "extra": after.extra})
    if settled is None or settled.after is None:
        return Change(part.record, after, data=data, onto=part.data)
    return _settled(book, part, document, after, settled.after, data)


def _settled(book: Book, part: Part, document: Document, after: Record, settled: Record, data: bytes) -> Change:
    """The edited file with what the change brings with it, such as an entry of the stage history."""
    extra = [name for name in changed_fields(after, settled) if name != "extra"]
    changes = {name: text for name, text in file_changes(after, settled, book.settings).items() if name in extra}
    final = splice(document, changes, after.kind_.file_order) if changes else data
    return Change(part.record, settled, data=final, onto=part.data)
