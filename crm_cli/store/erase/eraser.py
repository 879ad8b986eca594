"""Takes a person out of any file of any version of a book: a pure function of path and bytes."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import field

from crm_cli.base.lean import dataclass
from crm_cli.schema.kind import Kind, Kinds
from crm_cli.schema.node import plain_map
from crm_cli.schema.problem import Problem
from crm_cli.store.codec import parse
from crm_cli.store.erase.ledger import LEDGER, Entry
from crm_cli.store.erase.records import Redaction, neutral
from crm_cli.store.erase.traces import Traces
from crm_cli.store.files import MARK, is_record_name
from crm_cli.store.reading import is_record, stem
from crm_cli.store.sync.filemerge import QUARANTINE

Named = tuple[str, bytes]
"""A path and what the file there holds."""
_NAMED_BY_PEOPLE = ("contact", "organization")


@dataclass(frozen=True)
class Eraser:
    """What to do with the files of a book: `entries` by erased id, `renamed` old path to new, `dropped` paths."""

    kinds: Kinds
    entries: Mapping[str, Entry]
    traces: Traces
    renamed: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()

    @property
    def idle(self) -> bool:
        """Whether there is nobody to erase."""
        return not self.entries

    def path(self, path: str) -> str | None:
        """Where a file stands afterwards; None where it stands nowhere."""
        if path in self.dropped:
            return None
        found = self.entries.get(stem(path)) if is_record(self.kinds, path) else None
        if found:
            folder = path.rpartition("/")[0]
            return f"{folder}/{found.new}.yaml" if found.new and not found.shadow else None
        return self.renamed.get(path, path)

    def file(self, path: str, data: bytes) -> Named | None:
        """A file as it is afterwards; None where nothing of it stays."""
        place = self.path(path)
        if place is None:
            return None
        if path == LEDGER:
            return path, data
        if is_record(self.kinds, path) and (entry := self.entries.get(stem(path))):
            return place, self._left(path, data, entry)
        if not self.touches(data):
            return place, data
        if path.startswith(f"{QUARANTINE}/"):
            return None
        redaction = Redaction(self.kinds, self.traces, {id: entry.new for id, entry in self.entries.items()})
        made = redaction.record(path, data) if is_record(self.kinds, path) or path == MARK else redaction.text(data)
        return None if made is None else (place, made)

    def touches(self, data: bytes) -> bool:
        """Whether anything of the person may occur in these bytes."""
        return b"\\" in data or self.traces.found(data.decode("utf-8", "replace"))

    def _left(self, path: str, data: bytes, entry: Entry) -> bytes:
        kind = self.kinds.of_path(path)
        assert kind is not None
        document = parse(data, path)
        return neutral(entry.day, {} if isinstance(document, Problem) else plain_map(document.root), kind)


def renames(kinds: Kinds, paths: Iterable[str], near: Iterable[str], traces: Traces) -> dict[str, str]:
    """The new paths of records whose ids hold a name: the name is cut out of them, what makes them unique stays."""
    close, taken, found = set(near), set(paths), {}
    for path in sorted(taken):
        kind = kinds.of_path(path)
        if kind is None:
            told = traces.replaced(path, keep_ids=True)
            if told != path:  # as the records that point to it are going to spell it
                found[path] = told if told not in taken else _free(*os.path.splitext(told), taken)
                taken.add(found[path])
            continue
        if kind.name in _NAMED_BY_PEOPLE or not is_record_name(path.rpartition("/")[2]):
            continue
        id = stem(path)
        cut = _cut(id, kind, traces, near=path in close)
        if cut != id:
            found[path] = _free(f"{path.rpartition('/')[0]}/{cut}", ".yaml", taken)
            taken.add(found[path])
    return found


def _cut(id: str, kind: Kind, traces: Traces, *, near: bool) -> str:
    plain = traces.replaced(id, near=near, keep_ids=True)
    if plain == id:
        return id
    kept = re.sub(r"-{2,}", "-", plain.replace("[erased]", "")).strip("-")
    return kept if "-" in kept else f"{kind.name}-{kept}".strip("-")


def _free(place: str, ending: str, taken: set[str]) -> str:
    number, free = 1, place + ending
    while free in taken:
        number += 1
        free = f"{place}-{number}{ending}"
    return free
