"""Objects of git that are a file each: read and written here, which saves a small commit two processes of git.

Each is `type size`, a zero byte and the content, compressed, under its id. What is in a pack, git reads.
"""

import os
import zlib
from collections.abc import Iterable
from pathlib import Path

from crm_cli.base.digest import sha1
from crm_cli.store import place

_LEVEL = 1  # ids, of which big trees consist, hardly shrink: half the time for the same size
_LARGEST = 64 << 20

Object = tuple[bytes, bytes]
"""Type and content."""


def object_id(kind: bytes, content: bytes) -> bytes:
    """The id of an object, in binary."""
    return sha1(_whole(kind, content), usedforsecurity=False).digest()


def _whole(kind: bytes, content: bytes) -> bytes:
    return b"%s %d\0%s" % (kind, len(content), content)


def read(objects: Path, oid: str) -> Object | None:
    """An object that has a file of its own, and a whole one; None where git has to be asked."""
    try:
        packed = (objects / oid[:2] / oid[2:]).read_bytes()
        found = zlib.decompressobj()
        data = found.decompress(packed, _LARGEST)
    except (OSError, zlib.error):
        return None
    header, _, content = data.partition(b"\0")
    kind, _, size = header.partition(b" ")
    whole = found.eof and size.isdigit() and int(size) == len(content)
    return (kind, content) if whole and object_id(kind, content).hex() == oid else None


def compressed(content: Object) -> bytes:
    """An object as its file holds it."""
    return zlib.compress(_whole(*content), _LEVEL)


def write(objects: Path, made: Iterable[tuple[bytes, bytes]]) -> None:
    """Writes compressed objects by their binary ids, and sees them onto the disk; a whole one that is there stays."""
    folders: set[Path] = set()
    for oid, data in made:
        name = oid.hex()
        if read(objects, name):
            continue
        folder = objects / name[:2]
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
            folders.add(objects)
        # The name is like those that git uses itself, so that its gc removes what a killed process left.
        place.put(folder / name[2:], data, folder / f"tmp_obj_crm{os.getpid()}", 0o400)
        folders.add(folder)
    for folder in sorted(folders):
        place.sync(folder)
