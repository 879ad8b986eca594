"""Makes commits: trees are read, changed and written here beside any index; many objects go to git as one pack."""

import os
import re
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from crm_cli.base.digest import sha1
from crm_cli.base.lean import dataclass
from crm_cli.store import loose
from crm_cli.store.git import Git
from crm_cli.store.objects import Identity, contents

_COMMIT, _TREE, _BLOB = b"commit", b"tree", b"blob"
_IN_PACKS = {_COMMIT: 1, _TREE: 2, _BLOB: 3}
_FILE, _FOLDER = b"100644", b"40000"
_ENTRY = re.compile(rb"(\d+) ([^\0]+)\0(.{20})", re.DOTALL)
_LOOSE = 100  # objects that become a file each; more become a pack, which git keeps as it is
_EMPTY = (_TREE, b"")

_Folder = dict[bytes, tuple[bytes, bytes]]
"""The entries of a tree: mode and binary id by name."""
_Objects = dict[bytes, loose.Object]
"""New objects by binary id."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit does to one path: new bytes, or a blob that is there already; neither removes it."""

    path: str
    data: bytes | None = None
    oid: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit that is made but not written: its id, and its new objects, compressed where they become files."""

    commit: str
    files: Sequence[tuple[bytes, bytes]] = ()
    pack: Sequence[bytes] = ()

    def write(self, git: Git) -> str:
        """Write it among the book's objects; no ref moves. The id of the commit."""
        loose.write(git.objects or git.where.objects, self.files)
        if self.pack:
            git.run("index-pack", "--stdin", data=b"".join(self.pack))
        return self.commit


def make_commit(git: Git, parents: Sequence[str], changes: Iterable[Change], message: str, author: Identity) -> str:
    """Write a commit on top of `parents[0]`; no ref moves. The id of the commit."""
    return draft(git, parents, changes, message, author).write(git)


def draft(git: Git, parents: Sequence[str], changes: Iterable[Change], message: str, author: Identity) -> Draft:
    """A commit on top of `parents[0]`.

    Its time is the machine's, but not before any parent's. A merge takes the latest parent's, so that two machines
    that merge the same make the same commit.
    """
    changes = list(changes)
    folders = sorted({folder for change in changes for folder in _above(os.fsencode(change.path))} | {b""})
    found = _found(git, parents, folders)
    trees = dict(zip(folders, found[len(parents) :], strict=True)) if parents else {}
    made: _Objects = {}
    root = _change(made, {folder: _entries(trees.get(folder)) for folder in folders}, changes)
    who = f"{author.name} <{author.email}> {_stamp(found[: len(parents)])}".encode("utf-8", "replace")
    lines = [b"tree " + root.hex().encode(), *(b"parent " + parent.encode() for parent in parents)]
    lines += [b"author " + who, b"committer " + who, b"", message.encode("utf-8", "replace")]
    commit = _add(made, _COMMIT, b"\n".join(lines)).hex()
    if len(made) > _LOOSE:
        return Draft(commit, pack=_pack(made.values()))
    return Draft(commit, files=[(oid, loose.compressed(content)) for oid, content in made.items()])


def _found(git: Git, parents: Sequence[str], folders: Sequence[bytes]) -> list[loose.Object | None]:
    """The parents, and the trees of the first one that lie at these folders."""
    if not parents:
        return []
    known = _unpacked(git.objects or git.where.objects, parents, folders)
    return known or contents(git, [*parents, *(f"{parents[0]}:{os.fsdecode(folder)}" for folder in folders)])


def _unpacked(objects: Path, parents: Sequence[str], folders: Sequence[bytes]) -> list[loose.Object | None]:
    """The same where all of them have files of their own, as the last commits have; else nothing."""
    found: list[loose.Object | None] = [loose.read(objects, parent) for parent in parents]
    if not found[0]:
        return []
    trees = {b"": loose.read(objects, found[0][1][5:45].decode())}
    for folder in folders[1:]:
        above, _, name = folder.rpartition(b"/")
        _mode, oid = _entries(trees[above]).get(name, (_FOLDER, b""))
        trees[folder] = loose.read(objects, oid.hex()) if oid else _EMPTY
    found += trees.values()
    return found if all(found) else []


def _change(made: _Objects, folders: Mapping[bytes, _Folder], changes: Iterable[Change]) -> bytes:
    """Take the changes into the folders, and those into the ones above them; the id of the new root."""
    for change in changes:
        folder, _, name = os.fsencode(change.path).rpartition(b"/")
        if change.oid:
            folders[folder][name] = (_FILE, bytes.fromhex(change.oid))
        elif change.data is not None:
            folders[folder][name] = (_FILE, _add(made, _BLOB, change.data))
        else:
            folders[folder].pop(name, None)
    for path in sorted(folders, reverse=True):  # what lies in a folder sorts behind it
        if not path:
            break
        above, _, name = path.rpartition(b"/")
        if folders[path]:
            folders[above][name] = (_FOLDER, _add(made, _TREE, _tree(folders[path])))
        elif folders[above].get(name, (_FILE,))[0] == _FOLDER:
            del folders[above][name]
    return _add(made, _TREE, _tree(folders[b""]))


def _above(path: bytes) -> Iterator[bytes]:
    while b"/" in path:
        path = path.rpartition(b"/")[0]
        yield path


def _entries(tree: tuple[bytes, bytes] | None) -> _Folder:
    """The entries of what git found under a folder's name; none where that is no folder."""
    if tree is None or tree[0] != b"tree":
        return {}
    return {name: (mode, oid) for mode, name, oid in _ENTRY.findall(tree[1])}


def _tree(folder: _Folder) -> bytes:
    order = sorted(folder.items(), key=lambda entry: entry[0] + b"/" * (entry[1][0] == _FOLDER))
    return b"".join([b"%s %s\0%s" % (mode, name, oid) for name, (mode, oid) in order])


def _add(made: _Objects, type: bytes, data: bytes) -> bytes:
    oid = loose.object_id(type, data)
    made[oid] = (type, data)
    return oid


def _pack(objects: Collection[loose.Object]) -> list[bytes]:
    """The objects as git sends them."""
    parts = [b"PACK\0\0\0\x02" + len(objects).to_bytes(4)]
    for type, data in objects:
        parts += (_size(_IN_PACKS[type], len(data)), zlib.compress(data, 1))
    digest = sha1(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return [*parts, digest.digest()]


def _size(type: int, size: int) -> bytes:
    """Type and size of an object in a pack: four bits of the size beside the type, then seven in every byte."""
    first, size = type << 4 | size & 15, size >> 4
    out = bytearray()
    while size:
        out.append(first | 128)
        first, size = size & 127, size >> 7
    return bytes([*out, first])


def _stamp(parents: Sequence[tuple[bytes, bytes] | None]) -> str:
    times = [_committed(commit[1]) for commit in parents if commit]
    if len(parents) > 1:
        return f"{max(times)} +0000"
    return f"{max([int(time.time()), *times])} {time.strftime('%z')}"


def _committed(commit: bytes) -> int:
    head = commit.partition(b"\n\n")[0]
    line = next(line for line in head.split(b"\n") if line.startswith(b"committer "))
    return int(line.split(b" ")[-2])
