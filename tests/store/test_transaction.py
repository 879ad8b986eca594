"""Writing to a book: commits, hand edits, a person's staged files, and what is refused."""

import multiprocessing
import os
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import pytest

from crm_cli.base.errors import Busy, Invalid, Refused
from crm_cli.store import refs
from crm_cli.store.objects import Identity
from crm_cli.store.transaction import BY_HAND, Transaction, Write, begin, repair

Git = Callable[..., str]
ASHA = "contacts/asha-k7m3q9.yaml"
EACH = 8
FOLDERS = ("crm.yaml", "contacts", "deals", "interactions", "views")


def accept(_path: str, data: bytes) -> bool:
    return b"BAD" not in data


def save(root: Path, me: Identity, path: str, data: bytes | None, message: str = "change") -> str | None:
    with begin(root) as transaction:
        return transaction.commit([Write(path, data)], message, me)


def test_a_commit_holds_new_changed_and_removed_files(book: Path, git: Git, me: Identity) -> None:
    save(book, me, "contacts/ravi-a1b2c3.yaml", b"name: Ravi\n")
    with begin(book) as transaction:
        writes = [
            Write(ASHA, b"name: Asha\n"),
            Write("interactions/2026/11/call.yaml", b"at: 2026-11-21\n"),
            Write("contacts/ravi-a1b2c3.yaml", None),
        ]
        made = transaction.commit(writes, "three at once", me)
        assert transaction.head == made
    assert git("rev-parse", "HEAD").strip() == made == refs.head(book)
    assert git("show", "--no-renames", "--format=%an %ae %s", "--name-status", "HEAD").split() == [
        *("Asha", "Sharma", "asha@acme.example", "three", "at", "once"),
        *("M", ASHA, "D", "contacts/ravi-a1b2c3.yaml", "A", "interactions/2026/11/call.yaml"),
    ]
    assert git("status", "--porcelain") == ""
    assert git("fsck", "--strict", "--no-dangling") == ""
    assert git("diff-files", "--name-only") == "", "sizes and times of our files are in the index"


def test_nothing_different_makes_no_commit(book: Path, git: Git, me: Identity) -> None:
    before = git("rev-parse", "HEAD")
    assert save(book, me, ASHA, b"name: Asha Sharma\n") is None
    assert save(book, me, "contacts/nobody.yaml", None) is None
    assert git("rev-parse", "HEAD") == before


def test_an_edit_of_the_second_and_size_of_the_checkout_is_not_taken_for_what_was_there(
    book: Path, git: Git, me: Identity
) -> None:
    git("config", "core.trustCtime", "false")
    git("update-index", "--refresh")
    before = (book / ASHA).stat()
    (book / ASHA).write_bytes(b"name: Asha Varma_\n"[: before.st_size - 1] + b"\n")
    for path in (book / ASHA, book / ".git" / "index"):
        os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))
    with begin(book) as transaction:
        assert transaction.hand_edits(FOLDERS, accept, me) == [ASHA]
    assert git("diff", "--cached", "--name-only") == ""


def test_several_commits_in_one_transaction(book: Path, git: Git, me: Identity) -> None:
    with begin(book) as transaction:
        transaction.commit([Write("deals/one.yaml", b"name: 1\n")], "first", me)
        assert transaction.commit([Write("deals/one.yaml", b"name: 1\n")], "same", me) is None
        transaction.commit([Write("deals/one.yaml", b"name: 2\n")], "second", me)
        transaction.commit([Write("deals/one.yaml", None)], "third", me)
    assert git("log", "--format=%s").split() == ["third", "second", "first", "begin"]
    assert git("status", "--porcelain") == ""


def test_a_batch_is_one_commit_in_a_pack(book: Path, git: Git, me: Identity) -> None:
    writes = [Write(f"contacts/c-{number}.yaml", b"name: %d\n" % number) for number in range(150)]
    with begin(book) as transaction:
        transaction.commit(writes, "import", me)
    assert len(git("ls-files").split()) == 152
    assert git("status", "--porcelain") == ""
    assert len(list((book / ".git/objects/pack").glob("*.pack"))) == 1


