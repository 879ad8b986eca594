"""Whether what came may become a part of this book: plain files at safe paths, of bounded size and number."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from crm_cli.base.errors import Refused
from crm_cli.base.lean import dataclass
from crm_cli.base.text import visible
from crm_cli.schema.kind import Kinds
from crm_cli.store import objects
from crm_cli.store.files import FILE_LIMIT, RECORD_LIMIT
from crm_cli.store.git import Git
from crm_cli.store.sync.githistory import EMPTY_TREE, Difference, differences, holds_more_than

MOST_FILES = 1_000_000
_PLAIN = "100644"
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$|clock\$)(?:[. :].*)?", re.IGNORECASE
)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\]')
_IGNORED = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF], None
)  # what HFS+ leaves out of names
_NAME, _PATH = 255, 1000  # bytes
_WHAT = {"120000": "a link", "160000": "a submodule", "040000": "a folder where a file stands"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a book cannot take a path, and what mends it where one command does."""

    path: str
    reason: str
    hint: str = ""


def changed_there(git: Git, bases: Sequence[str], head: str | None, theirs: str) -> list[Difference]:
    """What differs between our commit and theirs because they changed it; all of it without a common past."""
    from_here = differences(git, head or EMPTY_TREE, theirs)
    if not bases or list(bases) == [head]:
        return from_here
    touched = {found.path for base in bases for found in differences(git, base, theirs)}
    return [found for found in from_here if found.path in touched]


def check_number(git: Git, theirs: str) -> None:
    """`Refused` when a commit has more files than a book can hold; before it is compared with anything."""
    if holds_more_than(git, theirs, MOST_FILES):
        raise Refused(f"the remote holds more than {MOST_FILES:,} files; nothing was taken")


def check_incoming(git: Git, incoming: Iterable[Difference], kinds: Kinds, ours: Iterable[str], most: int) -> None:
    """`Refused` with the path and the reason; `ours` are the paths that we have, `most` the bytes of all that comes."""
    incoming = list(incoming)
    came = [difference for difference in incoming if difference.theirs]
    gone = {difference.path for difference in incoming if not difference.theirs}
    fault = next(faults(git, came, kinds, [path for path in ours if path not in gone]), None)
    if fault:
        said = f"the remote holds {visible(fault.path)}, {fault.reason}; nothing was taken"
        raise Refused(said, hint=fault.hint and f"on the machine that added it: {fault.hint}")
    _check_sum(git, came, most)


def faults(git: Git, came: Sequence[Difference], kinds: Kinds, ours: Iterable[str]) -> Iterator[Fault]:
    """What a book cannot hold among files that come to it; `ours` are the paths that it has."""
    for found in came:
        yield from _of_path(found.path)
        yield from _of_mode(found)
    if any(found.ours is None for found in came):
        yield from _of_names(came, ours)
    for found, size in zip(came, _sizes(git, came), strict=True):
        limit = RECORD_LIMIT if kinds.of_path(found.path) else FILE_LIMIT
        if size > limit:
            yield Fault(found.path, f"which is larger than {limit >> 20} MiB")


def _of_path(path: str) -> Iterator[Fault]:
    if path.startswith("/") or "\ufffd" in path or any("\udc80" <= char <= "\udcff" for char in path):
        yield Fault(path, "whose name is not text")
        return
    for part in path.split("/"):
        bare = unicodedata.normalize("NFKC", part).translate(_IGNORED).lower()
        if bare.startswith((".git", "git~")):
            yield Fault(path, "a file that git itself would obey", f"git rm -r --cached {visible(path)}")
        elif part in ("", ".", "..") or bare in (".", ".."):
            yield Fault(path, "a path that leads out of the book")
        elif _FORBIDDEN.search(part) or part[-1] in ". " or _RESERVED.fullmatch(part):
            yield Fault(path, "a name that other systems cannot hold")
        elif len(part.encode()) > _NAME:
            yield Fault(path[:_NAME] + "…", "a name that is too long")
    if len(path.encode()) > _PATH:
        yield Fault(path[:_NAME] + "…", "a path that is too long")


def _of_mode(found: Difference) -> Iterator[Fault]:
    if found.mode == "100755":
        yield Fault(found.path, "a program", f"git update-index --chmod=-x {visible(found.path)}")
    elif found.mode != _PLAIN:
        yield Fault(found.path, _WHAT.get(found.mode, "something that is no plain file"))


def _of_names(came: Iterable[Difference], ours: Iterable[str]) -> Iterator[Fault]:
    """Names that a file system without case, or one that composes letters, takes for one; folders in a file's place."""
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in ours:
        files[_folded(path)] = path
        for folder in _above(path, folders):
            folders.setdefault(_folded(folder), folder)
    for path in (found.path for found in came if found.ours is None):
        other = files.setdefault(_folded(path), path)
        if other != path:
            yield Fault(path, f"which some systems cannot tell from {visible(other)}")
        if _folded(path) in folders:
            yield Fault(path, "where there is a folder of that name here")
        for folder in _above(path, folders):
            other = folders.setdefault(_folded(folder), folder)
            if other != folder:
                yield Fault(path, f"whose folder some systems cannot tell from {visible(other)}")
            if _folded(folder) in files:
                yield Fault(path, f"but {visible(folder)} is a file here")


def _above(path: str, known: dict[str, str]) -> Iterator[str]:
    """The folders that a path lies in, the nearest first, as far as they are not known yet as they are spelled."""
    while (at := path.rfind("/")) > 0:
        path = path[:at]
        if known.get(_folded(path)) == path:
            return
        yield path


def _folded(path: str) -> str:
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path.casefold())


def _sizes(git: Git, came: Iterable[Difference]) -> list[int]:
    asked = "".join(f"{found.theirs}\n" for found in came)
    if not asked:
        return []
    answer = git.run("cat-file", "--batch-check", data=asked.encode()).decode().splitlines()
    return [int(line.rsplit(" ", 1)[1]) for line in answer]


def _check_sum(git: Git, came: Sequence[Difference], most: int) -> None:
    """A thousand files may be one and the same in the history, and are a thousand all the same on the disk."""
    size = sum(_sizes(git, came))
    if size > most:
        raise Refused(
            f"what came is {size >> 20:,} MiB in {len(came):,} files, more than {most >> 20:,}; nothing was taken",
            hint=f"crm config sync.fetch_mib {(size >> 20) + 1} allows it",
        )


def our_paths(git: Git, head: str | None, came: Iterable[Difference]) -> Iterable[str]:
    """The paths that we have, where one that comes is new; a listing of the book costs what the book is large."""
    return objects.tree(git, head) if head and any(found.theirs and found.ours is None for found in came) else ()
