"""What the doctor says about the repository under a book: damage, old programs, clocks; and that its remedies work."""

import shutil
import time
from pathlib import Path

import pytest

from crm_cli.services.doctor import repository
from tests.shell import Shell


@pytest.fixture
def book(empty: Shell) -> Shell:
    """A book with a contact in its history."""
    empty.ok("contact add 'Asha Sharma'")
    return empty


def history(shell: Shell) -> tuple[str, str]:
    """Path and message of the only problem, which is one of the history."""
    result = shell.crm("doctor")
    assert result.code == 1, result.err
    (line,) = result.lines
    severity, code, path, _line, _field, message = line.split("\t")
    assert (severity, code) == ("error", "history")
    return path, message


def look(shell: Shell, now: float = 0) -> repository.Health:
    return repository.look(shell.book, lambda _: False, now or time.time())


def test_a_whole_history_is_counted(book: Shell) -> None:
    assert look(book) == repository.Health([], ["the history is whole: 2 commits"])


def test_without_git_the_records_are_still_examined(book: Shell) -> None:
    shutil.rmtree(book.book / ".git")
    book.write("contacts/usha.yaml", "name: Usha\ntitel: x\n")
    result = book.crm("doctor")
    assert [line.split("\t")[1] for line in result.lines] == ["history", "unknown-key"]
    assert result.code == 1


def test_a_new_history_is_begun_as_the_message_says(book: Shell) -> None:
    shutil.rmtree(book.book / ".git")
    path, message = history(book)
    assert path == ".git"
    for words in (["init", "-b", "main"], ["add", "-A"], ["commit", "-m", "begin a new history"]):
        assert f"crm git {words[0]}" in message
        assert book.process("git", *words).returncode == 0
    book.ok("doctor --strict --fix")
    book.ok("set asha title=Head")


def test_mending_without_git_is_refused_and_shows_the_problems(book: Shell) -> None:
    shutil.rmtree(book.book / ".git")
    book.write("deals/site.yaml", "name: Site\nstage: proposal\n")
    result = book.crm("doctor", "--fix")
    assert result.code == 7
    assert "stage-history" in result.out


@pytest.mark.parametrize("content", [b"", b"\0" * 21, None])
def test_a_damaged_head_is_set_again_as_the_message_says(book: Shell, content: bytes | None) -> None:
    place = book.book / ".git" / "HEAD"
    place.unlink()
    if content is not None:
        place.write_bytes(content)
    path, message = history(book)
    assert path == ".git/HEAD"
    assert "echo 'ref: refs/heads/main' > .git/HEAD" in message
    place.write_text("ref: refs/heads/main\n")
    book.ok("doctor --strict")


@pytest.mark.parametrize("content", [b"", b"\0" * 41, None])
def test_a_damaged_branch_is_set_again_as_the_message_says(book: Shell, content: bytes | None) -> None:
    head = book.git("rev-parse", "HEAD").strip()
    place = book.book / ".git" / "refs" / "heads" / "main"
    place.unlink()
    if content is not None:
        place.write_bytes(content)
    path, message = history(book)
    assert path == ".git/refs/heads/main"
    assert f"echo {head} > .git/refs/heads/main" in message
    place.write_text(f"{head}\n")
    book.ok("doctor --strict")


def test_a_branch_that_nothing_remembers_leaves_a_backup_or_a_new_beginning(book: Shell) -> None:
    (book.book / ".git" / "refs" / "heads" / "main").unlink()
    shutil.rmtree(book.book / ".git" / "logs")
    _path, message = history(book)
    assert "no commit is known" in message
    assert "backup" in message


def test_a_book_without_any_commit_is_no_problem(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home", tmp_path / "book")
    shell.write("crm.yaml", "")
    shell.git("init", "-q")
    assert "nothing has been committed yet" in shell.ok("doctor").err


def _loose(shell: Shell, name: str) -> Path:
    oid = shell.git("rev-parse", name).strip()
    return shell.book / ".git" / "objects" / oid[:2] / oid[2:]


@pytest.mark.parametrize("content", [b"", b"garbage", None])
def test_a_damaged_file_in_the_history_is_counted(book: Shell, content: bytes | None) -> None:
    place = _loose(book, "HEAD:crm.yaml")
    place.unlink()
    if content is not None:
        place.write_bytes(content)
    path, message = history(book)
    assert path == ".git/objects"
    assert "commits that can be read: 2; files of the last one that can: 1 of 2" in message
    assert "begin anew" in message


def test_a_damaged_commit_is_said_too(book: Shell) -> None:
    place = _loose(book, "HEAD")
    place.unlink()
    place.write_bytes(b"")
    assert "the last commit cannot" in history(book)[1]


def test_a_damaged_index_is_made_again_as_the_message_says(book: Shell) -> None:
    place = book.book / ".git" / "index"
    place.write_bytes(b"DIRCgarbage")
    path, message = history(book)
    assert path == ".git/index"
    assert "remove .git/index, then crm git reset" in message
    place.unlink()
    assert book.process("git", "reset").returncode == 0
    book.ok("doctor --strict")


def test_a_damaged_configuration_is_named(book: Shell) -> None:
    (book.book / ".git" / "config").write_text("[core\n")
    assert history(book)[0] == ".git/config"


def test_commits_from_the_future_are_a_warning(book: Shell) -> None:
    (found,) = look(book, time.time() - 86_400).problems
    assert (found.code, found.severity) == ("future-commit", "warning")
    assert "2 commits are dated in the future" in found.message
    assert look(book, time.time() - 60).problems == []


def test_a_date_beyond_all_calendars_is_no_crash(book: Shell) -> None:
    book.environ["GIT_COMMITTER_DATE"] = "@4000000000000 +0000"
    book.git("commit", "-q", "--allow-empty", "-m", "x")
    (found,) = look(book).problems
    assert "far ahead" in found.message


def test_an_old_git_is_a_warning(book: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "OLDEST_GIT", (99, 0))
    (found,) = look(book).problems
    assert (found.code, found.severity) == ("old-git", "warning")


def test_without_git_installed_the_records_are_still_examined(book: Shell) -> None:
    book.write("contacts/usha.yaml", "name: Usha\ntitel: x\n")
    result = book.crm("doctor", PATH="/nowhere")
    assert "git is not installed" in result.out
    assert "titel" in result.out


@pytest.mark.parametrize(
    ("file", "said"),
    [("shallow", "shallow clone"), ("MERGE_HEAD", "a merge is open"), ("BISECT_LOG", "a bisect is open")],
)
def test_why_a_book_is_only_read_is_said_and_is_no_problem(book: Shell, file: str, said: str) -> None:
    (book.book / ".git" / file).write_text(book.git("rev-parse", "HEAD"))
    assert said in book.ok("doctor --strict").err


def test_a_partial_clone_is_only_read(book: Shell) -> None:
    book.git("config", "extensions.partialClone", "origin")
    assert "partial clone" in look(book).notes[0]


def test_looking_changes_nothing(book: Shell) -> None:
    before = book.files(), book.git("for-each-ref"), (book.book / ".git" / "config").read_bytes()
    book.ok("doctor")
    assert (book.files(), book.git("for-each-ref"), (book.book / ".git" / "config").read_bytes()) == before
