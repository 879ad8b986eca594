"""Whether a sync meets an erasure: what a clone knows about rewritten histories, and who is behind."""

import json
from collections.abc import Mapping
from typing import Any

from crm_cli.base.errors import Refused
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.store import objects, place, refs
from crm_cli.store.erase.ledger import LEDGER, Ledger, read_ledger
from crm_cli.store.git import Git
from crm_cli.store.layout import Layout
from crm_cli.store.sync.combine import Combined
from crm_cli.store.sync.network import tracking_ref


class OldHistory(Refused):
    """The remote holds the history from before an erasure, and nobody has said that it may be replaced."""


@dataclass(frozen=True)
class Turn:
    """A step from one history to another: what comes and goes, what is lost by it, the commit to stand on then.

    Without a commit ours is the newer history, and what came is written on top of it. `failed` are sentences about what
    could not be cleaned up beside the book.
    """

    combined: Combined
    lost: Combined
    commit: str | None
    failed: tuple[str, ...] = ()


def note(git: Git, remote: str | None, branch: str, commits: Mapping[str, str]) -> None:
    """Notes that the history is being rewritten, before it is: what the remote has, and what became of that."""
    known = refs.resolve(git.where, tracking_ref(remote, branch)) if remote else None
    olds = [*read_note(git.where).get("olds", ()), *([known] if known else [])]
    write_note(git.where, {"olds": olds, "base": commits.get(known or ""), "replace": bool(remote), "forget": True})


def crossing(git: Git, head: str, theirs: str) -> bool:
    """Whether two histories without a common commit are one book before and after an erasure."""
    if not _theirs_is_newer(git, head, theirs) and not ours_is_newer(git, head, theirs):
        return False
    if ours_is_newer(git, head, theirs) and not read_note(git.where).get("replace"):
        raise OldHistory(
            "the remote went back to the history before an erasure, which is not taken in",
            hint="crm erase --rewrite-history replaces it again",
        )
    return True


def stale(git: Git, head: str, theirs: str | None) -> str | None:
    """The commit that a push has to replace, because its history is from before our erasure."""
    return theirs if theirs and not _related(git, head, theirs) and ours_is_newer(git, head, theirs) else None


def turn(book: Book, git: Git, tracking: str, head: str, theirs: str | None, *, dry: bool = False) -> Turn | None:
    """The step between two histories of one book, with `dry` only worked out; None where they are one."""
    if theirs is None or _related(git, head, theirs):
        return None
    from crm_cli.services.syncing import turning  # 60 ms for what erases, which only a sync across an erasure pays

    return turning.turn(book, git, tracking, head, theirs, dry=dry)


def combined(book: Book, git: Git, head: str, theirs: str) -> Combined | None:
    """An ordinary merge where one side has erased somebody: nothing of them comes back; None for any other merge."""
    one, other = objects.files_at(git, (head, theirs), LEDGER)
    if one == other:
        return None
    bases = tuple(objects.merge_bases(git, head, theirs))
    if not bases or {head, theirs} & set(bases):
        return None
    from crm_cli.services.syncing import turning  # 60 ms, as above

    return turning.merged_books(book, git, sorted(bases)[0], head, theirs).combined(bases)


def settle(book: Book, git: Git) -> None:
    """When both sides are alike again: the old history goes away here too."""
    known = read_note(git.where)
    if known.get("forget"):
        from crm_cli.store.erase.forget import forget  # only after an erasure

        book.close()
        forget(git)
        write_note(git.where, {"olds": known.get("olds", ()), "base": None, "replace": False, "forget": False})


def ledger_of(git: Git, commit: str) -> Ledger:
    """Who was erased, as a commit has it."""
    return read_ledger(objects.read_file_at(git, commit, LEDGER))


def _roots(git: Git, commit: str) -> set[str]:
    return set(git.run("rev-list", "--max-parents=0", commit).decode().split())


def _related(git: Git, one: str, other: str) -> bool:
    return one == other or bool(objects.merge_bases(git, one, other))


def ours_is_newer(git: Git, head: str, theirs: str) -> bool:
    """Whether the remote still holds a history that ours replaced."""
    return bool(_roots(git, theirs) & set(ledger_of(git, head).replaced))


def _theirs_is_newer(git: Git, head: str, theirs: str) -> bool:
    """Also where both sides rewrote the same history: who came first is followed."""
    replaced = set(ledger_of(git, theirs).replaced)
    return bool((_roots(git, head) | set(ledger_of(git, head).replaced)) & replaced)


def write_note(where: Layout, content: Mapping[str, Any]) -> None:
    """Note what this clone knows about rewritten histories."""
    place.replace(where.crm / "epoch", json.dumps(content).encode())


def read_note(where: Layout) -> dict[str, Any]:
    """What this clone knows about rewritten histories."""
    return read_json(where, "epoch")


def read_json(where: Layout, name: str) -> dict[str, Any]:
    """A note among the files of this clone; empty where there is none that can be read."""
    try:
        content = json.loads((where.crm / name).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
