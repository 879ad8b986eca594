"""Lets a clone forget the history that it had: reflogs, remote branches, and every object that nothing leads to."""

import contextlib
import shutil

from crm_cli.store.git import Git, GitFailed
from crm_cli.store.layout import Layout

_LEFT = ("ORIG_HEAD", "FETCH_HEAD", "COMMIT_EDITMSG", "MERGE_MSG", "SQUASH_MSG")
_GRAPHS = ("info/commit-graph", "info/commit-graphs", "pack/multi-pack-index")


def holders(git: Git, branch: str) -> list[str]:
    """What besides a branch may keep its history: other branches, tags, the stash, further work trees, other books."""
    told = git.run("for-each-ref", "--format=%(refname)", book=True).decode("utf-8", "replace").split("\n")
    kept = [name for name in told if name and name != f"refs/heads/{branch}" and not name.startswith("refs/remotes/")]
    where = git.where
    places = [where.common / "worktrees", where.objects / "info" / "alternates"]
    return [*kept, *(str(place.relative_to(where.root)) for place in places if place.exists())]


def forget(git: Git) -> None:
    """Removes everything that the branches and tags of a book do not lead to any more. It can be done again."""
    where = git.where
    _drop_remote_branches(git)
    git.run("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all", book=True)
    shutil.rmtree(where.git / "logs" / "refs" / "remotes", ignore_errors=True)
    for name in _LEFT:
        (where.git / name).unlink(missing_ok=True)
    for name in _GRAPHS:  # they name commits that are going to be gone
        place = where.objects / name
        shutil.rmtree(place, ignore_errors=True) if place.is_dir() else place.unlink(missing_ok=True)
    _repack(git, where)


def _drop_remote_branches(git: Git) -> None:
    told = git.run("for-each-ref", "--format=%(refname)", "refs/remotes", book=True).decode("utf-8", "replace")
    for name in filter(None, told.split("\n")):
        with contextlib.suppress(GitFailed):
            git.run("update-ref", "-d", name, book=True)


def _repack(git: Git, where: Layout) -> None:
    """In our own git directory, so that nothing in the book's configuration is obeyed; it borrows the book's refs."""
    told = git.run("for-each-ref", "--format=%(objectname)", book=True).decode().split()
    shutil.rmtree(git.own / "refs" / "crm", ignore_errors=True)
    borrowed = git.own / "refs" / "crm" / "kept"
    borrowed.mkdir(mode=0o700, parents=True)
    (git.own / "HEAD").unlink(missing_ok=True)
    (git.own / "HEAD").write_text("ref: refs/heads/unborn\n", "ascii")
    try:
        for number, oid in enumerate(dict.fromkeys(told)):
            (borrowed / str(number)).write_text(f"{oid}\n", "ascii")
        for keep in (where.objects / "pack").glob("*.keep"):
            keep.unlink(missing_ok=True)
        git.run("repack", "-a", "-d", "-q")
        git.run("prune", "--expire=now")
    finally:
        shutil.rmtree(borrowed.parent, ignore_errors=True)


def holds(git: Git, commit: str) -> bool:
    """Whether a commit is still there."""
    try:
        git.run("cat-file", "-e", f"{commit}^{{commit}}")
    except GitFailed:
        return False
    return True
