"""Files that cannot be read: which of them are broken rather than mistyped, and what can be brought back instead."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.book import SETTINGS
from crm_cli.schema.kind import Kinds
from crm_cli.schema.problem import Problem
from crm_cli.schema.settings import Settings
from crm_cli.services.doctor.crm_yaml import read_crm_yaml
from crm_cli.services.doctor.markers import rebuilt
from crm_cli.store import files, objects, refs
from crm_cli.store.codec import Document, parse
from crm_cli.store.git import open_git

RESTORES = "brings back the version of the last commit; what stands here goes to quarantine/"
REBUILDS = "rebuilds it from both versions; what neither of them has goes to quarantine/"

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


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
    if problem.code == "markers" and rebuilt(root, problem.path, data, kinds, settings):
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
