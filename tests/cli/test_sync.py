"""Syncing as people see it: two machines, what each did meanwhile, one `crm sync` on each."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.machines import REPOSITORY, Machines, bare, run_git, said, tree, unchanged
from tests.shell import Shell

ASHA = "contacts/asha-sharma-k7m3q9.yaml"
DEAL = "deals/website-k7m3q1.yaml"
MADE = "\ncreated: 2026-11-01T09:00:00+05:30\n"
BOOK = {
    ASHA: f"name: Asha Sharma\ntitle: Owner\nnickname: Ash\ntags:\n  - vip\n  - old\n{MADE}",
    DEAL: "name: Website\nstage: proposal\namount: 50000 INR\n\nstage_history:\n  - stage: proposal\n"
    f"    at: 2026-11-01T09:00:00+05:30\n    by: meera\n{MADE}",
}
Two = tuple[Shell, Shell]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Two machines with the same book, to be copied."""
    return Machines.two(tmp_path_factory.mktemp("two"), BOOK)


@pytest.fixture
def machines(tmp_path: Path, request: pytest.FixtureRequest) -> Machines:
    """No machine yet; or two, for those who ask for `two`."""
    if "two" in request.fixturenames:
        copied: Machines = request.getfixturevalue("pattern").copy(tmp_path)
        return copied
    return Machines(tmp_path)


@pytest.fixture
def two(machines: Machines) -> Two:
    """Two machines with the same book."""
    here, there = machines.all
    return here, there


def text(shell: Shell, path: str) -> str:
    return (shell.book / path).read_text()


def later(shell: Shell, *words: str, stdin: str = "") -> None:
    """A change whose commit is a minute younger than any so far, though nobody waits for it."""
    assert shell.crm(*words, stdin=stdin).code == 0
    when = f"{int(shell.git('log', '-1', '--format=%ct')) + 60} +0530"
    amended = shell.environ | {"GIT_COMMITTER_DATE": when}
    Shell(shell.home, shell.book, amended).git("commit", "--amend", "--no-edit", f"--date={when}", "--quiet")


def test_a_day_on_two_machines_ends_in_one_book(machines: Machines, two: Two) -> None:
    here, there = two
    here.ok("set asha title=Director")
    there.ok("set asha nickname=Ashu")  # the next line of the same file
    here.ok("tag asha new-here --remove old")
    there.ok("tag asha new-there")
    here.ok("log call asha 'about the website'")
    there.ok("log call asha 'about the logo'")  # in the same second
    here.ok("move website won")
    there.ok("move website lost --reason price")
    here.ok("contact add 'Bhavna Rao'")
    assert 6 in machines.settle()
    machines.check()
    asha = here.ok("show asha --json").out
    assert '"Director"' in asha
    assert '"Ashu"' in asha
    assert set(re.findall(r"  - (vip|old|new-\w+)", text(here, ASHA))) == {"vip", "new-here", "new-there"}
    assert len(list(here.book.glob("interactions/*/*/*.yaml"))) == 2
    deal = text(here, DEAL)
    fields, _, aside = deal.partition("\nconflicts:\n")
    shown, other = ("won", "lost") if "\nstage: won\n" in fields else ("lost", "won")
    assert f"\nstage: {shown}\n" in fields
    assert "field: stage+closed_at+lost_reason" in aside
    assert f"stage: {other}" in aside.partition("other:")[2]
    assert ("lost_reason" in fields) == (shown == "lost")
    listed = there.crm("conflicts", "--json")
    assert listed.code == 0
    assert "stage+closed_at+lost_reason" in listed.out


def test_the_later_of_two_values_is_shown_and_the_other_kept(machines: Machines, two: Two) -> None:
    here, there = two
    here.ok("set asha title=Director")
    later(there, "set", "asha", "title=Founder")
    said(there.crm("sync"), 0)
    said(here.crm("sync"), 6, "1 kept aside", "crm conflicts")
    assert "\ntitle: Founder\n" in text(here, ASHA)
    assert "other: Director" in text(here, ASHA)
    said(there.crm("sync"), 6)
    assert tree(here) == tree(there)
    here.ok("resolve asha --field title --other")
    assert machines.settle()[-1] == 0
    assert "\ntitle: Director\n" in text(there, ASHA)
    assert "conflicts" not in text(there, ASHA)


