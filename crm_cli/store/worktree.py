"""What differs between the last commit, the person's index and the files on the disk."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from crm_cli.base.lean import dataclass
from crm_cli.schema.problem import Problem
from crm_cli.store import files, owngit
from crm_cli.store.files import is_passed_over
from crm_cli.store.git import Git, Running
from crm_cli.store.objects import blob_id

_FOREIGN = "somebody else's"


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that is not the same everywhere; `head` is its blob in the last commit."""

    path: str
    staged: bool
    deleted: bool
    head: str | None


def disk_id(root: Path, path: str) -> str | None:
    """The blob id of a file as it is on the disk; something that is no blob's for what is no plain file."""
    try:
        data = files.read(root, path, files.FILE_LIMIT)
    except FileNotFoundError:
        return None
    return _FOREIGN if isinstance(data, Problem) else blob_id(data)


def start_status(git: Git, head: str | None, index: Path | None = None) -> Running:
    """Let git look for differences while we do something else; `differences` waits for them."""
    owngit.point(git.own, head)
    return git.start(
        *("status", "--porcelain=v2", "-z", "--no-renames", "--ignore-submodules=all"),
        *("--untracked-files=normal", "--ignored=traditional"),
        index=index,
    )


def differences(status: Running) -> dict[str, Difference]:
    """Every difference by path; a folder that git knows nothing of is one entry that ends in `/`."""
    found: dict[str, Difference] = {}
    for line in status.finish().split(b"\0")[:-1]:
        one = _parse(line)
        found.setdefault(one.path, one)  # behind a removal that is staged stands the file, if it is still there
    return found


def _parse(line: bytes) -> Difference:
    text = os.fsdecode(line)
    if text[0] in "?!":
        return Difference(text[2:], staged=False, deleted=False, head=None)
    if text[0] == "u":
        return Difference(text.split(" ", 10)[10], staged=True, deleted=False, head=None)
    fields = text.split(" ", 8)
    staged, unstaged = fields[1][0], fields[1][1]
    head = fields[6] if fields[6].strip("0") else None
    mine = staged != "." or unstaged == "A"  # `git add -N` shows as the second
    return Difference(fields[8], staged=mine, deleted=unstaged == "D", head=head)


def lookup(differences: Mapping[str, Difference], path: str) -> Difference | None:
    """What is known about a path: its own entry, or that of the unknown folder it lies in."""
    at = len(path)
    while at > 0:
        found = differences.get(path if at == len(path) else path[: at + 1])
        if found:
            return found
        at = path.rfind("/", 0, at)
    return None


def unstaged(root: Path, differences: Mapping[str, Difference], folders: Sequence[str]) -> Iterator[Difference]:
    """The edits by hand in some folders (or files): changed, new or gone, and not staged; backups are passed over."""
    for found in differences.values():
        path = found.path
        if found.staged or any(is_passed_over(part) for part in path.split("/") if part):
            continue
        if path.endswith("/"):  # also one of which all files that git knew are to be removed
            yield from (one for one in _beneath(root, path, folders) if one.path not in differences)
        elif _inside(path, folders):
            yield found


def _beneath(root: Path, folder: str, folders: Sequence[str]) -> Iterator[Difference]:
    if not _inside(folder, folders) and not any(inner.startswith(folder) for inner in folders):
        return
    for place, inner, names in os.walk(root / folder):
        inner[:] = sorted(name for name in inner if not is_passed_over(name))
        for name in sorted(names):
            path = os.path.relpath(os.path.join(place, name), root).replace(os.sep, "/")
            if _inside(path, folders) and not is_passed_over(name):
                yield Difference(path, staged=False, deleted=False, head=None)


def _inside(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
