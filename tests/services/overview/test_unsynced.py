"""What is not synced yet: from git's own files, and counted only where there is a remote that is behind."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_cli.book import open_book
from crm_cli.services.overview.unsynced import Unsynced, unsynced
from crm_cli.store import git as door
from tests.shell import Shell


def found(shell: Shell) -> Unsynced | None:
    return unsynced(open_book(shell.book, cache=False))


@pytest.fixture
def remote(empty: Shell, tmp_path: Path) -> Shell:
    """A book with a bare clone as its remote, from which nothing was fetched yet."""
    empty.git("clone", "--quiet", "--bare", str(empty.book), str(tmp_path / "remote.git"))
    empty.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    return empty


def test_a_book_without_a_remote_starts_no_process(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "open_git", lambda *_: pytest.fail("git was started"))
    assert found(empty) is None
    assert "Not yet synced" not in empty.ok("").out


def test_what_was_never_synced_is_all_of_it(remote: Shell) -> None:
    assert found(remote) == Unsynced(1, None)
    assert remote.ok("").out.endswith("\nNot yet synced: 1 commit, never synced before\n")


def test_commits_are_counted_from_where_the_remote_stood(remote: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    remote.git("fetch", "--quiet", "origin")
    remote.ok("contact add Asha")
    remote.ok("contact add Ravi")
    behind = found(remote)
    assert behind
    assert (behind.commits, behind.last is not None) == (2, True)
    assert "Not yet synced: 2 commits, last synced " in remote.ok("").out
    remote.git("push", "--quiet", "origin", "HEAD")
    remote.git("pack-refs", "--all")
    monkeypatch.setattr(door, "open_git", lambda *_: pytest.fail("git was started"))
    level = found(remote)
    assert level
    assert level.commits == 0
    assert "Not yet synced" not in remote.ok("").out


def test_what_is_counted_is_what_a_sync_sends_and_to_where(remote: Shell, tmp_path: Path) -> None:
    branch = remote.git("symbolic-ref", "--short", "HEAD").strip()
    remote.git("clone", "--quiet", "--bare", str(remote.book), str(tmp_path / "other.git"))
    remote.git("remote", "add", "other", str(tmp_path / "other.git"))
    remote.git("config", f"branch.{branch}.remote", "other")
    remote.git("config", f"branch.{branch}.merge", "refs/heads/shared")  # git would follow it; a sync never does
    remote.git("push", "--quiet", "other", "HEAD:refs/heads/shared")
    remote.ok("contact add Asha")
    remote.git("fetch", "--quiet", "--all")
    behind = found(remote)
    assert behind
    assert behind.commits == 1
    assert remote.ok("sync").err == "other: 1 went\n"
    level = found(remote)
    assert level
    assert level.commits == 0


def test_where_a_sync_would_ask_for_the_remote_nothing_is_counted(remote: Shell, tmp_path: Path) -> None:
    remote.git("remote", "rename", "origin", "one")
    assert found(remote) == Unsynced(1, None)
    remote.git("remote", "add", "two", str(tmp_path / "remote.git"))
    assert found(remote) is None
    assert remote.crm("sync").code == 7


def test_the_time_that_a_sync_wrote_down_counts_as_well(remote: Shell) -> None:
    place = remote.book / ".git" / "crm"
    place.mkdir(exist_ok=True)
    (place / "sync").write_text("")
    behind = found(remote)
    assert behind
    assert behind.last
    assert abs((behind.last - datetime.now(UTC)).total_seconds()) < 3600


def test_a_repository_that_is_odd_is_passed_over(remote: Shell) -> None:
    head = remote.book / ".git" / "HEAD"
    branch = head.read_text()
    head.write_text(remote.git("rev-parse", "HEAD"))
    assert found(remote) is None
    head.write_text(branch)
    name = branch.strip().removeprefix("ref: refs/heads/")
    place = remote.book / ".git" / "refs" / "remotes" / "origin"
    place.mkdir(parents=True)
    (place / name).write_text("1" * 40)
    assert found(remote) is None
    (remote.book / ".git" / "config").unlink()
    assert found(remote) is None
