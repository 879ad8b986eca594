"""Who changed what and when: git says which commits there are, GitPython reads what they hold."""

import functools
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, NoReturn

from crm_cli.store.git import Git, GitFailed
from crm_cli.store.objects import blobs

if TYPE_CHECKING:
    import git as gitpython

_ENCODING = re.compile(rb"\nencoding (.*)")
_LAST = 253_370_764_800  # the year 9999 begins: a commit that claims to be later has a day in every zone all the same
_CLOSED = {"GIT_PYTHON_REFRESH": "quiet", "GIT_PYTHON_GIT_EXECUTABLE": os.devnull}


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; `paths` are (`A`, `M`, `D` or `T`, path) against its first parent, none for a merge."""

    oid: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    when: datetime
    message: str
    paths: tuple[tuple[str, str], ...]


def commits(
    git: Git,
    start: str,
    paths: Sequence[str] = (),
    *,
    without: Sequence[str] = (),
    limit: int | None = None,
    merges: bool = True,
) -> list[Commit]:
    """The commits that `start` can reach and `without` cannot, newest first; those that touch `paths` where given."""
    options = ["--name-status", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-mailmap", "--root"]
    options += ["--topo-order", "--full-history", "--no-decorate", "--no-color", "--no-notes", "--format=%x01%H"]
    if limit is not None:
        options.append(f"--max-count={limit}")
    if not merges:
        options.append("--no-merges")
    # Paths in several folders cost git three times what all paths do; but of merges it names none unless asked to.
    whole = not merges and limit is None and len({path.rpartition("/")[0] for path in paths}) > 1
    # Through a pipe, since paths hold names of people, and everybody on the machine can see the words of a command.
    asked = "\n".join((start, *(f"^{commit}" for commit in without), "--", *([] if whole else paths), ""))
    touched = _touched(git.run("log", *options, "--stdin", data=os.fsencode(asked)))
    touched = _among(touched, frozenset(paths)) if whole else touched
    database = _Database(dict(zip(touched, blobs(git, list(touched)), strict=True)))
    try:
        return [_read(database, oid, tuple(found)) for oid, found in touched.items()]
    except (ValueError, LookupError) as error:
        raise GitFailed(f"a commit cannot be understood: {error}") from error


def reachable(git: Git, start: str) -> list[str]:
    """The ids of all commits that `start` can reach, newest first, without a look into them."""
    return git.run("rev-list", "--topo-order", start).decode().split()


def _touched(answer: bytes) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    words = iter(answer.split(b"\0"))
    for word in words:
        if word.startswith(b"\x01"):
            paths = found.setdefault(word[1:].decode(), [])
        elif word:
            paths.append((word.decode().strip(), os.fsdecode(next(words))))
    return found


def _among(touched: dict[str, list[tuple[str, str]]], paths: frozenset[str]) -> dict[str, list[tuple[str, str]]]:
    """The commits that touch any of these paths, each with those that it touches."""
    found = {oid: [pair for pair in pairs if pair[1] in paths] for oid, pairs in touched.items()}
    return {oid: pairs for oid, pairs in found.items() if pairs}


@dataclass(frozen=True, slots=True)
class _Database:
    """What one git has read, in the shape in which GitPython asks; all that its commits get to see of a repository."""

    commits: Mapping[str, bytes | None]

    @property
    def odb(self) -> "_Database":
        """Where a commit of GitPython looks for its bytes."""
        return self

    def stream(self, binsha: bytes) -> Any:
        """A commit by its id: its type, its size, and its bytes to be read."""
        from gitdb import OStream  # a part of GitPython, which has imported it by now

        data = _in_utf8(self.commits[binsha.hex()] or b"")
        return OStream(binsha, b"commit", len(data), BytesIO(data))


def _in_utf8(commit: bytes) -> bytes:
    """The commit in the one encoding that GitPython reads; in whatever else it says, git would show it all the same."""
    head, blank, message = commit.partition(b"\n\n")
    found = _ENCODING.search(head)
    if not found:
        return commit
    plain = head[: found.start()] + head[found.end() :] + blank + message
    try:
        text = plain.decode(found[1].decode(), "replace")
        return text.encode() if text.startswith("tree ") else plain
    except (LookupError, ValueError):
        return plain


def _read(database: _Database, oid: str, paths: tuple[tuple[str, str], ...]) -> Commit:
    commit = _commit_class()(database, bytes.fromhex(oid))  # type: ignore[arg-type]  # of a Repo it uses the odb alone
    return Commit(
        oid,
        tuple(parent.hexsha for parent in commit.parents),
        commit.author.name or "",
        commit.author.email or "",
        datetime.fromtimestamp(min(commit.committed_date, _LAST), UTC),
        str(commit.message).rstrip("\n"),
        paths,
    )


@functools.cache
def _commit_class() -> "type[gitpython.Commit]":
    """GitPython's commits. It can start no process: neither `git version`, as its import does, nor any other."""
    before = {name: os.environ[name] for name in _CLOSED if name in os.environ}
    os.environ.update(_CLOSED)
    try:
        import git as gitpython  # 80 ms, which history, undo and restore alone pay
    finally:
        for name in _CLOSED:
            del os.environ[name]
        os.environ.update(before)
    gitpython.cmd.Git.execute = _refuse  # type: ignore[method-assign]
    return gitpython.Commit


def _refuse(*_: object, **__: object) -> NoReturn:
    raise GitFailed("GitPython reads, and starts no process")
