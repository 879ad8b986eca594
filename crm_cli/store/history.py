"""Who changed what and when: the commits of a book, read through the door alone."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crm_cli.store.git import Git

_FORMAT = "%x01%H%x00%P%x00%an%x00%ae%x00%ct%x00%B%x00"
_FIELDS = 6


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
    options += ["--topo-order", "--full-history", "--no-decorate", "--no-color", "--no-notes", f"--format={_FORMAT}"]
    if limit is not None:
        options.append(f"--max-count={limit}")
    if not merges:
        options.append("--no-merges")
    revisions = [start, *(f"^{commit}" for commit in without)]
    answer = git.run("log", *options, *revisions, "--", *paths)
    return list(_parse(answer.split(b"\0")))


def _parse(words: Sequence[bytes]) -> Iterator[Commit]:
    at = 0
    while at + _FIELDS <= len(words):
        oid, parents, name, email, when, message = (word.decode("utf-8", "replace") for word in words[at : at + 6])
        at += _FIELDS + 1  # the empty word behind the format
        paths: list[tuple[str, str]] = []
        while at + 1 < len(words) and not words[at].startswith(b"\x01"):
            paths.append((words[at].decode().strip(), os.fsdecode(words[at + 1])))
            at += 2
        moment = datetime.fromtimestamp(int(when), UTC)
        yield Commit(oid[1:], tuple(parents.split()), name, email, moment, message.rstrip("\n"), tuple(paths))
