"""Files that cannot be read: which of them are broken rather than mistyped, and what can be brought back instead."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.book import SETTINGS
from crm_cli.schema.convert import load
from crm_cli.schema.kind import Kinds
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.services.doctor.crm_yaml import read_crm_yaml
from crm_cli.services.doctor.survey import stem
from crm_cli.store import files, objects, refs
from crm_cli.store.codec import Document, parse, splice
from crm_cli.store.git import open_git
from crm_cli.store.merge import broken_values, merge, splice_of

RESTORES = "brings back the version of the last commit; what stands here goes to quarantine/"
REBUILDS = "rebuilds it from both versions between the markers; what stands here goes to quarantine/"

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_PLACES = {"<<<<<<<": 1, "|||||||": 2, "=======": 3, ">>>>>>>": 0}


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A record made of the two versions in a file with conflict markers, and how many values were kept aside."""

    data: bytes
    kept_aside: int


def committed(root: Path, paths: Sequence[str]) -> dict[str, bytes]:
    """These files as the last commit has them; without those that it lacks, and empty where git cannot tell."""
    head = refs.head(root) if paths else None
    if head is None:
        return {}
    try:
        found = objects.blobs(open_git(root), [f"{head}:{path}" for path in paths])
    except (Refused, ValueError):
        return {}
    return {path: data for path, data in zip(paths, found, strict=True) if data is not None}


def with_remedies(root: Path, problems: Sequence[Problem], kinds: Kinds, settings: Settings) -> list[Problem]:
    """The structural problems, with what `--fix` would do about them, or what a person may."""
    old = committed(root, [problem.path for problem in problems])
    return [_with_remedy(root, problem, old, kinds, settings) for problem in problems]


def _with_remedy(root: Path, problem: Problem, old: Mapping[str, bytes], kinds: Kinds, settings: Settings) -> Problem:
    try:
        data = files.read(root, problem.path, files.FILE_LIMIT)
    except FileNotFoundError:
        return problem
    if isinstance(data, Problem):
        return problem
    if problem.code == "markers" and rebuild(data, problem.path, kinds, settings):
        return replace(problem, fix=REBUILDS)
    before = old.get(problem.path)
    if before is None or not is_readable(before, problem.path, kinds):
        return problem
    if problem.code == "markers" or is_broken(data):
        return replace(problem, fix=RESTORES)
    message = f"{problem.message}; to take the edit back: crm git checkout HEAD -- {problem.path}"
    return replace(problem, message=message)


def is_broken(data: bytes) -> bool:
    """Whether no person can have typed this: nothing at all, NUL bytes, or control characters in what is no text."""
    if not data.strip() or (b"\0" in data and not data.startswith(_UTF16)):
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return not data.startswith(_UTF16) and _CONTROL.search(data) is not None
    return False


def is_readable(data: bytes, path: str, kinds: Kinds) -> bool:
    """Whether a version of a file would be a record, or settings, that can be used."""
    if path == SETTINGS:
        return read_crm_yaml(data, "", kinds).settings is not None
    return isinstance(parse(data, path), Document)


def rebuild(data: bytes, path: str, kinds: Kinds, settings: Settings) -> Rebuilt | None:
    """A record out of a file with conflict markers: its two versions merged as a sync would have merged them."""
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
    return Rebuilt(splice(ours[0], changes, kind.file_order), len(merged.kept_aside))


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
