"""Where a fetch puts what comes: a git directory of its own, from which nothing reaches the book unless all came."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from crm_cli.base.lean import dataclass
from crm_cli.store import owngit, place
from crm_cli.store.git import Git
from crm_cli.store.refs import OID

INCOMING = "refs/crm/incoming"
_HAVE = "refs/crm/have"
_PREFIX = "arriving-"
_FEW = 100  # objects that become a file each, as git itself has it; more stay a pack
_SMALL = 16 << 20  # bytes of such a pack, which passes through memory


@dataclass(frozen=True, slots=True)
class Arrival:
    """One fetch: `own` is the git directory that it runs in, and knows the book's objects."""

    git: Git
    own: Path

    @property
    def objects(self) -> Path:
        """Where the fetch writes."""
        return self.own / "objects"

    @property
    def commit(self) -> str | None:
        """What came; None where git has noted nothing."""
        try:
            found = (self.own / INCOMING).read_text("ascii").strip()
        except OSError:
            return None
        return found if OID.fullmatch(found) else None

    @property
    def largest(self) -> int:
        """Bytes of the largest file that was written, whole or not."""
        return max((file.stat().st_size for file in (self.objects / "pack").iterdir()), default=0)

    def reading(self) -> Git:
        """Git that sees what came, and the book."""
        return replace(self.git, own=self.own, objects=self.objects)

    def keep(self) -> None:
        """Let the objects become the book's: first what is in a pack, then the index by which git finds it."""
        packs = self.git.where.objects / "pack"
        packs.mkdir(mode=0o700, exist_ok=True)
        for pack in (self.objects / "pack").glob("*.pack"):
            if _count(pack) < _FEW and pack.stat().st_size < _SMALL:
                self.git.run("unpack-objects", "-q", data=pack.read_bytes())
                continue
            for suffix in (".rev", ".pack", ".idx"):
                with contextlib.suppress(FileNotFoundError):
                    os.replace(pack.with_suffix(suffix), packs / f"{pack.stem}{suffix}")
            place.sync(packs)


@contextlib.contextmanager
def arriving(git: Git, have: str | None) -> Iterator[Arrival]:
    """A place for one fetch, gone afterwards; `have` is the commit that the other side is told we have."""
    crm = git.where.crm
    _sweep(crm)
    own = crm / f"{_PREFIX}{os.getpid()}"
    shutil.rmtree(own, ignore_errors=True)
    try:
        owngit.furnish(own)
        for folder in (own / "objects" / "info", own / "objects" / "pack", (own / _HAVE).parent):
            folder.mkdir(mode=0o700, parents=True)
        (own / "objects" / "info" / "alternates").write_bytes(os.fsencode(git.where.objects) + b"\n")
        if have:
            (own / _HAVE).write_text(f"{have}\n", "ascii")
        yield Arrival(git, own)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _sweep(crm: Path) -> None:
    """Remove what killed processes left. A number that another process has by now keeps its place for later."""
    for left in crm.glob(f"{_PREFIX}*"):
        number = left.name.removeprefix(_PREFIX)
        if number.isdigit() and not _alive(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _count(pack: Path) -> int:
    """How many objects a pack says it has."""
    with pack.open("rb") as file:
        return int.from_bytes(file.read(12)[8:])