def test_one_record_makes_no_pack(book: Path, me: Identity) -> None:
    save(book, me, ASHA, b"name: Asha\n")
    assert not list((book / ".git/objects/pack").glob("*"))


def test_a_merge_has_two_parents_and_the_later_time(book: Path, git: Git, me: Identity) -> None:
    head = git("rev-parse", "HEAD").strip()
    environment = os.environ | {"GIT_COMMITTER_DATE": "4000000000 +0000"}
    command = ["git", "commit-tree", "-m", "theirs", "-p", head, f"{head}^{{tree}}"]
    theirs = subprocess.run(command, cwd=book, env=environment, capture_output=True, text=True, check=True)
    with begin(book) as transaction:
        transaction.commit([Write("deals/d.yaml", b"name: d\n")], "merge", me, [theirs.stdout.strip()])
        assert transaction.commit([], "merge", me, [theirs.stdout.strip()])
    assert git("log", "-1", "--format=%P", "HEAD^").split() == [head, theirs.stdout.strip()]
    assert git("log", "-1", "--format=%ct %ci").startswith("4000000000 2096-10-02 07:06:40 +0000")


def test_a_commit_is_never_dated_before_its_parent(
    book: Path, git: Git, me: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "4000000000 +0000")
    git("commit", "--allow-empty", "-m", "from the future")
    save(book, me, ASHA, b"name: A\n")
    assert git("log", "-1", "--format=%ct").strip() == "4000000000"


def test_hand_edits_are_committed_first_and_bad_ones_left(book: Path, git: Git, me: Identity) -> None:
    save(book, me, "views/old.yaml", b"name: old\n")
    (book / ASHA).write_bytes(b"name: Asha by hand\n")
    (book / "contacts/bad.yaml").write_bytes(b"BAD")
    (book / "views/old.yaml").unlink()
    (book / "deals/sub").mkdir(parents=True)
    (book / "deals/new.yaml").write_bytes(b"name: new\n")
    (book / "deals/sub/x.yaml").write_bytes(b"name: x\n")
    (book / "deals/new.yaml~").write_bytes(b"backup")
    (book / "deals/.hidden").write_bytes(b"hidden")
    os.mkfifo(book / "contacts/pipe.yaml")
    (book / "contacts/link.yaml").symlink_to("/etc/passwd")
    (book / "README.md").write_text("mine")
    with begin(book) as transaction:
        swept = transaction.hand_edits(FOLDERS, accept, me)
        assert transaction.hand_edits(FOLDERS, accept, me) == []
    assert swept == [ASHA, "deals/new.yaml", "deals/sub/x.yaml", "views/old.yaml"]
    assert git("log", "-1", "--format=%s").strip() == BY_HAND
    left = {line[3:] for line in git("status", "--porcelain", "-uall").splitlines()}
    assert left == {
        *("README.md", "contacts/bad.yaml", "contacts/link.yaml", "deals/.hidden"),
    }


def test_hand_edits_without_an_author_are_the_users_own(book: Path, git: Git) -> None:
    (book / ASHA).write_bytes(b"name: Asha by hand\n")
    with begin(book) as transaction:
        transaction.hand_edits(FOLDERS, accept)
    assert git("log", "-1", "--format=%an <%ae>").strip() == "Ravi <ravi@acme.example>"


def test_a_file_in_a_folder_that_git_does_not_know_is_not_taken_for_committed(
    book: Path, git: Git, me: Identity
) -> None:
    (book / "deals").mkdir()
    (book / "deals/d.yaml").write_bytes(b"name: d\n")
    assert save(book, me, "deals/d.yaml", b"name: d\n")
    assert git("show", "HEAD:deals/d.yaml") == "name: d\n"


