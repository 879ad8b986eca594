"""Rebuilds a record full of conflict markers: from git's index, from the history, or from the markers themselves."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.book import SETTINGS
from crm_cli.schema.convert import load
from crm_cli.schema.kind import Kinds
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.store import objects, refs
from crm_cli.store.codec import Document, parse, splice
from crm_cli.store.git import Git, open_git
from crm_cli.store.merge import broken_values, merge, splice_of
from crm_cli.store.reading import is_record, stem
from crm_cli.store.sync.combine import merged_path
from crm_cli.store.sync.filemerge import FileMerge, MergedFile, Versions, quarantine_path
from crm_cli.store.sync.githistory import GitHistory
from crm_cli.store.sync.sides import edit_times, incoming

_PLACES = {"<<<<<<<": 1, "|||||||": 2, "=======": 3, ">>>>>>>": 0}


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A file made of its two versions, how many values were kept aside, and what goes to the quarantine."""

    data: bytes
    kept_aside: int
    aside: Mapping[str, bytes]


def rebuilt(root: Path, path: str, data: bytes, kinds: Kinds, settings: Settings) -> Rebuilt | None:
    """A record, or the settings, out of a file with markers; None where no two versions of it can be found."""
    merger = FileMerge(kinds, settings)
    if path == SETTINGS or is_record(kinds, path):
        with contextlib.suppress(Refused):  # no repository, or one that cannot be read
            git = open_git(root)
            for versions, merged in (*_staged(git, merger, path), *_committed(git, merger, path)):
                if merged.data is not None and _readable(merged.data, path):
                    return _whole(versions, merged, data)
    return rebuild(data, path, kinds, settings)


def unmerged(root: Path) -> set[str]:
    """The paths of which git's index holds several versions, since a merge is not finished."""
    try:
        return set(_stages(open_git(root)))
    except Refused:
        return set()


def _stages(git: Git) -> dict[str, dict[str, str]]:
    """Blob ids by stage ("1" the base, "2" ours, "3" theirs), by path."""
    found: dict[str, dict[str, str]] = {}
    for line in git.run("ls-files", "--unmerged", "-z").split(b"\0")[:-1]:
        fields, _, path = os.fsdecode(line).partition("\t")
        _mode, oid, stage = fields.split(" ")
        found.setdefault(path, {})[stage] = oid
    return found


def _staged(git: Git, merger: FileMerge, path: str) -> Iterator[tuple[Versions, MergedFile]]:
    """The versions in the index of a merge that is not finished."""
    oids = _stages(git).get(path, {})
    if "2" in oids and "3" in oids:
        base, ours, theirs = objects.blobs(git, [oids.get(stage, "0" * 40) for stage in "123"])
        times = edit_times(git, incoming(git.where, {}), path)
        versions = Versions(path, base, ours, theirs, *times)
        yield versions, merger.file(versions)


def _committed(git: Git, merger: FileMerge, path: str) -> Iterator[tuple[Versions, MergedFile]]:
    """The two sides of the merges that put markers into a file, the newest first."""
    asked = "\n".join((refs.head(git.where.root) or "", "--", path, "")).encode()
    answer = git.run("log", "--merges", "--full-history", "--format=%H %P", "--stdin", data=asked)
    for line in answer.decode().splitlines():
        oids = line.split(" ")
        after, *before = objects.blobs(git, [f"{oid}:{path}" for oid in oids])
        if len(before) != 2 or not _has_markers(after, path):
            continue
        if all(data is not None and _readable(data, path) for data in before):
            found = merged_path(GitHistory(git), merger, oids[1], oids[2], path)
            if found:
                yield found


def _has_markers(data: bytes | None, path: str) -> bool:
    found = None if data is None else parse(data, path)
    return isinstance(found, Problem) and found.code == "markers"


def _readable(data: bytes, path: str) -> bool:
    return isinstance(parse(data, path, allow_empty=path == SETTINGS), Document)


def _whole(versions: Versions, merged: MergedFile, stood: bytes) -> Rebuilt:
    """What was merged; what stood there is kept if somebody wrote a line into it that no version has."""
    assert merged.data is not None
    known = {line.strip() for data in (versions.base, versions.x, versions.y) for line in (data or b"").splitlines()}
    lines = (line for line in stood.splitlines() if line[:7].decode("ascii", "replace") not in _PLACES)
    aside = dict(merged.quarantine or {})
    if any(line.strip() not in known for line in lines):
        aside[quarantine_path(versions.path, stood)] = stood
    return Rebuilt(merged.data, merged.kept_aside, aside)


def rebuild(data: bytes, path: str, kinds: Kinds, settings: Settings) -> Rebuilt | None:
    """A record from the markers in its file alone: its two versions merged as a sync would have merged them."""
    kind = kinds.of_path(path)
    texts = versions(data)
    if kind is None or texts is None:
        return None

    def read(text: str) -> tuple[Document, Record] | None:
        document = parse(text.encode("utf-8"), path)
        if isinstance(document, Problem):
            return None
        return document, load(kind, stem(path), path, document.root, settings)

    base, ours, theirs = (read(text) for text in texts)
    if ours is None or theirs is None:
        return None
    merged = merge(base and base[1], ours[1], theirs[1], later="x", settings=settings)
    assert merged.record is not None  # both sides are there
    changes = splice_of(ours[1], merged.record, settings, broken_values(theirs[1], theirs[0].root))
    return Rebuilt(
        splice(ours[0], changes, kind.file_order), len(merged.kept_aside), {quarantine_path(path, data): data}
    )


def versions(data: bytes) -> tuple[str, str, str] | None:
    """The texts (base, ours, theirs) of a file with conflict markers; None where the markers do not match.

    The base is what both sides share where git did not write it out: never more than there was.
    """
    try:
        lines = data.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        return None
    found: tuple[list[str], ...] = ([], [], [])
    at = 0
    for line in lines:
        mark = line[:7] if line[7:8] in ("", " ", "\r", "\n") else ""
        if mark in _PLACES and (at or mark == "<<<<<<<"):
            if _PLACES[mark] not in {0: (1,), 1: (2, 3), 2: (3,), 3: (0,)}[at]:
                return None
            at = _PLACES[mark]
            continue
        for place, text in enumerate(found):
            if not at or at == (2, 1, 3)[place]:
                text.append(line)
    return None if at else ("".join(found[0]), "".join(found[1]), "".join(found[2]))
