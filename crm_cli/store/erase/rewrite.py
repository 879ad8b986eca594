"""A history without those who were erased: the same commits with other files and messages, as a new chain.

git itself tells every commit as text and makes commits of such text again; in between each line is put right. Nothing
moves: the new chain hangs on nothing but a ref of our own git directory.
"""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import field

from crm_cli.base.lean import dataclass
from crm_cli.store.erase.eraser import Eraser
from crm_cli.store.erase.ledger import LEDGER
from crm_cli.store.erase.past import Past
from crm_cli.store.erase.traces import ERASED
from crm_cli.store.objects import Identity

_OLD, _NEW = "refs/crm/old", "refs/crm/new"
_IDENT = re.compile(rb"(author|committer) (.*?) ?<(.*)> (\d+ [+-]\d+)\n")
_FILE = re.compile(rb"M (\d+) ([0-9a-f]{40}) (.*)\n")
_ESCAPES = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The last commit of a new chain, and what has become of each old commit."""

    tip: str
    commits: Mapping[str, str]


def rewrite(past: Past, eraser: Eraser, ledger: bytes, author: Identity, message: str) -> Rewritten:
    """The history of the only tip of `past` once more without those who were erased, one commit longer."""
    git = past.git
    place = git.own / "refs" / "crm"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    (place / "old").write_text(f"{past.tips[0]}\n", "ascii")
    (place / "new").unlink(missing_ok=True)
    marks = git.own / "marks"
    stream = _Stream(eraser, _changed(past, eraser), ledger)
    try:
        told = git.run("fast-export", "--no-data", "--show-original-ids", "--reencode=no", "--signed-tags=strip", _OLD)
        made = stream.feed(told) + stream.last(author, message)
        git.run("fast-import", "--quiet", "--date-format=raw-permissive", f"--export-marks={marks}", data=made)
        tip = (place / "new").read_text("ascii").strip()
        found = dict(line.split(" ") for line in marks.read_text("ascii").splitlines())
        return Rewritten(tip, {oid: found[mark] for oid, mark in stream.originals.items() if mark in found})
    finally:
        for left in (place / "old", place / "new", marks, *git.own.glob("fast_import_crash_*")):
            left.unlink(missing_ok=True)  # a report of a crash holds pieces of records


def _changed(past: Past, eraser: Eraser) -> dict[tuple[str, str], bytes | None]:
    """What becomes of every version that does not stay as it is."""
    changed: dict[tuple[str, str], bytes | None] = {}
    for (path, oid), data in past.contents(past.versions):
        made = eraser.file(path, data)
        if made is None or made[1] != data:
            changed[path, oid] = made and made[1]
    return changed


@dataclass
class _Stream:
    """The telling of a history that is put right: what becomes of (path, blob); `ledger` is in every commit."""

    eraser: Eraser
    changed: Mapping[tuple[str, str], bytes | None]
    ledger: bytes
    originals: dict[str, str] = field(default_factory=dict)
    _out: list[bytes] = field(default_factory=list)
    _mark: str = ""
    _time: int = 0
    _rootless: bool = False  # behind a message, until it is clear that the commit has a parent

    def feed(self, told: bytes) -> bytes:
        """The whole telling, put right."""
        at = 0
        while at < len(told):
            end = told.index(b"\n", at) + 1
            line, at = told[at:end], end
            if line.startswith(b"data "):
                end = at + int(line[5:])
                self._data(self._message(told[at:end]))
                at, self._rootless = end, True
            else:
                self._line(line)
        self._root()
        return b"".join(self._out)

    def last(self, author: Identity, message: str) -> bytes:
        """One more commit on top, in which no file differs."""
        who = f"{author.name} <{author.email}> {max(int(time.time()), self._time)} {time.strftime('%z')}".encode()
        text = message.encode()
        head = b"commit %s\nauthor %s\ncommitter %s\n" % (_NEW.encode(), who, who)
        return head + b"data %d\n%s\n" % (len(text), text)

    def _line(self, line: bytes) -> None:
        if line.startswith(b"from "):
            self._rootless = False
        self._root()
        word = line.partition(b" ")[0]
        if word in (b"commit", b"reset"):
            line = line.replace(_OLD.encode(), _NEW.encode())
        elif word == b"mark":
            self._mark = line[5:].decode().strip()
        elif word == b"original-oid":
            self.originals[line[13:].decode().strip()] = self._mark
            return
        elif word in (b"author", b"committer"):
            line = self._ident(line)
        elif word == b"M":
            line = self._file(line)
        elif word == b"D":
            place = self.eraser.path(_unquoted(line[2:-1]))
            line = b"D %s\n" % _quoted(place) if place and place != LEDGER else b""
        self._out.append(line)

    def _root(self) -> None:
        """The first commit of a history gets the ledger, and so becomes another, as do all that stand on it."""
        if self._rootless:
            self._rootless = False
            self._out.append(b"M 100644 inline %s\n" % LEDGER.encode())
            self._data(self.ledger)
            self._out.append(b"\n")

    def _data(self, data: bytes) -> None:
        self._out += (b"data %d\n" % len(data), data)

    def _file(self, line: bytes) -> bytes:
        found = _FILE.fullmatch(line)
        assert found is not None
        path = _unquoted(found[3])
        place = self.eraser.path(path)
        if place is None or path == LEDGER:
            return b""
        key = (path, found[2].decode())
        if key not in self.changed:
            return b"M %s %s %s\n" % (found[1], found[2], _quoted(place))
        data = self.changed[key]
        if data is None:
            return b"D %s\n" % _quoted(place)
        return b"M %s inline %s\ndata %d\n%s\n" % (found[1], _quoted(place), len(data), data)

    def _message(self, message: bytes) -> bytes:
        text = self.eraser.traces.replaced(message.decode("utf-8", "surrogateescape"))
        for entry in self.eraser.entries.values():
            if entry.mark.isalnum():
                text = re.sub(rf"(?<![a-z0-9]){entry.mark}(?![a-z0-9])", (entry.new or ERASED).rpartition("-")[2], text)
        return text.encode("utf-8", "surrogateescape")

    def _ident(self, line: bytes) -> bytes:
        found = _IDENT.fullmatch(line)
        if found is None:
            return line
        self._time = max(self._time, int(found[4].split()[0]))
        name, email = (
            self.eraser.traces.replaced(part.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
            for part in (found[2], found[3])
        )
        return b"%s %s <%s> %s\n" % (found[1], name, email, found[4])


def _unquoted(path: bytes) -> str:
    """A path as git tells it: in quotes where it holds such signs as would end a line."""
    if path.startswith(b'"'):
        path = re.sub(rb"\\([0-7]{3}|.)", _unescaped, path[1:-1])
    return os.fsdecode(path)


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    return bytes([int(sign, 8)]) if len(sign) == 3 else _ESCAPES.get(sign, sign)


def _quoted(path: str) -> bytes:
    raw = os.fsencode(path)
    if not raw.startswith(b'"') and b"\n" not in raw:
        return raw
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