def test_a_file_that_git_ignores_is_not_taken_for_committed(book: Path, git: Git, me: Identity) -> None:
    (book / ".gitignore").write_text("*.yaml\n")
    (book / "contacts/b.yaml").write_bytes(b"name: b\n")
    assert save(book, me, "contacts/b.yaml", b"name: b\n")
    assert git("show", "HEAD:contacts/b.yaml") == "name: b\n"


def test_what_a_person_staged_stays_staged_and_is_not_written(book: Path, git: Git, me: Identity) -> None:
    (book / ASHA).write_bytes(b"name: staged\n")
    (book / "README.md").write_text("staged\n")
    (book / "contacts/later.yaml").write_text("name: later\n")
    git("add", ASHA, "README.md")
    git("add", "-N", "contacts/later.yaml")
    (book / ASHA).write_bytes(b"name: edited further\n")
    before = git("diff", "--cached")
    with begin(book) as transaction:
        assert transaction.hand_edits(FOLDERS, accept, me) == []
        with pytest.raises(Refused, match=r"asha-k7m3q9.yaml is staged"):
            transaction.commit([Write("deals/d.yaml", b"d: 1\n"), Write(ASHA, b"name: x\n")], "no", me)
        with pytest.raises(Refused, match=r"later.yaml is staged"):
            transaction.commit([Write("contacts/later.yaml", b"name: x\n")], "no", me)
        assert transaction.commit([Write("deals/e.yaml", b"e: 1\n")], "other records work", me)
    assert git("diff", "--cached") == before
    assert (book / ASHA).read_bytes() == b"name: edited further\n"
    assert not (book / "deals/d.yaml").exists()
    assert git("show", "--format=", "--name-only", "HEAD").split() == ["deals/e.yaml"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("MERGE_HEAD", "a merge is open"),
        ("rebase-merge", "a rebase is open"),
        ("rebase-apply", "a rebase is open"),
        ("CHERRY_PICK_HEAD", "a cherry-pick is open"),
        ("REVERT_HEAD", "a revert is open"),
        ("BISECT_LOG", "a bisect is open"),
    ],
)
def test_nothing_is_written_while_git_is_in_the_middle_of_something(
    book: Path, me: Identity, name: str, said: str
) -> None:
    (book / ".git" / name).write_text("x")
    with pytest.raises(Refused, match=said):
        save(book, me, ASHA, b"name: x\n")


def test_a_real_merge_conflict_is_left_to_the_person(book: Path, git: Git, me: Identity) -> None:
    git("config", "merge.crm.driver", "git merge-file %A %O %B")  # as where crm cannot be started
    git("checkout", "-q", "-b", "side")
    (book / ASHA).write_text("name: side\n")
    git("commit", "-qam", "side")
    git("checkout", "-q", "main")
    (book / ASHA).write_text("name: main\n")
    git("commit", "-qam", "main")
    git("merge", "side", check=False)
    (book / ".git/MERGE_HEAD").unlink()  # what is left after `git stash pop`: an index full of stages
    with begin(book) as transaction:
        assert transaction.hand_edits(FOLDERS, lambda *_: True, me) == []
        with pytest.raises(Refused, match="staged"):
            transaction.commit([Write(ASHA, b"name: x\n")], "no", me)


def test_a_detached_head_and_another_branch_are_refused(book: Path, git: Git, me: Identity) -> None:
    git("checkout", "-q", "--detach")
    with pytest.raises(Refused, match="detached") as detached:
        save(book, me, ASHA, b"name: x\n")
    assert detached.value.hint == "git switch main"
    git("checkout", "-q", "-b", "side")
    with pytest.raises(Refused, match="the branch side, but the book is on main"):
        save(book, me, ASHA, b"name: x\n")
    git("config", "crm.branch", "side")
    assert save(book, me, ASHA, b"name: x\n")


