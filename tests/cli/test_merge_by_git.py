"""git as people use it themselves: `git merge`, `pull`, `rebase`, `cherry-pick` and `stash` in clones of one book."""

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.machines import Machines, run_git
from tests.shell import Shell

ASHA = "contacts/asha-sharma-k7m3q9.yaml"
MADE = "\ncreated: 2026-11-01T09:00:00+05:30\n"
BOOK = {
    ASHA: f"name: Asha Sharma\ntitle: Owner\nnickname: Ash\ntags:\n  - vip\n{MADE}",
    "contacts/ravi-gupta-k7m3q4.yaml": f"name: Ravi Gupta\n{MADE}",
}
Two = tuple[Shell, Shell]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Two machines with the same book, to be copied."""
    return Machines.two(tmp_path_factory.mktemp("two"), BOOK)


@pytest.fixture
def two(pattern: Machines, tmp_path: Path) -> Two:
    """Two machines with the same book, whose git can start this very crm."""
    machines = pattern.copy(tmp_path)
    here, there = machines.all
    for shell in machines.all:
        shell.environ["PYTHONPATH"] = str(REPOSITORY)
    return here, there


def git(shell: Shell, *words: str, **environ: str) -> tuple[int, str]:
    """How a git that somebody types ends, and all that it says."""
    done = subprocess.run(
        ["git", *words],
        cwd=shell.book,
        env={**shell.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def text(shell: Shell, path: str = ASHA) -> str:
    return (shell.book / path).read_text()


def later(shell: Shell, line: str, seconds: int) -> None:
    """A change whose commit is so many seconds younger than the one before it."""
    shell.ok(line)
    when = f"{int(shell.git('log', '-1', '--format=%ct', 'HEAD^')) + seconds} +0530"
    Shell(shell.home, shell.book, shell.environ | {"GIT_COMMITTER_DATE": when}).git(
        "commit", "--amend", "--no-edit", f"--date={when}", "--quiet"
    )


def pushed(shell: Shell) -> None:
    assert git(shell, "push", "-q", "origin", "main")[0] == 0


def test_a_pull_merges_fields_that_stand_side_by_side(two: Two) -> None:
    here, there = two
    here.ok("set asha title=Director")
    here.ok("tag asha here")
    there.ok("set asha nickname=Ashu")
    there.ok("tag asha there")
    pushed(here)
    code, said = git(there, "pull", "--no-rebase", "--no-edit")
    assert code == 0, said
    merged = text(there)
    assert "title: Director\n" in merged
    assert "nickname: Ashu\n" in merged
    assert {"vip", "here", "there"} <= set(merged.split())
    assert "conflicts" not in merged
    assert there.ok("doctor").out == ""


@pytest.mark.parametrize("first", ["here", "there"])
def test_of_one_field_changed_twice_a_pull_shows_the_later_and_keeps_the_other(two: Two, first: str) -> None:
    here, there = two
    later(here, "set asha title=Head", 60 if first == "here" else 120)
    later(there, "set asha title=Chief", 120 if first == "here" else 60)
    pushed(here)
    code, said = git(there, "pull", "--no-rebase", "--no-edit")
    assert code == 0, said
    assert f"{ASHA}: 1 kept aside (crm conflicts)" in said
    shown, other = ("Chief", "Head") if first == "here" else ("Head", "Chief")
    assert f"title: {shown}\n" in text(there)
    assert f"base: Owner\n    kept: {shown}\n    other: {other}\n" in text(there)
    assert len(there.ok("conflicts").lines) == 1
    pushed(there)
    assert here.crm("sync").code == 6
    assert text(here) == text(there)


def test_a_pull_does_what_a_sync_would_have_done(two: Two) -> None:
    here, there = two
    later(here, "set asha title=Head nickname=A", 60)
    later(there, "set asha title=Chief tags+=new", 120)
    pushed(here)
    there.git("branch", "before")
    assert git(there, "pull", "--no-rebase", "--no-edit")[0] == 0
    pulled = text(there)
    there.git("reset", "-q", "--hard", "before")
    assert there.crm("sync").code == 6
    assert text(there) == pulled


def test_a_rebase_knows_which_edit_was_later_though_it_makes_commits_anew(two: Two) -> None:
    here, there = two
    later(here, "set asha title=Between", 120)
    later(there, "set asha title=First nickname=Ashu", 60)
    later(there, "set asha title=Last", 120)
    pushed(here)
    code, said = git(there, "pull", "--rebase")
    assert code == 0, said
    assert "title: Last\n" in text(there)
    assert "nickname: Ashu\n" in text(there)
    assert "other: Between\n" in text(there)
    assert there.git("rev-list", "--merges", "HEAD") == ""
    assert there.ok("doctor").out == ""


def test_a_cherry_pick_and_a_stash_keep_both_values(two: Two) -> None:
    here, there = two
    here.ok("set asha title=Head")
    there.ok("set asha title=Chief nickname=Ashu")
    pushed(here)
    there.git("fetch", "-q")
    code, said = git(there, "cherry-pick", "origin/main")
    assert code == 0, said
    values = [line.split()[-1] for line in text(there).splitlines() if line.split(":")[0].strip() in ("title", "other")]
    assert sorted(values) == ["Chief", "Head"]
    assert "nickname: Ashu\n" in text(there)
    here.write(ASHA, text(here).replace("Head", "Boss").replace("Ash\n", "Asha\n"))
    here.git("stash", "-q")
    here.ok("set asha title=Lead language=hi")
    code, said = git(here, "stash", "pop")
    assert code == 0, said
    assert "nickname: Asha\n" in text(here)
    assert "language: hi\n" in text(here)
    assert "Lead" in text(here)
    assert "Boss" in text(here)


def test_git_does_not_put_an_edit_into_a_record_that_looks_alike(two: Two) -> None:
    here, there = two
    pushed_text = text(here)
    here.ok("set asha title=Director")
    there.ok("rm asha --purge --yes")
    there.write("contacts/asha-sharma-k7m3q8.yaml", pushed_text)
    there.ok("tag ravi met")
    pushed(here)
    code, said = git(there, "pull", "--no-rebase", "--no-edit")
    assert code == 1
    assert "modify/delete" in said
    assert "Director" not in text(there, "contacts/asha-sharma-k7m3q8.yaml")
    assert "Director" in text(there)


def test_the_same_id_added_on_both_sides_and_settings_are_merged_too(two: Two) -> None:
    here, there = two
    new = "contacts/new-k7m3q2.yaml"
    here.write(new, f"name: New\ntitle: Head\n{MADE}")
    there.write(new, f"name: New\nnickname: Newt\n{MADE}")
    here.ok("config --book currency EUR")
    there.ok("config --book language hi")
    pushed(here)
    code, said = git(there, "pull", "--no-rebase", "--no-edit")
    assert code == 0, said
    assert {"title: Head", "nickname: Newt"} <= set(text(there, new).splitlines())
    assert {"currency: EUR", "language: hi"} <= set(text(there, "crm.yaml").splitlines())


def test_of_a_record_that_one_side_broke_the_valid_version_stays(two: Two) -> None:
    here, there = two
    broken = "name: Asha\ntitle: [\n"
    here.write(ASHA, broken)
    here.git("commit", "-qam", "broken")
    there.ok("set asha title=Head")
    pushed(here)
    code, said = git(there, "pull", "--no-rebase", "--no-edit")
    assert code == 0, said
    assert "title: Head\n" in text(there)
    (aside,) = (there.book / "quarantine").iterdir()
    assert aside.read_text() == broken
    there.ok("tag ravi met")
    assert there.git("status", "--porcelain") == ""


def test_other_yaml_files_are_merged_as_git_merges_them(two: Two) -> None:
    here, there = two
    for shell, value in ((here, "1"), (there, "2")):
        shell.write("site.yaml", f"a: {value}\n")
        shell.git("add", "site.yaml")
        shell.git("commit", "-qm", "site")
    pushed(here)
    code, _ = git(there, "pull", "--no-rebase", "--no-edit")
    assert code == 1
    assert text(there, "site.yaml") == "<<<<<<< ours\na: 2\n=======\na: 1\n>>>>>>> theirs\n"


def test_where_crm_is_gone_git_marks_the_conflict_and_loses_nothing(two: Two) -> None:
    here, there = two
    there.git("config", "merge.crm.driver", there.git("config", "merge.crm.driver").replace("/crm ", "/gone ").strip())
    here.ok("set asha title=Head")
    later(there, "set asha title=Chief", 60)
    mended = there.git("config", "merge.crm.driver")
    assert "/crm merge-driver" in mended
    there.git("config", "merge.crm.driver", mended.replace("/crm ", "/gone ").strip())
    pushed(here)
    assert git(there, "pull", "--no-rebase", "--no-edit")[0] == 1
    assert "<<<<<<< ours\ntitle: Chief\n=======\ntitle: Head\n>>>>>>> theirs\n" in text(there)


def test_while_a_merge_is_open_nothing_is_written_and_everything_read(two: Two) -> None:
    here, there = two
    for shell in two:
        shell.write("README.md", f"{shell.book}\n")
        shell.git("add", "README.md")
        shell.git("commit", "-qm", "readme")
    here.ok("set ravi title=Tailor")
    pushed(here)
    assert there.process("git", "pull", "--no-rebase", "--no-edit").returncode == 1
    refused = there.crm("set", "asha", "title=Head")
    assert refused.code == 7
    assert "a merge is open" in refused.err
    assert "git merge --continue or --abort" in refused.err
    assert there.crm("sync").code == 7
    assert there.ok("contact list --fields name,title").lines == ["Asha Sharma\tOwner", "Ravi Gupta\tTailor"]
    assert there.process("git", "merge", "--abort").returncode == 0
    there.ok("set asha title=Head")


def test_a_copy_that_git_made_is_set_up_by_its_first_change(two: Two, tmp_path: Path) -> None:
    here, _ = two
    run_git(tmp_path, "clone", "-q", str(tmp_path / "remote.git"), str(tmp_path / "copy"))
    copy = Shell(here.home, tmp_path / "copy", dict(here.environ))
    copy.git("config", "merge.renames", "true")
    assert "driver" not in copy.git("config", "--list")
    copy.ok("contact list")
    assert "driver" not in copy.git("config", "--list")
    copy.ok("set asha title=Head")
    assert shlex.split(copy.git("config", "merge.crm.driver"))[1] == "merge-driver"
    assert copy.git("config", "merge.renames") == "true\n"
    assert copy.git("check-attr", "merge", "text", "--", ASHA) == f"{ASHA}: merge: crm\n{ASHA}: text: unset\n"


def test_the_verb_for_git_is_in_no_help(empty: Shell) -> None:
    assert "merge-driver" not in empty.ok("--help").out
    assert "merge-driver" not in empty.crm("completion", "bash").out
    refused = empty.crm("merge-driver", "a")
    assert refused.code == 2
    assert empty.crm("merge-driver", "gone", "gone", "gone", ASHA).code == 7
    assert empty.crm("merge-driver", "gone", "gone", "gone", "README.md").code == 1