def test_a_record_archived_here_and_edited_there_has_both(machines: Machines, two: Two) -> None:
    here, there = two
    here.ok("rm asha")
    there.ok("set asha title=Founder")
    assert set(machines.settle()) == {0}
    assert "title: Founder" in text(here, ASHA)
    assert "archived: " in text(here, ASHA)


def test_an_edit_outlives_a_removal_and_leaves_a_look_alike_alone(machines: Machines, two: Two) -> None:
    here, there = two
    here.ok("rm asha --purge --yes")
    bob = BOOK[ASHA].replace("Asha Sharma", "Bob Sharma")
    here.write("contacts/bob-sharma-k7m3q8.yaml", bob)
    there.ok("set asha title=Founder")
    machines.settle()
    assert text(there, "contacts/bob-sharma-k7m3q8.yaml") == bob
    assert "title: Founder" in text(here, ASHA)
    machines.check()


def test_a_repeated_task_finished_on_both_is_done_once(machines: Machines) -> None:
    task = "tasks/backup-k7m3q5.yaml"
    here = machines.begin({task: f"name: Backup\ndue: 2026-11-20\nevery: 1w\n{MADE}"})
    there = machines.clone()
    here.ok("done backup")
    there.ok("done backup")
    machines.settle()
    assert text(here, task).count("2026-11-20") - text(here, task).count("due: 2026-11-20") == 1


def test_settings_changed_on_both_are_merged_and_so_are_views(machines: Machines, two: Two) -> None:
    here, there = two
    here.write("views/hot-g7b4k1.yaml", f"name: hot\nkind: deal\nquery: stage:proposal\n{MADE}")
    here.ok("sync")
    there.ok("sync")
    here.write("crm.yaml", text(here, "crm.yaml") + "# the shop's own\nlanguage: hi\n")
    there.write("crm.yaml", text(there, "crm.yaml") + "cadence_by_tag:\n  vip: 3w\n")
    here.write("views/hot-g7b4k1.yaml", f"name: hot\nkind: deal\nquery: stage:won\n{MADE}")
    there.write("views/hot-g7b4k1.yaml", f"name: hot\nkind: deal\nquery: stage:proposal\nsort: name\n{MADE}")
    assert set(machines.settle()) == {0}
    settings, view = text(here, "crm.yaml"), text(here, "views/hot-g7b4k1.yaml")
    assert "language: hi" in settings
    assert "vip: 3w" in settings
    assert "the shop's own" in settings
    assert "query: stage:won" in view
    assert "sort: name" in view


@pytest.mark.parametrize("path", ["templates/quote.md", "attachments/plan.bin", "README.md"])
def test_of_a_whole_file_the_later_stays_and_the_other_is_in_quarantine(
    machines: Machines, two: Two, path: str
) -> None:
    here, there = two
    for shell, data in ((here, b"\x00first\xff"), (there, b"\x00second\xff")):
        shell.write(path, data)
        shell.git("add", path)
        shell.git("commit", "--quiet", "--message=file", f"--date={1_800_000_000 + (shell is there)} +0000")
    codes = machines.settle()
    assert 6 in codes
    (aside,) = (here.book / "quarantine").iterdir()
    assert {aside.read_bytes(), (here.book / path).read_bytes()} == {b"\x00first\xff", b"\x00second\xff"}
    assert aside.name.startswith(path.rpartition("/")[2] + ".")
    machines.check()