@pytest.mark.parametrize("path", ["../x", "/etc/x", ".git/config", "a/.GIT/x", "a//b", "", "a\nb", "a\\b", "a/."])
def test_a_path_out_of_the_book_is_refused(book: Path, me: Identity, path: str) -> None:
    with pytest.raises(Refused, match="no path"):
        save(book, me, path, b"x")


def test_nothing_is_written_through_a_link(book: Path, tmp_path: Path, me: Identity) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.yaml").write_text("theirs")
    (book / "deals").symlink_to(outside)
    (book / "contacts/link.yaml").symlink_to(outside / "x.yaml")
    with pytest.raises(Refused, match="not a plain folder"):
        save(book, me, "deals/y.yaml", b"x")
    with pytest.raises(Refused, match="not a plain file"):
        save(book, me, "contacts/link.yaml", b"x")
    assert [path.name for path in outside.iterdir()] == ["x.yaml"]
    assert (outside / "x.yaml").read_text() == "theirs"


def test_reading_tells_a_file_from_none_and_from_what_is_no_file(book: Path) -> None:
    (book / "contacts/folder.yaml").mkdir()
    with begin(book) as transaction:
        assert transaction.read(ASHA) == b"name: Asha Sharma\n"
        assert transaction.read("contacts/none.yaml") is None
        with pytest.raises(Invalid, match=r"folder.yaml is a folder"):
            transaction.read("contacts/folder.yaml")


def test_a_file_that_changes_between_reading_and_writing_is_kept(book: Path, git: Git, me: Identity) -> None:
    before = git("rev-parse", "HEAD")
    with begin(book) as transaction:
        transaction.read(ASHA)
        (book / ASHA).write_bytes(b"name: somebody else\n")
        with pytest.raises(Refused, match="at this very moment"):
            transaction.commit([Write(ASHA, b"name: x\n"), Write("deals/d.yaml", b"d: 1\n")], "no", me)
    assert (book / ASHA).read_bytes() == b"name: somebody else\n"
    assert not (book / "deals/d.yaml").exists()
    assert git("rev-parse", "HEAD") == before


