"""What `crm doctor --fix` mends and what it leaves alone: names, links, histories, broken files; -n only looks."""

import os
import stat
from pathlib import Path

import pytest

from crm_cli.services.doctor import permissions
from tests.shell import Shell


def mend(shell: Shell, *words: str, code: int = 0) -> str:
    """What was said; afterwards the book is clean unless another code is expected."""
    result = shell.crm("doctor", "--fix", "--strict", *words)
    assert result.code == code, f"{result.out}\n{result.err}"
    return result.err


def text(shell: Shell, path: str) -> str:
    return (shell.book / path).read_text(encoding="utf-8")


def commits(shell: Shell) -> list[str]:
    return shell.git("log", "--format=%s").splitlines()


def commit_all(shell: Shell) -> None:
    shell.git("add", "-A")
    shell.git("commit", "-qm", "by hand")


# -- names of files


def test_files_with_bad_names_are_renamed_and_links_to_them_follow(empty: Shell) -> None:
    empty.write("organizations/Acme Ltd.yaml", "name: Acme Limited   # of Surat\n")
    empty.write("organizations/con.yaml", "name: Connect\n")
    empty.write("contacts/आशा.yaml", "name: आशा शर्मा\norganization: Acme Ltd   # since May\n")
    empty.write("contacts/bob.yml", "name: Bob\norganization: organizations/con\n")
    empty.write("contacts/usha.yaml", "name: Usha\nreferred_by: bob\norganization: acme limited\n")
    said = mend(empty)
    assert "contacts/bob.yml: renamed to contacts/bob.yaml" in said
    (acme,) = empty.book.glob("organizations/acme-ltd-*.yaml")
    (con,) = empty.book.glob("organizations/con-*.yaml")
    (asha,) = empty.book.glob("contacts/asha-*.yaml")
    assert acme.read_text() == "name: Acme Limited   # of Surat\n"
    assert asha.read_text() == f"name: आशा शर्मा\norganization: {acme.stem}   # since May\n"
    assert text(empty, "contacts/bob.yaml") == f"name: Bob\norganization: {con.stem}\n"
    assert text(empty, "contacts/usha.yaml") == f"name: Usha\nreferred_by: bob\norganization: {acme.stem}\n"
    assert commits(empty)[:2] == ["doctor 5 files", "edit by hand"]
    assert empty.git("status", "--porcelain") == ""


def test_two_machines_give_a_file_the_same_new_name(empty: Shell, tmp_path: Path) -> None:
    other = Shell(tmp_path / "home2", tmp_path / "book2")
    other.ok(f"init {other.book}")
    for shell in (empty, other):
        shell.write("contacts/Asha Sharma.yaml", "name: Asha\n")
        mend(shell)
    assert [p for p in empty.files() if "contacts" in p] == [p for p in other.files() if "contacts" in p]


def test_a_file_that_goes_away_before_it_is_closed_is_no_trouble(tmp_path: Path) -> None:
    stays = tmp_path / "stays"
    stays.touch(mode=0o644)
    permissions.close([tmp_path / "gone", stays])
    assert stat.S_IMODE(stays.stat().st_mode) == 0o600


def test_a_name_that_is_taken_is_not_used_twice(empty: Shell) -> None:
    empty.write("contacts/bob.yaml", "name: Bob\n")
    empty.write("contacts/bob.yml", "name: Another Bob\n")
    mend(empty)
    assert text(empty, "contacts/bob.yaml") == "name: Bob\n"
    assert len(list(empty.book.glob("contacts/bob-*.yaml"))) == 1


def test_a_name_that_a_record_of_another_kind_has_is_not_used_twice(empty: Shell) -> None:
    empty.write("organizations/acme.yaml", "name: Acme\n")
    empty.write("contacts/acme.yml", "name: Acme\n")
    empty.write("tasks/acme.yml", "name: Ring Acme\n")
    mend(empty)
    stems = [path.stem for folder in ("contacts", "organizations", "tasks") for path in (empty.book / folder).iterdir()]
    assert (len(stems), len(set(stems))) == (3, 3)


def test_an_interaction_keeps_its_month(empty: Shell) -> None:
    empty.write("interactions/2026/11/Call.yml", "at: 2026-11-01\nkind: call\nsubject: hello\n")
    mend(empty)
    assert len(list(empty.book.glob("interactions/2026/11/call-*.yaml"))) == 1


def test_a_file_with_a_bad_name_that_cannot_be_read_stays_where_it_is(empty: Shell) -> None:
    empty.write("contacts/Asha.yaml", "name: [\n")
    mend(empty, code=1)
    assert text(empty, "contacts/Asha.yaml") == "name: [\n"


