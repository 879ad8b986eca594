"""The writing commands that the fault tests sweep: for each a book before it, its words, and what it may leave."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.machines import bare, run_git
from tests.shell import Shell

STAGED = "notes.txt"
"""A file of the person's, staged in every book, and changed again since."""
OTHER = "contacts/ravi-rao-k7m3q8.yaml"
ASHA = "contacts/asha-sharma-k7m3q9.yaml"
_BATCH = 50
_AHEAD = "4000000000 +0000"
_FILES = {
    OTHER: "name: Ravi Rao\n",
    ASHA: "name: Asha Sharma\ntitle: Buyer  # since May\nemails:\n  - asha@acme.example\n",
    "deals/website-k7m3q7.yaml": "name: Website\ncontacts: [asha-sharma-k7m3q9]\nstage: proposal\namount: 1200 INR\n",
}


@dataclass(frozen=True)
class Command:
    """One command; `prepare` makes its book from the common one."""

    name: str
    line: str
    prepare: Callable[[Shell], object] = lambda _shell: None
    stdin: Callable[[Shell], str] = lambda _shell: ""
    syncs: bool = False
    codes: tuple[int, ...] = (0,)
    listed: tuple[int, ...] = (0,)

    @property
    def words(self) -> list[str]:
        return shlex.split(self.line)


def _batch(shell: Shell) -> None:
    for number in range(_BATCH):
        shell.write(f"contacts/person-{number}-k7m{number:03}.yaml", f"name: Person {number}\ntags: [fair]\n")
    shell.ok(f"set {_stem(OTHER)} nickname=Batch")


def _ids(shell: Shell) -> str:
    return shell.ok("contact list tag:fair --ids").out


def _by_hand(shell: Shell) -> None:
    shell.write(ASHA, _FILES[ASHA].replace("Buyer", "Head of buying"))
    shell.write("contacts/new-by-hand-k7m3q1.yaml", "name: New by hand\n")
    (shell.book / "deals/website-k7m3q7.yaml").unlink()


def _change(shell: Shell) -> None:
    shell.ok(f"set {_stem(ASHA)} title=Boss tags+=vip")


def _people(shell: Shell) -> None:
    rows = "".join(f"Person {number},person{number}@acme.example\n" for number in range(20))
    shell.write("../people.csv", f"name,emails\n{rows}")


def _conflict(shell: Shell) -> None:
    kept = "conflicts:\n  - field: title\n    base: Clerk\n    kept: Buyer\n    other: Driver\n"
    shell.write(ASHA, _FILES[ASHA] + kept)
    shell.ok(f"set {_stem(OTHER)} nickname=Conflict")


def _misnamed(shell: Shell) -> None:
    shell.write("contacts/Kavya Iyer.yaml", "name: Kavya Iyer\n")
    shell.write("tasks/call-k7m3q5.yaml", "name: Call\ncontact: Asha Sharma\n")


def _shared(shell: Shell) -> Shell:
    """A remote that holds the book, and another machine's clone of it."""
    remote = bare(shell.book.parent / "remote.git")
    shell.git("remote", "add", "origin", str(remote))
    shell.ok("sync")
    other = Shell(shell.book.parent / "there/home", shell.book.parent / "there/book", dict(shell.environ))
    other.environ["HOME"] = str(other.home)
    run_git(shell.book.parent, "clone", "--quiet", str(remote), str(other.book))
    return other


def _there(other: Shell) -> None:
    other.ok(f"set {_stem(ASHA)} title=Driver")
    other.ok(f"set {_stem(OTHER)} department=Sales")
    other.ok("contact add 'There One'")
    other.ok("contact add 'There Two'")
    other.ok("rm website --purge -y")
    other.ok("sync")


def _both_sides(shell: Shell) -> None:
    other = _shared(shell)
    _there(other)
    shell.ok(f"set {_stem(ASHA)} title=Boss nickname=Ash")
    shell.ok(f"set {_stem(OTHER)} tags+=vip")
    shell.ok("contact add 'Here One'")
    shell.ok("contact add 'Here Two'")
    shell.ok(f"rm {_stem(OTHER)}")


def _coming(shell: Shell) -> None:
    _there(_shared(shell))


def _cloned_by_git(shell: Shell) -> None:
    """As `git clone` makes it: crm has never written here."""
    _shared(shell)
    place = shell.book.parent / "plain"
    run_git(shell.book.parent, "clone", "--quiet", str(shell.book.parent / "remote.git"), str(place))
    shell.book.rename(shell.book.parent / "first")
    place.rename(shell.book)


COMMANDS = (
    Command("add", "contact add 'Usha Rao' --title Buyer"),
    Command("set", "set asha title=Boss tags+=vip phones+=+919876543210"),
    Command("log --next", "log call asha 'wants a website' --next 'fri Call back'"),
    Command("move", "move website negotiation --note 'they like it'"),
    Command("rm", "rm asha"),
    Command("rm --purge", "rm asha --purge -y"),
    Command("tag a batch", "tag - vip", _batch, _ids),
    Command("edit by hand", "set ravi title=Driver", _by_hand),
    Command("undo", "undo", _change),
    Command("import", "import ../people.csv --kind contact", _people),
    Command("resolve", "resolve asha --field title --other", _conflict),
    Command("doctor --fix", "doctor --fix", _misnamed, listed=(0, 9)),
    Command("first write", "set asha title=Boss", _cloned_by_git),
    Command("sync", "sync", _both_sides, syncs=True, codes=(0, 6)),
    Command("sync forward", "sync", _coming, syncs=True),
)


def make_book(command: Command, place: Path) -> Shell:
    """The book before a command, in `place/book`, with everything else that it needs around it."""
    shell = Shell(place / "home", place / "book")
    shell.ok(f"init {shell.book}")
    _from_the_future(shell)
    for path, text in _FILES.items():
        shell.write(path, text)
    shell.ok(f"set {_stem(OTHER)} nickname=Rav")
    command.prepare(shell)
    shell.write(STAGED, "mine\n")
    shell.git("add", STAGED)
    shell.write(STAGED, "mine, and more\n")
    shell.crm("contact", "list")  # so that the index is there
    return shell


def _from_the_future(shell: Shell) -> None:
    """Dates the first commit far ahead, so that all after it bear the same time and get the same ids in every run.

    How many calls a command makes hangs on its objects' ids: the first object of a folder makes the folder too.
    """
    ahead = Shell(shell.home, shell.book, shell.environ | {"GIT_AUTHOR_DATE": _AHEAD, "GIT_COMMITTER_DATE": _AHEAD})
    ahead.git("commit", "--quiet", "--amend", "--no-edit", "--reset-author")


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")