def test_of_a_record_that_one_side_broke_the_valid_version_stays(machines: Machines, two: Two) -> None:
    here, there = two
    broken = "name: [Asha\n<<<<<<< HEAD\n"
    there.write(ASHA, broken)
    there.git("commit", "--quiet", "--all", "--message=oops")
    here.ok("set asha title=Director")
    here.ok("sync")
    said(there.crm("sync"), 6, "kept aside")
    assert "title: Director" in text(there, ASHA)
    machines.settle()
    (aside,) = (here.book / "quarantine").iterdir()
    assert aside.read_text() == broken
    assert here.ok("contact list --ids").out.split() == ["asha-sharma-k7m3q9"]


def test_the_same_id_added_on_both_sides_is_one_record(machines: Machines, two: Two) -> None:
    here, there = two
    path = "contacts/chitra-k7m3q4.yaml"
    here.write(path, f"name: Chitra\ntitle: Baker\nphones:\n  - mobile: '+91 98765 43210'\n{MADE}")
    there.write(path, f"name: Chitra\ntitle: Cook\nemails:\n  - chitra@acme.example\n{MADE}")
    assert 6 in machines.settle()
    found = text(here, path)
    for value in ("Baker", "Cook", "+91 98765 43210", "chitra@acme.example"):
        assert value in found


def test_two_laptops_on_one_table_pull_from_each_other(machines: Machines, two: Two) -> None:
    here, there = two
    for number, (shell, other) in enumerate(((here, there), (there, here), (here, there))):
        shell.git("remote", "add", "peer", str(other.book)) if number < 2 else None
        here.ok(f"set asha title=T{number} source=S{number}")
        there.ok(f"set asha nickname=N{number} notes=P{number}")
        # A peer's branch that is checked out takes no push, so the answer is 8; what came is here all the same.
        result = shell.crm("sync", "--remote", "peer")
        assert result.code == 8, result.err
    machines.settle()
    machines.check()
    for value in ("T2", "S2", "N2", "P2"):
        assert value in text(there, ASHA)


def test_a_sync_with_nothing_to_do_makes_no_commit_and_says_so(two: Two) -> None:
    here, _ = two
    before = here.git("rev-parse", "HEAD")
    result = here.ok("sync")
    assert "nothing new" in result.err
    assert here.git("rev-parse", "HEAD") == before
    assert here.ok("sync --quiet").err == ""


def test_quiet_says_nothing_unless_it_needs_a_person(two: Two) -> None:
    here, there = two
    here.ok("set asha title=Director")
    there.write(ASHA, text(there, ASHA).replace("Owner", "Founder"))
    result = here.ok("sync --quiet")
    assert (result.out, result.err) == ("", "")
    result = there.crm("sync", "--quiet")
    assert result.out == ""
    said(result, 6, "1 kept aside")


def test_a_dry_run_tells_what_comes_goes_and_collides_and_changes_nothing(two: Two) -> None:
    here, there = two
    there.ok("set asha title=Founder")
    there.ok("contact add 'Bhavna Rao'")
    there.ok("sync")
    here.ok("set asha title=Director")
    here.ok("move website won")
    here.write("contacts/dev-k7m3q2.yaml", f"name: Dev\n{MADE}")
    check, refs = unchanged(here), here.git("for-each-ref")
    result = here.crm("sync", "-n")
    assert result.code in (0, 6), result.err
    check()
    assert here.git("for-each-ref") == refs
    lines = result.lines
    assert any(re.match(r"comes +contacts/bhavna-rao-\w+\.yaml +new contact", line) for line in lines), lines
    assert any(line.startswith("goes") and DEAL in line and "stage" in line for line in lines), lines
    assert any(ASHA in line and "both sides changed it" in line for line in lines), lines
    assert "contacts/dev-k7m3q2.yaml" in result.out + result.err
    assert "nothing was written" in result.err


def test_a_dry_run_to_an_empty_remote_says_that_everything_goes(machines: Machines) -> None:
    bare(machines.remote)
    shell = machines.add()
    shell.ok(f"init {shell.book} --remote {machines.remote}")
    result = shell.ok("sync -n")
    assert "everything" in result.out + result.err
    assert run_git(machines.remote, "for-each-ref") == ""