def test_what_is_wrong_in_a_renamed_file_is_mended_with_it(empty: Shell) -> None:
    empty.write("deals/Site.yaml", "name: Site\ncreated: 2026-11-01\nstage: proposal\n")
    mend(empty)
    (deal,) = empty.book.glob("deals/*.yaml")
    assert "stage_history" in deal.read_text()


def test_references_still_limit_after_a_renaming(empty: Shell) -> None:
    empty.write("contacts/Asha Sharma.yaml", "name: Asha\nx: 1\n")
    empty.write("contacts/usha.yaml", "name: Usha\ny: 1\n")
    result = empty.crm("doctor", "--fix", "contacts/Asha Sharma.yaml")
    assert result.out.count("\n") == 1
    assert "contacts/asha-sharma-" in result.out


# -- links by name


def test_a_name_where_an_id_belongs_becomes_the_id(empty: Shell) -> None:
    empty.write("organizations/acme-b4x8w2.yaml", "name: Acme Textiles\n")
    empty.write("contacts/asha-k7m3q9.yaml", "name: Asha Sharma\n")
    empty.write(
        "contacts/usha.yaml",
        "name: Usha\norganization: Acme Textiles\nrelations:\n- contact: Asha Sharma\n  type: sister\n",
    )
    empty.write(
        "deals/site.yaml",
        "name: Site\ncreated: 2026-11-01\ncontacts:\n"
        "- buyer: Asha Sharma   # decides\n- usha\nstage: proposal\n"
        "stage_history:\n- stage: proposal\n",
    )  # fmt: skip
    mend(empty)
    assert text(empty, "contacts/usha.yaml") == (
        "name: Usha\norganization: acme-b4x8w2\nrelations:\n- contact: asha-k7m3q9\n  type: sister\n"
    )
    assert "- buyer: asha-k7m3q9   # decides\n- usha\n" in text(empty, "deals/site.yaml")


def test_a_name_that_several_have_or_nobody_is_only_explained(empty: Shell) -> None:
    for id in ("acme-b4x8w2", "acme-c4x8w2"):
        empty.write(f"organizations/{id}.yaml", "name: Acme Textiles\n")
    empty.write("contacts/asha.yaml", "name: Asha\norganization: Acme Textiles\n")
    empty.write("contacts/usha.yaml", "name: Usha\norganization: Nobody Ltd\n")
    before = empty.files()
    result = empty.crm("doctor", "--fix")
    assert result.code == 1
    assert "could be acme-b4x8w2, acme-c4x8w2" in result.out
    assert "no record is called Nobody Ltd" in result.out
    assert empty.files() == before
    assert len(commits(empty)) == 1


def test_a_name_of_another_kind_is_not_taken(empty: Shell) -> None:
    empty.write("contacts/acme.yaml", "name: Acme Textiles\n")
    empty.write("contacts/asha.yaml", "name: Asha\norganization: Acme Textiles\n")
    mend(empty, code=1)


def test_a_record_that_was_merged_away_does_not_make_its_survivor_ambiguous(empty: Shell) -> None:
    empty.write("organizations/acme.yaml", "name: Acme Textiles\n")
    empty.write("organizations/acme2.yaml", "name: Acme Textiles\narchived: 2026-11-01\nmerged_into: acme\n")
    empty.write("contacts/asha.yaml", "name: Asha\norganization: Acme Textiles\n")
    mend(empty)
    assert text(empty, "contacts/asha.yaml") == "name: Asha\norganization: acme\n"


# -- stages


def test_a_stage_that_was_set_by_hand_gets_its_entry(empty: Shell) -> None:
    empty.write(
        "deals/site.yaml",
        "name: Site\nstage: negotiation\ncreated: 2026-10-01\n"
        "stage_history:\n- stage: proposal\n  at: 2026-10-01\n  by: rohan\n",
    )
    mend(empty)
    assert text(empty, "deals/site.yaml").endswith(
        "- stage: proposal\n  at: 2026-10-01\n  by: rohan\n"
        "- stage: negotiation\n  at: 2026-11-20T10:00:00+05:30\n  by: Meera\n"
    )


def test_a_new_deal_came_into_its_stage_when_it_was_made(empty: Shell) -> None:
    empty.write("deals/site.yaml", "name: Site\nstage: proposal\ncreated: 2026-10-01\n")
    mend(empty)
    assert "stage_history:\n  - stage: proposal\n    at: 2026-10-01\n    by: Meera\n" in text(empty, "deals/site.yaml")


