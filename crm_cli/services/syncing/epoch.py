"""Whether a sync meets an erasure, and what is done where it does."""

from collections.abc import Mapping

from crm_cli.base.errors import Refused
from crm_cli.book import Book
from crm_cli.services.syncing.histories import Turn, ledger_of, ours_is_newer, read_note, roots_of, write_note
from crm_cli.store import objects, refs
from crm_cli.store.erase.ledger import LEDGER
from crm_cli.store.git import Git
from crm_cli.store.sync.combine import Combined
from crm_cli.store.sync.network import tracking_ref


class OldHistory(Refused):
    """The remote holds the history from before an erasure, and nobody has said that it may be replaced."""


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


def _related(git: Git, one: str, other: str) -> bool:
    return one == other or bool(objects.merge_bases(git, one, other))


def _theirs_is_newer(git: Git, head: str, theirs: str) -> bool:
    """Also where both sides rewrote the same history: who came first is followed."""
    replaced = set(ledger_of(git, theirs).replaced)
    return bool((roots_of(git, head) | set(ledger_of(git, head).replaced)) & replaced)