def test_the_first_sync_fills_an_empty_remote(machines: Machines) -> None:
    shell = machines.begin(BOOK)
    assert run_git(machines.remote, "show", f"main:{ASHA}") == BOOK[ASHA]
    assert shell.git("rev-parse", "origin/main") == shell.git("rev-parse", "HEAD")
    assert "## main...origin/main" in shell.git("status", "--branch", "--porcelain")
    assert str(machines.remote) in shell.ok("config").out


def test_a_book_without_a_remote_and_a_name_that_is_none(empty: Shell) -> None:
    said(empty.crm("sync"), 7, "no remote", "crm git remote add origin URL")
    said(empty.crm("sync", "--remote", "work"), 3, "work")


def test_several_remotes_need_a_name(machines: Machines) -> None:
    here = machines.begin(BOOK)
    here.git("remote", "rename", "origin", "team/eu")
    here.ok("set asha title=Director")
    here.ok("sync")
    assert here.git("rev-parse", "refs/remotes/team/eu/main") == here.git("rev-parse", "HEAD")
    here.git("remote", "add", "stick", str(bare(machines.tmp / "stick.git")))
    here.git("config", "--unset", "branch.main.remote")
    said(here.crm("sync"), 7, "several remotes", "team/eu, stick")
    here.ok("sync --remote stick")
    assert run_git(machines.tmp / "stick.git", "rev-parse", "main") == here.git("rev-parse", "HEAD")


def test_what_came_can_be_undone_restored_and_has_its_author(machines: Machines, two: Two) -> None:
    here, there = two
    there.ok("set asha title=Founder")
    there.ok("rm website --purge --yes")
    there.ok("sync")
    here.ok("set asha nickname=Ashu")
    here.ok("sync")
    log = here.git("log", "--format=%h %an %s", "--abbrev=10").splitlines()
    commit = next(line[:10] for line in log if " Rohan set " in line)
    assert here.ok("history asha --by rohan --json").out.count("Founder") == 1
    assert "Founder" not in here.ok("history asha --by meera --json").out
    here.ok(f"undo {commit}")
    assert "title: Owner" in text(here, ASHA)
    assert "nickname: Ashu" in text(here, ASHA)
    here.ok(f"restore asha --at {here.git('rev-parse', commit).strip()}")
    assert "title: Founder" in text(here, ASHA)
    purge = next(line[:10] for line in log if " Rohan " in line and " deal " in line)
    here.ok(f"undo {purge}")
    machines.settle()
    assert "amount: 50000 INR" in text(there, DEAL)
    assert "title: Founder" in text(there, ASHA)


def test_undo_without_a_name_passes_over_what_others_did_and_merges(two: Two) -> None:
    here, there = two
    there.ok("set asha title=Founder")
    there.ok("sync")
    here.ok("set asha nickname=Ashu")
    here.ok("sync")
    here.ok("undo")
    assert "nickname: Ash\n" in text(here, ASHA)
    assert "title: Founder" in text(here, ASHA)


def test_an_edit_by_hand_goes_with_it_and_one_that_is_broken_stays(two: Two) -> None:
    here, there = two
    here.write(ASHA, BOOK[ASHA].replace("Owner", "Director"))
    here.write(DEAL, "name: [\n")
    result = here.crm("sync")
    said(result, 0, f"committed your edit of {ASHA}")
    assert text(here, DEAL) == "name: [\n"
    there.ok("sync")
    assert "Director" in text(there, ASHA)
    assert text(there, DEAL) == BOOK[DEAL]


def test_a_broken_edit_by_hand_is_not_written_over(two: Two) -> None:
    here, there = two
    there.ok("set website amount='60000 INR'")
    there.ok("sync")
    here.write(DEAL, "name: [\n")
    said(here.crm("sync"), 7, DEAL)
    assert text(here, DEAL) == "name: [\n"
    here.git("restore", DEAL)
    here.ok("sync")
    assert "60000" in text(here, DEAL)