def test_a_deal_that_was_closed_by_hand_gets_its_day(empty: Shell) -> None:
    history = "stage_history:\n- stage: {}\n  at: 2026-10-01\n"
    empty.write("deals/a.yaml", "name: A\nstage: won\nclosed_at: 2026-10-05\n" + history.format("proposal"))
    empty.write("deals/b.yaml", "name: B\nstage: won\n" + history.format("proposal"))
    empty.write("deals/c.yaml", "name: C\nstage: won\n" + history.format("won"))
    mend(empty)
    assert "- stage: won\n  at: 2026-10-05\n" in text(empty, "deals/a.yaml")
    assert "closed_at: 2026-11-20T10:00:00+05:30\n" in text(empty, "deals/b.yaml")
    assert "closed_at: 2026-10-01\n" in text(empty, "deals/c.yaml")


# -- phones


def test_phones_are_respelled_only_when_asked(empty: Shell) -> None:
    empty.write(
        "contacts/asha.yaml",
        'name: Asha\nphones:\n- mobile: 098765 43210   # WhatsApp\n- "+912227780000"\n- 02227780001 ext. 7\n',
    )
    assert empty.ok("doctor --strict").out == ""
    mend(empty)
    assert len(commits(empty)) == 1
    result = empty.crm("doctor", "--phones")
    assert result.out.count("\n") == 1
    assert "--fix writes +919876543210" in result.out
    mend(empty, "--phones")
    assert text(empty, "contacts/asha.yaml") == (
        'name: Asha\nphones:\n- mobile: "+919876543210"   # WhatsApp\n- "+912227780000"\n- 02227780001 ext. 7\n'
    )


# -- files that cannot be read

GOOD = "name: Asha\ntitle: Head   # since May\n"


@pytest.fixture
def asha(empty: Shell) -> Shell:
    """A book with one committed contact."""
    empty.write("contacts/asha.yaml", GOOD)
    commit_all(empty)
    return empty


@pytest.mark.parametrize("damaged", [b"\0" * 4096, b"name: Asha\nti\0\0\0\0", b"\x93\x01\xfe\x00\x88"])
def test_a_broken_file_is_brought_back_and_its_bytes_are_kept(asha: Shell, damaged: bytes) -> None:
    asha.write("contacts/asha.yaml", damaged)
    assert "the version of the last commit brought back" in mend(asha)
    assert text(asha, "contacts/asha.yaml") == GOOD
    (kept,) = (asha.book / "quarantine").iterdir()
    assert kept.name.startswith("asha.")
    assert kept.suffix == ".txt"
    assert kept.read_bytes() == damaged
    assert commits(asha)[0] == "doctor contact"


def test_an_empty_file_is_brought_back_and_nothing_is_kept(asha: Shell) -> None:
    asha.write("contacts/asha.yaml", "")
    mend(asha)
    assert text(asha, "contacts/asha.yaml") == GOOD
    assert not (asha.book / "quarantine").exists()


@pytest.mark.parametrize(
    "typed",
    [
        b"name: Asha\ntitle: @foo\n",
        "name: José\n".encode("latin-1"),
        "name: Asha\n".encode("utf-16"),
        b"- Asha\n",
    ],
)
def test_a_mistyped_file_is_left_to_its_author(asha: Shell, typed: bytes) -> None:
    asha.write("contacts/asha.yaml", typed)
    result = asha.crm("doctor", "--fix")
    assert result.code == 1
    assert "crm git checkout HEAD -- contacts/asha.yaml" in result.out
    assert (asha.book / "contacts/asha.yaml").read_bytes() == typed


def test_a_broken_file_without_a_good_version_is_left_alone(empty: Shell) -> None:
    empty.write("contacts/new.yaml", b"\0\0")
    empty.write("contacts/old.yaml", b"\0\0")
    empty.git("add", "contacts/old.yaml")
    empty.git("commit", "-qm", "broken")
    empty.write("contacts/old.yaml", b"\0\0\0")
    mend(empty, code=1)
    assert (empty.book / "contacts/old.yaml").read_bytes() == b"\0\0\0"
    assert (empty.book / "contacts/new.yaml").read_bytes() == b"\0\0"


def test_broken_settings_are_brought_back(asha: Shell) -> None:
    before = text(asha, "crm.yaml")
    asha.write("crm.yaml", b"\0" * 100)
    assert asha.crm("contact", "list").code == 5
    mend(asha)
    assert text(asha, "crm.yaml") == before
    assert commits(asha)[0] == "doctor settings"


