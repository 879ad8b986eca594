"""How far the book is ahead of its remote, as far as this clone knows: nobody is asked over the network."""

import re
from datetime import UTC, datetime

from crm_cli.base.errors import CrmError
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.store import refs
from crm_cli.store.layout import Layout, layout

_SECTION = re.compile(r"\s*\[\s*(\w+)\s+\"(.*)\"\s*\]\s*$")


@dataclass(frozen=True, slots=True)
class Unsynced:
    """Commits that the remote has not got, and when this clone last heard of it; None where it never has."""

    commits: int
    last: datetime | None


def unsynced(book: Book) -> Unsynced | None:
    """What is not synced yet; None for a book without a remote. A process of git counts, where there is any."""
    where = layout(book.root)
    branch = refs.branch(book.root)
    upstream = _upstream(where, branch) if where and branch else None
    head = refs.head(book.root)
    if where is None or upstream is None or head is None:
        return None
    theirs = refs.resolve(where, f"refs/remotes/{upstream}")
    last = _last(where, upstream)
    if theirs == head:
        return Unsynced(0, last)
    from crm_cli.store.git import open_git  # 15 ms, which only a book with something to sync pays

    words = ["rev-list", "--count", head, *([f"^{theirs}"] if theirs else [])]
    try:
        return Unsynced(int(open_git(book.root).run(*words)), last)
    except CrmError:  # a ref to a commit that is not there: git says so when the book is synced
        return None


def _upstream(where: Layout, branch: str) -> str | None:
    """The remote-tracking branch, `origin/main`, by git's own configuration; None without a remote."""
    try:
        lines = (where.common / "config").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    remotes, said, section = [], {}, ("", "")
    for line in lines:
        if found := _SECTION.match(line):
            section = (found[1].lower(), found[2])
            remotes += [found[2]] if section[0] == "remote" else []
        elif line.lstrip().startswith("["):
            section = ("", "")
        elif section == ("branch", branch):
            key, _, value = line.partition("=")
            said[key.strip().lower()] = value.strip()
    if not remotes:
        return None
    remote = said.get("remote") or ("origin" if "origin" in remotes else remotes[0])
    return f"{remote}/{said.get('merge', branch).removeprefix('refs/heads/')}"


def _last(where: Layout, upstream: str) -> datetime | None:
    """When git last wrote down what the remote has."""
    times = []
    for place in (where.crm / "sync", where.git / "FETCH_HEAD", where.common / "refs" / "remotes" / upstream):
        try:
            times.append(place.stat().st_mtime)
        except OSError:
            continue
    return datetime.fromtimestamp(max(times), UTC) if times else None
