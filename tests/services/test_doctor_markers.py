"""Records full of conflict markers: what a colleague's git left behind that knew nothing of crm, and what mends it."""

import subprocess
from pathlib import Path

import pytest

from crm_cli.kinds import KINDS
from crm_cli.schema.settings import Settings
from crm_cli.services.doctor.markers import rebuilt, unmerged
from tests.machines import Machines
from tests.shell import Result, Shell

ASHA = "contacts/asha-sharma-k7m3q9.yaml"
MADE = "\ncreated: 2026-11-01T09:00:00+05:30\n"
BEFORE = f"name: Asha Sharma\ntitle: Owner\nnickname: Ash\ntags:\n  - vip\n{MADE}"
Two = tuple[Shell, Shell]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Two machines with the same book, to be copied."""
    return Machines.two(tmp_path_factory.mktemp("two"), {ASHA: BEFORE})


@pytest.fixture
def two(pattern: Machines, tmp_path: Path) -> Two:
    """Two machines with the same book; the second one's git knows nothing of crm."""
    here, there = pattern.copy(tmp_path).all
    there.git("config", "merge.crm.driver", "git merge-file -L HEAD -L base -L theirs %A %O %B")
    return here, there


def git(shell: Shell, *words: str) -> int:
    done = subprocess.run(["git", *words], cwd=shell.book, env=shell.environ, capture_output=True, check=False)
    return done.returncode


def edited(here: Shell, there: Shell, path: str, ours: tuple[str, str], theirs: tuple[str, str]) -> None:
    """A line changed on each machine, pushed here and pulled there into a conflict; the second is the later."""
    for shell, change, when in ((here, ours, 1), (there, theirs, 2)):
        shell.write(path, (shell.book / path).read_text().replace(*change))
        last = int(shell.git("log", "-1", "--format=%ct"))
        dated = shell.environ | {"GIT_COMMITTER_DATE": f"{last + 60 * when} +0530"}
        Shell(shell.home, shell.book, dated).git("commit", "-qam", "edit")
    here.git("push", "-q", "origin", "main")
    assert git(there, "pull", "-q", "--no-rebase", "--no-edit") == 1
    assert "<<<<<<<" in (there.book / path).read_text()


def record(shell: Shell, path: str = ASHA) -> str:
    return (shell.book / path).read_text()


def fixed(shell: Shell, code: int = 0) -> Result:
    result = shell.crm("doctor", "--fix")
    assert result.code == code, result.err + result.out
    return result


def test_markers_that_came_with_a_merge_are_named_and_rebuilt_from_its_two_sides(two: Two) -> None:
    here, there = two
    edited(here, there, ASHA, ("title: Owner\nnickname: Ash", "title: Head\nnickname: Ashu"), ("Owner", "Chief"))
    there.git("commit", "-qam", "merged by hand")
    there.git("push", "-q", "origin", "main")
    here.crm("sync")
    found = here.crm("doctor", "-o", "tsv")
    assert found.code == 1
    assert found.lines[0].startswith(f"structural\tmarkers\t{ASHA}")
    before = here.git("rev-list", "--count", "HEAD")
    said = fixed(here, code=6).err
    assert "rebuilt from both versions" in said
    assert "quarantine" not in said
    assert not (here.book / "quarantine").exists()
    assert {"title: Chief", "nickname: Ashu", "    base: Owner", "    other: Head"} <= set(record(here).splitlines())
    assert int(here.git("rev-list", "--count", "HEAD")) == int(before) + 1
    assert here.git("status", "--porcelain") == ""
    assert here.ok("contact list --fields title").lines == ["Chief"]