OURS = "name: Asha\n<<<<<<< HEAD\ntitle: Head\n=======\ntitle: Chief\n>>>>>>> theirs\ntags:\n- vip\n"


def test_a_record_full_of_markers_is_rebuilt_from_both_versions(asha: Shell) -> None:
    asha.write("contacts/asha.yaml", OURS)
    said = mend(asha, code=6)
    assert "rebuilt from both versions" in said
    assert "1 value was kept aside" in said
    assert text(asha, "contacts/asha.yaml") == (
        "name: Asha\ntitle: Head\ntags:\n- vip\nconflicts:\n  - field: title\n    kept: Head\n    other: Chief\n"
    )
    (kept,) = (asha.book / "quarantine").iterdir()
    assert kept.read_text() == OURS


def test_a_base_between_the_markers_decides(asha: Shell) -> None:
    asha.write(
        "contacts/asha.yaml",
        "name: Asha\n<<<<<<< a\ntitle: Chief\n||||||| base\ntitle: Head\n"
        "=======\ntitle: Head\nnickname: Ash\n>>>>>>> b\n",
    )
    mend(asha)
    assert text(asha, "contacts/asha.yaml") == "name: Asha\nnickname: Ash\ntitle: Chief\n"


def test_markers_that_were_committed_are_resolved_too(asha: Shell) -> None:
    asha.write("contacts/asha.yaml", OURS)
    commit_all(asha)
    mend(asha, code=6)
    assert "<<<" not in text(asha, "contacts/asha.yaml")


@pytest.mark.parametrize(
    "torn",
    [
        "name: Asha\n<<<<<<< a\ntitle: x\n",
        "name: Asha\n>>>>>>> a\n",
        "<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> b\n",
        "name: A\n<<<<<<< a\ntitle: [\n=======\ntitle: b\n>>>>>>> b\n",
    ],
)
def test_markers_that_make_no_two_records_give_way_to_the_last_commit(asha: Shell, torn: str) -> None:
    asha.write("contacts/asha.yaml", torn)
    mend(asha)
    assert text(asha, "contacts/asha.yaml") == GOOD


def test_settings_full_of_markers_give_way_to_the_last_commit(asha: Shell) -> None:
    before = text(asha, "crm.yaml")
    asha.write("crm.yaml", f"{before}<<<<<<< a\n=======\n>>>>>>> b\n")
    mend(asha)
    assert text(asha, "crm.yaml") == before


# -- permissions


def modes(shell: Shell) -> set[int]:
    places = [p for p in shell.book.rglob("*") if ".git" not in p.parts]
    return {stat.S_IMODE(os.stat(p).st_mode) & 0o077 for p in [shell.book, shell.book / ".git", *places]}


def opened(shell: Shell) -> None:
    for place in [shell.book, *shell.book.rglob("*")]:
        if ".git" not in place.parts:
            place.chmod(place.stat().st_mode | 0o055)


def test_a_book_that_others_can_look_into_is_closed(asha: Shell) -> None:
    opened(asha)
    assert "permissions" in asha.crm("doctor").out
    mend(asha)
    assert modes(asha) == {0}


def test_inside_a_closed_directory_nobody_is_warned_but_files_are_closed_all_the_same(asha: Shell) -> None:
    (asha.book / "contacts/asha.yaml").chmod(0o644)
    assert asha.ok("doctor --strict").out == ""
    mend(asha)
    assert modes(asha) == {0}


def test_a_book_that_is_shared_on_purpose_stays_open(asha: Shell) -> None:
    asha.git("config", "core.sharedRepository", "group")
    opened(asha)
    mend(asha)
    assert modes(asha) == {0, 0o055}  # git's own directory was never open


def test_files_that_are_not_the_books_keep_their_modes(asha: Shell) -> None:
    script = asha.write("report.sh", "#!/bin/sh\n")
    script.chmod(0o755)
    opened(asha)
    mend(asha)
    assert stat.S_IMODE(script.stat().st_mode) == 0o755


# -- as a whole


def everything(shell: Shell) -> None:
    """One of each problem that can be mended."""
    shell.write("contacts/usha.yaml", "name: Usha\n")
    commit_all(shell)
    shell.write("contacts/usha.yaml", b"\0\0")
    shell.write("contacts/Asha Sharma.yaml", "name: Asha\n")
    shell.write("contacts/isha.yaml", "name: Isha\nreferred_by: Asha\nphones:\n- 98765 43210\n")
    shell.write("deals/site.yaml", "name: Site\nstage: proposal\n")
    shell.write("contacts/nisha.yaml", "<<<<<<< a\nname: Nisha\n=======\nname: Nisha\n>>>>>>> b\n")
    shell.book.chmod(0o755)