def test_a_file_in_the_way_that_git_does_not_know_is_not_written_over(two: Two) -> None:
    here, there = two
    there.write("README.md", "theirs\n")
    there.git("add", "README.md")
    there.git("commit", "--quiet", "--message=readme")
    there.ok("sync")
    here.write("README.md", "mine\n")
    said(here.crm("sync"), 7, "README.md")
    assert text(here, "README.md") == "mine\n"
    (here.book / "README.md").rename(here.book / "README.mine")
    here.ok("sync")
    assert text(here, "README.md") == "theirs\n"


def test_a_staged_file_is_the_persons(two: Two) -> None:
    here, there = two
    there.ok("set asha title=Founder")
    there.ok("sync")
    here.write(ASHA, BOOK[ASHA].replace("Ash\n", "Staged\n"))
    here.git("add", ASHA)
    check = unchanged(here)
    said(here.crm("sync"), 7, ASHA, "staged", "git commit")
    check()
    here.git("commit", "--quiet", "--message=mine")
    here.ok("sync")
    assert "Founder" in text(here, ASHA)
    assert "Staged" in text(here, ASHA)


def test_another_branch_and_an_open_merge_are_refused(two: Two) -> None:
    here, _ = two
    here.git("switch", "--quiet", "--create", "trial")
    check = unchanged(here)
    said(here.crm("sync"), 7, "trial")
    said(here.crm("sync", "-n"), 7, "trial")
    here.git("switch", "--quiet", "main")
    (here.book / ".git/MERGE_HEAD").write_text(here.git("rev-parse", "HEAD"))
    said(here.crm("sync"), 7, "merge is open")
    check()


def test_another_book_behind_the_address_is_explained(machines: Machines, tmp_path: Path) -> None:
    machines.begin(BOOK)
    other = Shell(tmp_path / "other", tmp_path / "other-book")
    other.ok(f"init {other.book} --remote {machines.remote}")
    check = unchanged(other)
    said(other.crm("sync"), 7, "no common history")
    check()


def test_a_branch_of_another_name_with_a_slash(machines: Machines) -> None:
    bare(machines.remote)
    shell = machines.add()
    shell.ok(f"init {shell.book}")
    shell.git("branch", "--move", "shop/books")
    shell.git("config", "crm.branch", "shop/books")
    shell.git("remote", "add", "origin", str(machines.remote))
    shell.ok("sync")
    assert run_git(machines.remote, "rev-parse", "shop/books") == shell.git("rev-parse", "HEAD")
    shell.git("pack-refs", "--all")
    shell.ok("contact add Asha")
    shell.ok("sync")
    shell.git("pack-refs", "--all")
    shell.git("gc", "--quiet")
    shell.ok("sync")
    assert run_git(machines.remote, "rev-parse", "shop/books") == shell.git("rev-parse", "HEAD")


def test_shallow_clones_are_refused_and_shallow_remotes_explained(machines: Machines, tmp_path: Path) -> None:
    here = machines.begin(BOOK)
    here.ok("set asha title=Director")
    here.ok("sync")
    shallow = Shell(tmp_path / "s", tmp_path / "shallow")
    run_git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{machines.remote}", str(shallow.book))
    said(shallow.crm("sync"), 7, "shallow")
    said(machines.add().crm("clone", str(shallow.book), str(tmp_path / "copy")), 8, "shallow")
    assert not (tmp_path / "copy").exists()


def test_a_remote_in_an_included_file_is_none(machines: Machines, tmp_path: Path) -> None:
    here = machines.begin(BOOK)
    here.git("remote", "remove", "origin")
    (tmp_path / "included").write_text(f'[remote "origin"]\n\turl = {machines.remote}\n')
    here.git("config", "include.path", str(tmp_path / "included"))
    said(here.crm("sync"), 7, "no remote")


def test_the_book_may_lie_at_a_file_address_and_move(machines: Machines, two: Two) -> None:
    here, _ = two
    moved = machines.tmp / "usb stick" / "the book.git"
    moved.parent.mkdir()
    shutil.move(machines.remote, moved)
    here.git("remote", "set-url", "origin", f"file://{moved}")
    here.ok("set asha title=Director")
    here.ok("sync")
    assert "Director" in run_git(moved, "show", f"main:{ASHA}")