def test_what_was_written_between_the_markers_meanwhile_is_kept(two: Two) -> None:
    here, there = two
    edited(here, there, ASHA, ("Owner", "Head"), ("Owner", "Chief"))
    there.git("commit", "-qam", "merged by hand")
    torn = record(there).replace("nickname: Ash", "nickname: Ashu")
    there.write(ASHA, torn)
    assert "what stood there is in quarantine/" in fixed(there, code=6).err
    (aside,) = (there.book / "quarantine").iterdir()
    assert aside.read_text() == torn
    assert there.git("status", "--porcelain") == ""
    listed = there.ok("conflicts").out
    assert "title" in listed
    assert aside.name in listed


def test_in_a_merge_that_is_open_the_files_are_rebuilt_and_the_commit_is_left_to_the_person(two: Two) -> None:
    here, there = two
    edited(here, there, ASHA, ("Owner", "Head"), ("Owner\nnickname: Ash", "Chief\nnickname: Ashu"))
    head = there.git("rev-parse", "HEAD")
    assert there.crm("contact", "add", "Ravi Gupta").code == 7
    assert unmerged(there.book) == {ASHA}
    assert "would mend" in there.crm("doctor", "-n").err
    assert "<<<<<<<" in record(there)
    said = fixed(there, code=6).err
    assert f"next: crm git add {ASHA}; then finish the merge" in said
    assert {"title: Chief", "nickname: Ashu", "    other: Head"} <= set(record(there).splitlines())
    assert there.git("rev-parse", "HEAD") == head
    there.git("add", ASHA)
    there.git("commit", "-q", "--no-edit")
    there.ok("set asha language=hi")
    assert there.crm("sync").code == 0
    assert here.crm("sync").code == 6
    assert record(here) == record(there)


def test_a_rebase_and_a_stash_that_stopped_are_rebuilt_too(two: Two) -> None:
    here, there = two
    edited(here, there, ASHA, ("Owner", "Head"), ("Owner", "Chief"))
    there.git("merge", "--abort")
    assert git(there, "pull", "-q", "--rebase") == 1
    assert "then finish the rebase" in fixed(there, code=6).err
    assert {"title: Chief", "    other: Head"} <= set(record(there).splitlines())
    there.git("add", ASHA)
    assert git(there, "-c", "core.editor=true", "rebase", "--continue") == 0
    there.ok("set asha nickname=Ashu")
    there.write(ASHA, record(there).replace("Ashu", "Asho"))
    there.git("stash", "-q")
    there.ok("set asha nickname=Ashi")
    assert git(there, "stash", "pop") == 1
    said = fixed(there, code=6).err
    assert f"next: crm git add {ASHA}\n" in said
    assert "Asho" in record(there)
    assert "Ashi" in record(there)


def test_settings_full_of_markers_are_merged_as_well(two: Two) -> None:
    here, there = two
    zone = next(line for line in record(here, "crm.yaml").splitlines() if line.startswith("currency"))
    edited(here, there, "crm.yaml", (zone, "currency: EUR"), (zone, "currency: USD"))
    there.git("commit", "-qam", "merged by hand")
    fixed(there, code=6)
    assert "currency: USD\n" in record(there, "crm.yaml")
    assert "other: EUR" in record(there, "crm.yaml")


def test_without_a_merge_in_the_history_the_markers_themselves_decide(two: Two) -> None:
    here, there = two
    edited(here, there, ASHA, ("Owner", "Head"), ("Owner", "Chief"))
    (there.book / ".git" / "MERGE_HEAD").unlink()
    there.git("commit", "-qam", "one parent only")
    fixed(there, code=6)
    assert "<<<" not in record(there)
    assert "Head" in record(there)
    assert "Chief" in record(there)


def test_where_there_is_no_repository_the_markers_are_all_there_is(tmp_path: Path) -> None:
    torn = b"name: Asha\n<<<<<<< a\ntitle: x\n=======\ntitle: y\n>>>>>>> b\n"
    made = rebuilt(tmp_path, ASHA, torn, KINDS, Settings())
    assert made is not None
    assert made.kept_aside == 1
    assert unmerged(tmp_path) == set()