def test_everything_is_mended_in_one_commit_after_the_edits_by_hand(empty: Shell) -> None:
    everything(empty)
    before = commits(empty)
    result = empty.crm("doctor", "--fix", "--phones", "--strict")
    assert result.code == 0, result.out
    assert result.out == ""
    assert "committed your edit of contacts/isha.yaml" in result.err
    assert commits(empty) == ["doctor 5 files", "edit by hand", *before]
    assert empty.crm("doctor", "--fix", "--phones", "--strict").code == 0
    assert len(commits(empty)) == len(before) + 2


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(empty: Shell) -> None:
    everything(empty)
    before = empty.files(), empty.git("log"), stat.S_IMODE(empty.book.stat().st_mode)
    for words in (["-n"], ["--fix", "-n"]):
        result = empty.crm("doctor", "--phones", *words)
        assert result.code == 1
        assert "would mend contacts/Asha Sharma.yaml: renamed to" in result.err
        assert result.err.count("would mend") == 7
    assert (empty.files(), empty.git("log"), stat.S_IMODE(empty.book.stat().st_mode)) == before


def test_only_what_was_asked_for_is_mended(empty: Shell) -> None:
    everything(empty)
    empty.crm("doctor", "--fix", "deals/site")
    assert "stage_history" in text(empty, "deals/site.yaml")
    assert (empty.book / "contacts/usha.yaml").read_bytes() == b"\0\0"
    assert stat.S_IMODE(empty.book.stat().st_mode) == 0o755


def test_undo_takes_the_mending_back(empty: Shell) -> None:
    empty.write("deals/site.yaml", "name: Site\nstage: proposal\n")
    mend(empty)
    empty.ok("undo")
    assert text(empty, "deals/site.yaml") == "name: Site\nstage: proposal\n"


def test_a_book_of_a_newer_program_is_not_written(empty: Shell) -> None:
    empty.write("crm.yaml", "format: 2\n")
    empty.write("deals/site.yaml", "name: Site\nstage: proposal\n")
    result = empty.crm("doctor", "--fix")
    assert result.code == 7
    assert "stage-history" in result.out
    assert "format 2" in result.err


def test_a_file_that_somebody_staged_is_theirs(asha: Shell) -> None:
    asha.write("contacts/asha.yaml", "name: Asha\nreferred_by: Nobody\n")
    asha.write("deals/site.yaml", "name: Site\nstage: proposal\n")
    asha.git("add", "deals/site.yaml")
    result = asha.crm("doctor", "--fix")
    assert result.code == 7
    assert "deals/site.yaml is staged" in result.err
    assert "stage-history" in result.out


# -- circles of merged records


def test_of_records_merged_in_a_circle_the_only_one_with_content_stays(empty: Shell) -> None:
    tomb = "name: {}\narchived: 2026-11-01\nmerged_into: {}\n"
    empty.write("contacts/asha.yaml", tomb.format("Asha", "bina"))
    empty.write("contacts/bina.yaml", "name: Bina\ntitle: Boss  # since May\nmerged_into: contacts/asha\n")
    empty.write("contacts/self.yaml", tomb.format("Self", "self"))
    assert "contacts/bina.yaml: merged_into taken out" in mend(empty)
    assert text(empty, "contacts/bina.yaml") == "name: Bina\ntitle: Boss  # since May\n"
    assert text(empty, "contacts/self.yaml") == "name: Self\narchived: 2026-11-01\n"
    assert text(empty, "contacts/asha.yaml") == tomb.format("Asha", "bina")
    assert empty.ok("show asha").out.startswith("Bina")


@pytest.mark.parametrize("more", ["", "title: Boss\n"], ids=["none", "both"])
def test_which_of_two_merged_records_stays_is_left_to_people_where_they_do_not_tell(empty: Shell, more: str) -> None:
    for name, into in (("asha", "bina"), ("bina", "asha")):
        empty.write(f"contacts/{name}.yaml", f"name: {name}\nmerged_into: {into}\n{more}")
    before = {path: data for path, data in empty.files().items() if path.startswith("contacts/")}
    mend(empty, code=1)
    assert before.items() <= empty.files().items()


def test_what_cannot_be_read_is_not_promised_another_name(empty: Shell) -> None:
    empty.write("contacts/nul.yaml", "name: [x\n")
    for _ in range(2):
        said = empty.crm("doctor", "--fix")
        assert said.code == 1
        assert "renames" not in said.out
        assert "mends" not in said.err
    assert (empty.book / "contacts/nul.yaml").exists()