def people(count: int) -> dict[str, str]:
    return {f"contacts/person-{number}-k7m3q9.yaml": f"name: Person {number}\n{MADE}" for number in range(count)}


def test_a_remote_that_lost_a_great_part_of_the_book_is_not_followed(machines: Machines) -> None:
    here = machines.begin(people(30))
    there = machines.clone()
    ids = [f"person-{number}-k7m3q9" for number in range(12)]
    there.ok(f"rm {' '.join(ids)} --purge --yes")
    there.ok("sync")  # it is theirs to delete
    check = unchanged(here)
    said(here.crm("sync"), 7, "12 of your 30 records", "nothing was taken", "crm sync --allow-mass-delete")
    said(here.crm("sync", "-n"), 7, "12 of your 30 records")
    check()
    here.ok("set person-0 title=Baker")  # lives, and so is not gone
    said(here.crm("sync"), 7, "11 of your 30 records")
    said(here.crm("sync", "--allow-mass-delete"), 6, "11 removed", "1 kept aside")
    machines.settle()
    assert len(there.ok("contact list --ids").lines) == 19


def test_a_few_deletions_and_those_in_a_small_book_are_followed(machines: Machines) -> None:
    here = machines.begin(people(19))
    there = machines.clone()
    there.ok(f"rm {' '.join(f'person-{number}-k7m3q9' for number in range(16))} --purge --yes")
    there.ok("sync")
    here.ok("sync")
    assert len(here.ok("contact list --ids").lines) == 3


def test_a_dry_run_of_a_first_sync_and_of_one_with_hand_edits_leaves_them(machines: Machines, two: Two) -> None:
    here, _ = two
    here.write(ASHA, BOOK[ASHA].replace("Owner", "Director"))
    result = here.ok("sync -n")
    assert f"goes  {ASHA}  changed: title" in result.out
    assert f"would commit your edit of {ASHA}" in result.err
    assert here.git("status", "--porcelain") == f" M {ASHA}\n"
    assert machines.held() == tree(here)


def test_histories_that_crossed_have_two_bases_and_meet_all_the_same(machines: Machines, two: Two) -> None:
    here, there = two
    for shell in two:
        for name in ("left", "right"):
            shell.git("remote", "add", name, str(machines.tmp / f"{name}.git"))
    bare(machines.tmp / "left.git")
    bare(machines.tmp / "right.git")
    later(here, "set", "asha", "title=Director")
    there.ok("set asha title=Founder")
    here.ok("sync --remote left")
    there.ok("sync --remote right")
    assert here.crm("sync", "--remote", "right").code == 6  # both merge the same two commits
    assert there.crm("sync", "--remote", "left").code == 6
    assert tree(here) == tree(there)
    heads = [shell.git("rev-parse", "HEAD").strip() for shell in two]
    here.git("fetch", "--quiet", "left")
    assert len(here.git("merge-base", "--all", *heads).split()) == 2
    here.ok("set asha nickname=Ashu")
    there.ok("set asha source=fair")
    there.ok("tag asha --remove old")
    machines.settle()
    found = text(there, ASHA)
    assert found.count("\n  - field: title\n") == 1
    for value in ("title: Director", "nickname: Ashu", "source: fair", "Founder"):
        assert value in found
    assert "- old" not in found
    machines.check()


def test_what_erases_is_imported_where_somebody_was_erased_alone(machines: Machines, two: Two) -> None:
    here, there = two
    later(here, "set", "asha", "title=Director")
    there.ok("set asha nickname=Ashu")
    there.ok("sync")
    words = [sys.executable, "-X", "importtime", "-m", "crm_cli", "sync"]
    environ = here.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(words, cwd=here.book, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "crm_cli.services.syncing.epoch" in done.stderr
    assert "crm_cli.services.erasing" not in done.stderr
    assert tree(here) == machines.held()