def test_a_commit_of_a_persons_in_between_is_built_upon(
    book: Path, git: Git, me: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crm_cli.store import place

    original = place.move

    def move(*args: object) -> None:
        original(*args)  # type: ignore[arg-type]
        git("commit", "--allow-empty", "-m", "theirs")

    with begin(book) as transaction:
        monkeypatch.setattr(place, "move", move)
        made = transaction.commit([Write(ASHA, b"name: ours\n")], "ours", me)
    assert git("log", "--format=%s").split() == ["ours", "theirs", "begin"]
    assert git("rev-parse", "HEAD").strip() == made
    assert git("status", "--porcelain") == ""
    assert git("log", "-1", "--format=%an <%ae>").strip() == "Asha Sharma <asha@acme.example>"


def test_our_files_in_a_persons_commit_need_none_of_ours(
    book: Path, git: Git, me: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crm_cli.store import place

    original = place.move

    def move(*args: object) -> None:
        original(*args)  # type: ignore[arg-type]
        git("commit", "-qam", "theirs")

    with begin(book) as transaction:
        monkeypatch.setattr(place, "move", move)
        transaction.commit([Write(ASHA, b"name: ours\n")], "ours", me)
    assert git("log", "--format=%s").split() == ["theirs", "begin"]
    assert git("status", "--porcelain") == ""


def test_another_version_committed_in_between_takes_ours_back(
    book: Path, git: Git, me: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crm_cli.store import place

    original = place.move

    def move(*args: object) -> None:
        monkeypatch.setattr(place, "move", original)
        original(*args)  # type: ignore[arg-type]
        ours = (book / ASHA).read_bytes()
        (book / ASHA).write_bytes(b"name: theirs\n")
        git("commit", "-qam", "theirs")
        (book / ASHA).write_bytes(ours)

    with begin(book) as transaction:
        monkeypatch.setattr(place, "move", move)
        with pytest.raises(Refused, match="another version"):
            transaction.commit([Write(ASHA, b"name: ours\n")], "ours", me)
    assert (book / ASHA).read_bytes() == b"name: Asha Sharma\n"
    assert git("log", "--format=%s").split() == ["theirs", "begin"]


def test_a_held_index_lock_is_no_error_and_the_next_command_heals(book: Path, git: Git, me: Identity) -> None:
    lock = book / ".git/index.lock"
    lock.write_text("")
    save(book, me, ASHA, b"name: one\n")
    with begin(book) as transaction:
        assert transaction.hand_edits(FOLDERS, accept, me) == []
        transaction.commit([Write(ASHA, b"name: two\n"), Write("deals/d.yaml", b"d: 1\n")], "again", me)
    assert (book / ".git/crm/index-pending").exists()
    assert "MM" in git("status", "--porcelain")
    assert lock.exists()
    lock.unlink()
    with begin(book):
        pass
    assert not (book / ".git/crm/index-pending").exists()
    assert git("status", "--porcelain") == ""


def test_a_git_that_is_about_to_let_go_of_the_index_is_waited_for(book: Path, me: Identity) -> None:
    lock = book / ".git/index.lock"
    lock.write_text("")
    letting_go = Timer(0.1, lock.unlink)
    letting_go.start()
    save(book, me, ASHA, b"name: one\n")
    assert not letting_go.is_alive()
    assert not (book / ".git/crm/index-pending").exists()


def test_healing_leaves_what_a_person_staged_meanwhile(book: Path, git: Git, me: Identity) -> None:
    lock = book / ".git/index.lock"
    lock.write_text("")
    save(book, me, ASHA, b"name: ours\n")
    lock.unlink()
    (book / ASHA).write_bytes(b"name: theirs\n")
    git("add", ASHA)
    with begin(book):
        pass
    assert git("show", f":{ASHA}") == "name: theirs\n"


def test_a_removed_index_is_made_again(book: Path, git: Git, me: Identity) -> None:
    (book / ".git/index").unlink()
    save(book, me, "deals/d.yaml", b"d: 1\n")
    assert git("status", "--porcelain") == ""


def test_a_split_index_is_understood(book: Path, git: Git, me: Identity) -> None:
    git("update-index", "--split-index")
    save(book, me, "deals/d.yaml", b"d: 1\n")
    assert git("status", "--porcelain") == ""


def test_what_a_person_did_with_git_is_the_truth(book: Path, git: Git, me: Identity) -> None:
    save(book, me, ASHA, b"name: one\n")
    git("reset", "-q", "--hard", "HEAD^")
    save(book, me, "deals/d.yaml", b"d: 1\n")
    git("commit", "-q", "--amend", "-m", "amended")
    git("gc", "-q", "--prune=now")
    save(book, me, "deals/e.yaml", b"e: 1\n")
    assert git("log", "--format=%s").split() == ["change", "amended", "begin"]
    assert (book / ASHA).read_bytes() == b"name: Asha Sharma\n"
    assert git("fsck", "--strict", "--no-dangling") == ""


def test_the_lock_is_waited_for_and_then_given_up(book: Path, me: Identity) -> None:
    with begin(book), pytest.raises(Busy, match=f"process {os.getpid()}"), begin(book, wait=0.05):
        pass
    assert save(book, me, ASHA, b"name: x\n")


def test_a_lock_file_that_was_removed_is_taken_again(book: Path, git: Git, me: Identity) -> None:
    with begin(book) as transaction:
        (book / ".git/crm/lock").unlink()
        assert transaction.commit([Write(ASHA, b"name: one\n")], "still alone", me)
        with pytest.raises(Busy), begin(book, wait=0):
            pass
        (book / ".git/crm/lock").unlink()
        save(book, me, ASHA, b"name: two\n")
        with pytest.raises(Refused, match="lock of the book was removed"):
            transaction.commit([Write(ASHA, b"name: three\n")], "no", me)
    assert git("log", "--format=%s", "-1").strip() == "change"


def _write_many(root: Path, worker: int, me: Identity) -> None:
    for number in range(EACH):
        with begin(root, wait=120) as transaction:
            path = f"contacts/w{worker}-{number}.yaml"
            transaction.commit([Write(path, b"name: w\n")], f"w{worker}-{number}", me)


def test_four_writers_lose_nothing(book: Path, git: Git, me: Identity) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_write_many, args=(book, worker, me)) for worker in range(4)]
    for worker in workers:
        worker.start()
    (book / "note.txt").write_text("mine")
    while subprocess.run(["git", "add", "note.txt"], cwd=book, capture_output=True, check=False).returncode:
        time.sleep(0.01)  # the index was just being renewed
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    names = sorted(f"w{worker}-{number}" for worker in range(4) for number in range(EACH))
    assert sorted(git("log", "--format=%s", "HEAD").split()) == sorted([*names, "begin"])
    assert sorted(git("ls-tree", "--name-only", "HEAD:contacts").split()) == sorted(
        [*(f"{name}.yaml" for name in names), "asha-k7m3q9.yaml"]
    )
    assert git("status", "--porcelain") == "A  note.txt\n"


def test_files_and_folders_are_for_the_owner_alone(book: Path, me: Identity) -> None:
    mask = os.umask(0)
    try:
        save(book, me, "interactions/2026/11/x.yaml", b"at: 1\n")
        assert os.umask(0) == 0, "the umask is given back"
    finally:
        os.umask(mask)
    for path in [book, *book.rglob("*")]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_dir():
            assert mode == 0o700, path
        else:
            assert mode in (0o600, 0o400), path


def test_a_book_of_another_user_is_only_read(book: Path, me: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    other = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)
    with pytest.raises(Refused, match="belongs to another user") as refused:
        save(book, me, ASHA, b"name: x\n")
    assert refused.value.hint == f"crm config trust {book}"
    with begin(book, trusted=lambda root: root == book) as transaction:
        assert transaction.commit([Write(ASHA, b"name: x\n")], "trusted", me)


def test_readers_repair_only_what_nobody_holds(book: Path) -> None:
    repair(book)
    journal = book / ".git/crm/journal"
    journal.write_text("not json")
    with begin(book) as transaction:
        assert isinstance(transaction, Transaction)
        journal.write_text("not json")
        repair(book)
        assert journal.exists()
    repair(book)
    assert not journal.exists()


@pytest.mark.parametrize("bit", ["--assume-unchanged", "--skip-worktree"])
def test_the_index_hears_of_a_file_that_git_is_told_to_pass_over(book: Path, git: Git, me: Identity, bit: str) -> None:
    git("update-index", bit, ASHA)
    save(book, me, ASHA, b"name: one\n")
    save(book, me, ASHA, b"name: two\n")
    (book / "own.txt").write_text("mine\n")
    git("add", "own.txt")
    git("commit", "-q", "-m", "own")
    assert git("show", f"HEAD:{ASHA}") == "name: two\n"
    assert git("status", "--porcelain") == ""


def test_a_removal_that_is_staged_is_the_persons_also_where_the_file_stays(book: Path, git: Git, me: Identity) -> None:
    git("rm", "-q", "--cached", ASHA)
    with begin(book) as transaction:
        assert transaction.hand_edits(FOLDERS, accept, me) == []
        transaction.commit([Write("deals/d.yaml", b"d: 1\n")], "other", me)
        with pytest.raises(Refused, match="staged"):
            transaction.commit([Write(ASHA, b"name: two\n")], "ours", me)
    assert git("diff", "--cached", "--name-status").split() == ["D", ASHA]
