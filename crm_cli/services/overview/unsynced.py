"""How far the book is ahead of its remote, as far as this clone knows: nobody is asked over the network."""

import re
from datetime import UTC, datetime

from crm_cli.base.errors import CrmError
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.store import refs
from crm_cli.store.layout import Layout, layout

_SECTION = re.compile(r"\s*\[\s*(\w+)(?:\s+\"(.*)\")?\s*\]\s*$")


@dataclass(frozen=True, slots=True)
class Unsynced:
    """Commits that the remote has not got, and when this clone last heard of it; None where it never has."""

    commits: int
    last: datetime | None


def unsynced(book: Book) -> Unsynced | None:
    """What the next sync has to send; None for a book without a remote. A process of git counts, where there is any."""
    where = layout(book.root)
    followed = _followed(where, refs.branch(book.root)) if where else None
    if where is None or followed is None:
        return None
    branch, remote = followed
    head = refs.resolve(where, f"refs/heads/{branch}")
    if head is None:
        return None
    theirs = refs.resolve(where, f"refs/remotes/{remote}/{branch}")
    last = _last(where, f"{remote}/{branch}")
    if theirs == head:
        return Unsynced(0, last)
    from crm_cli.store.git import open_git  # 15 ms, which only a book with something to sync pays

    words = ["rev-list", "--count", head, *([f"^{theirs}"] if theirs else [])]
    try:
        return Unsynced(int(open_git(book.root).run(*words)), last)
    except CrmError:  # a ref to a commit that is not there: git says so when the book is synced
        return None


def _followed(where: Layout, current: str | None) -> tuple[str, str] | None:
    """The branch that a sync sends and the remote that it asks, by git's configuration; None where it asks none.

    The branch is that of the same name there, whatever `branch.NAME.merge` says to git; on another one than the
    book's, nothing is synced.
    """
    said = _configuration(where)
    if current is None or said.get(("crm", "", "branch"), current) != current:
        return None
    known = [name for section, name, key in said if (section, key) == ("remote", "url")]
    remote = refs.followed(known, said.get(("branch", current, "remote")))
    return (current, remote) if remote else None


def _configuration(where: Layout) -> dict[tuple[str, str, str], str]:
    """Section, name and key -> value. Asking git takes 5 ms, which every look at the day would pay."""
    try:
        lines = (where.common / "config").read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}
    said, section = {}, ("", "")
    for line in lines:
        if found := _SECTION.match(line):
            section = (found[1].lower(), found[2] or "")
        elif line.lstrip().startswith("["):
            section = ("", "")
        else:
            key, _, value = line.partition("=")
            said[*section, key.strip().lower()] = value.strip()
    return said


def _last(where: Layout, upstream: str) -> datetime | None:
    """When git last wrote down what the remote has."""
    times = []
    for place in (where.crm / "sync", where.git / "FETCH_HEAD", where.common / "refs" / "remotes" / upstream):
        try:
            times.append(place.stat().st_mtime)
        except OSError:
            continue
    return datetime.fromtimestamp(max(times), UTC) if times else None
