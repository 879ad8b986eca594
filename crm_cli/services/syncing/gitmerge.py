"""Merges one file for a git that somebody runs themselves, as a sync would have merged it."""

from collections.abc import Mapping
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.base.lean import dataclass
from crm_cli.kinds import KINDS
from crm_cli.schema.crm_yaml import read_settings
from crm_cli.schema.node import plain_map
from crm_cli.schema.problem import Problem
from crm_cli.schema.settings import Settings
from crm_cli.store import files, place
from crm_cli.store.codec import Document, parse
from crm_cli.store.git import open_git
from crm_cli.store.reading import is_record
from crm_cli.store.sync.filemerge import FileMerge, MergedFile, Versions
from crm_cli.store.sync.sides import edit_times, incoming


@dataclass(frozen=True, slots=True)
class Given:
    """What git names: files with the common version, ours (which the result replaces) and theirs, and what they are."""

    base: str
    ours: str
    theirs: str
    path: str


def merge_for_git(root: Path, given: Given, environ: Mapping[str, str]) -> MergedFile | None:
    """Merges a record or `crm.yaml` of the work tree at `root`; None, with nothing written, for any other file."""
    merger = FileMerge(KINDS, settings_at(root))
    if given.path != files.MARK and not is_record(KINDS, given.path):
        return None
    base, ours, theirs = (_read(root, name) for name in (given.base, given.ours, given.theirs))
    times = _times(root, given.path, environ)
    merged = merger.file(Versions(given.path, base or None, ours, theirs, *times))
    assert merged.data is not None  # both sides are there, else git would not ask
    place_files(root, merged.quarantine or {})
    place_files(root, {given.ours: merged.data})
    return merged


def settings_at(root: Path) -> Settings:
    """The settings in a work tree; the defaults where they cannot be understood."""
    try:
        data = files.read(root, files.MARK)
    except FileNotFoundError:
        data = b""
    document = data if isinstance(data, Problem) else parse(data, files.MARK, allow_empty=True)
    return read_settings(plain_map(document.root) if isinstance(document, Document) else {}, root.name)[0]


def place_files(root: Path, found: Mapping[str, bytes]) -> None:
    """Writes files of the work tree, whole or not at all, and nowhere outside of it."""
    import tempfile  # 3 ms, and only a merge by hand comes here

    if not found:
        return
    for path in found:
        place.check_path(path)
    with tempfile.TemporaryDirectory(prefix="crm-", dir=open_git(root).where.git) as tmp:
        place.move(root, Path(tmp), place.stage(Path(tmp), found))


def _read(root: Path, name: str) -> bytes:
    data = files.read(root, name, files.FILE_LIMIT)
    if isinstance(data, Problem):
        raise Refused(f"{name} {data.message}")
    return data


def _times(root: Path, path: str, environ: Mapping[str, str]) -> tuple[int, int]:
    try:
        git = open_git(root)
        return edit_times(git, incoming(git.where, environ), path)
    except Refused:
        return 0, 0
