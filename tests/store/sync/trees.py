"""Commits as nobody's git would make them: trees put together byte by byte, on top of what a remote holds."""

import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path

from tests.machines import run_git

Entry = tuple[str, bytes | str]
"""Mode, and the bytes of a file or the id of an object."""


def evil_commit(remote: Path, entries: Mapping[str, Entry], *, branch: str = "main") -> str:
    """Lets a branch of a remote stand on a commit with these names added to the root of its tree as they are."""
    listing = run_git(remote, "ls-tree", "-z", branch).split("\0")[:-1]
    found: dict[bytes, tuple[bytes, bytes]] = {}
    for line in listing:
        fields, _, name = line.partition("\t")
        mode, _, oid = fields.split(" ")
        found[name.encode("utf-8", "surrogateescape")] = (mode.lstrip("0").encode(), bytes.fromhex(oid))
    for path, (mode, what) in entries.items():
        name = path.encode("utf-8", "surrogateescape")
        oid = what if isinstance(what, str) else write(remote, "blob", what)
        found[name] = (mode.encode(), bytes.fromhex(oid))
    return commit(remote, tree(remote, found), branch=branch)


def tree(remote: Path, entries: Mapping[bytes, tuple[bytes, bytes]]) -> str:
    """A tree of (mode, binary id) by name, in git's order."""
    order = sorted(entries.items(), key=lambda entry: entry[0] + b"/" * (entry[1][0] == b"40000"))
    return write(remote, "tree", b"".join(b"%s %s\0%s" % (mode, name, oid) for name, (mode, oid) in order))


def commit(remote: Path, oid: str, *, branch: str = "main") -> str:
    """A commit of a tree on top of a branch, which stands there from now on."""
    made = run_git(remote, "commit-tree", oid, "-p", branch, "-m", "evil").strip()
    run_git(remote, "update-ref", f"refs/heads/{branch}", made)
    return made


def write(remote: Path, kind: str, data: bytes) -> str:
    """An object as a loose file, which nobody has looked at."""
    raw = b"%s %d\0" % (kind.encode(), len(data)) + data
    oid = hashlib.sha1(raw, usedforsecurity=False).hexdigest()
    place = remote / "objects" / oid[:2] / oid[2:]
    if not place.exists():
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(zlib.compress(raw, 1))
    return oid
