"""Rewrites the history of a book without those who were erased, and replaces the remote."""

from collections.abc import Callable

from crm_cli.base.errors import Refused, Unreachable
from crm_cli.book import Book
from crm_cli.services.erasing.cleaning import clean
from crm_cli.services.erasing.erasing import check_still, message
from crm_cli.services.erasing.erasure import Erasure, differing, files_of
from crm_cli.services.erasing.receipt import Outcome
from crm_cli.services.syncing import epoch
from crm_cli.store import support
from crm_cli.store.erase.forget import forget, holders, holds
from crm_cli.store.erase.ledger import write_ledger
from crm_cli.store.erase.past import Past
from crm_cli.store.erase.rewrite import rewrite as new_chain
from crm_cli.store.git import Git, open_git
from crm_cli.store.sync.address import remote_of
from crm_cli.store.sync.network import Progress
from crm_cli.store.transaction import Write, begin

Say = Callable[[str], None]


def check(book: Book) -> None:
    """Refuses where something besides the book's branch would keep the old history."""
    git = open_git(book.root)
    if left := holders(git, _branch(git)):
        ways = dict.fromkeys(_way_out(holder) for holder in left)
        raise Refused(f"{', '.join(left[:3])} would keep the old history", hint=f"do that first: {'; '.join(ways)}")


def _way_out(holder: str) -> str:
    """What makes a holder of the old history let go of it."""
    if holder.endswith("/alternates"):  # the objects of another repository, which stay there
        return f"crm git repack -a -d && rm {holder}"
    if holder.endswith("/worktrees"):
        return "crm git worktree remove PLACE"
    kind, name = holder.removeprefix("refs/").partition("/")[::2]
    ways = {"heads": f"crm git branch -D {name}", "tags": f"crm git tag -d {name}", "stash": "crm git stash clear"}
    return ways.get(kind, f"crm git update-ref -d {holder}")


def _branch(git: Git) -> str:
    return support.configuration(git).get("crm.branch") or "main"


def _remote(git: Git) -> str | None:
    found = remote_of(support.configuration(git), None, _branch(git))
    return found[0] if found else None


def sync_first(book: Book, say: Say, progress: Progress | None) -> None:
    """Takes in what the remote has, so that nothing of it is lost; a remote that cannot be reached can wait."""
    from crm_cli.services.syncing.sync import sync

    if _remote(open_git(book.root)) is None:
        return
    try:
        sync(book, progress=progress)
    except Unreachable as error:
        say(f"crm: {error.message}; what others sent meanwhile comes with the next crm sync")
    except epoch.OldHistory as error:
        say(f"crm: {error.message.partition(',')[0]}: it is going to be replaced")


def rewrite(book: Book, erasure: Erasure, say: Say, progress: Progress | None) -> Outcome:
    """Erases from the files and from every earlier version at once, then replaces the remote and forgets the rest."""
    git = erasure.git
    roots = git.run("rev-list", "--max-parents=0", erasure.head).decode().split()
    ledger = write_ledger(erasure.ledger.next_epoch(roots))
    chain = new_chain(Past(git, (erasure.head,)), erasure.eraser, ledger, book.identity, message(erasure))
    erasure.writes = differing(erasure.before, files_of(git, chain.tip))
    remote = _remote(git)
    with begin(book.root, wait=book.lock_timeout, trusted=book.config.trusts) as transaction:
        check_still(transaction, erasure)
        epoch.note(git, remote, _branch(git), chain.commits)
        transaction.commit([Write(*write) for write in erasure.writes.items()], "", book.identity, adopt=chain.tip)
    outcome = Outcome(clean(book, erasure.eraser), rewritten=True, remote=remote)
    if remote:
        outcome.replaced = _replace(book, say, progress)
    else:
        epoch.settle(book, git)
    forget(git)
    left = holders(git, _branch(git))
    outcome.left = [*left, *(["this clone"] if not left and holds(git, erasure.head) else [])]
    return outcome


def _replace(book: Book, say: Say, progress: Progress | None) -> bool:
    from crm_cli.services.syncing.sync import sync

    try:
        sync(book, progress=progress)
    except Unreachable as error:
        say(f"crm: {error.message}")
        return False
    return True
