"""Timelines: everything that happened in its order, told once, by whom; of firms, people and deals."""

import json
import shutil
from pathlib import Path

import pytest

from crm_cli.store.git import open_git
from crm_cli.store.history import commits
from tests.shell import Shell


def told(shell: Shell, ref: str, *, without: str = "") -> list[list[str]]:
    """What, kind, text and by of each row, but for those of one sort.

    Where changes stand among the rest is the machine's clock to say, which CRM_NOW does not move.
    """
    rows = [line.split("\t") for line in shell.ok(f"timeline {ref} --fields what,kind,text,by").lines]
    return [row for row in rows if row[0] != without]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Acme with two people and a deal, on which one of them is."""
    shell = Shell(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("firm") / "book")
    shell.ok(f"init {shell.book}")
    shell.ok("organization add Acme --created 2026-01-01")
    shell.ok("contact add 'Asha Sharma' --organization acme --title Buyer --created 2026-01-02")
    shell.ok("contact add 'Ravi Rao' --organization acme --created 2026-01-03")
    shell.ok("deal add Website --organization acme --contact asha --created 2026-01-04")
    return shell


@pytest.fixture
def firm(made: Shell, tmp_path: Path) -> Shell:
    """A copy of that book."""
    shutil.copytree(made.book, tmp_path / "book", symlinks=True)
    return Shell(tmp_path / "home", tmp_path / "book")


def test_what_was_said_moved_done_and_changed_stands_in_one_order(firm: Shell) -> None:
    firm.ok("log call asha 'wants a website' --at 2026-11-10T09:00 --outcome 'call back' --deal website")
    firm.ok("set asha title=Head")
    firm.ok("move website proposal")
    task = firm.ok("task add 'Send the quote' --kind email --contact asha --due 2026-11-19").out.strip()
    firm.ok(f"done {task} --at 2026-11-19")
    rows = told(firm, "asha")
    assert [row for row in rows if row[0] != "change"] == [
        ["stage", "deal", "Website: prospecting -> proposal", "Meera"],
        ["task", "email", "Send the quote", ""],
        ["interaction", "call", "wants a website → call back", "Meera"],
        ["stage", "deal", "Website: prospecting", "Meera"],
        ["created", "contact", "Asha Sharma", "Meera"],
    ]
    assert [row for row in rows if row[0] == "change"] == [["change", "contact", "title: Buyer -> Head", "Meera"]]


def test_a_stage_move_is_told_once_and_its_reason_with_it(firm: Shell) -> None:
    firm.ok("move website lost --reason price --at 2026-11-18")
    firm.ok("set website amount=5000 competitor=Pixel")
    rows = told(firm, "website")
    assert sorted(row for row in rows if row[0] == "change") == [
        ["change", "deal", "amount: (none) -> 5000 INR", "Meera"],
        ["change", "deal", "competitor: (none) -> Pixel", "Meera"],
    ]
    assert [row for row in rows if row[0] != "change"] == [
        ["stage", "deal", "prospecting -> lost (price)", "Meera"],
        ["stage", "deal", "prospecting", "Meera"],
        ["created", "deal", "Website", "Meera"],
    ]
    firm.ok("set website lost_reason=timing")
    assert ["change", "deal", "lost_reason: price -> timing", "Meera"] in told(firm, "website")


def test_of_a_firm_everything_of_its_people_and_deals(firm: Shell) -> None:
    firm.ok("log visit ravi 'saw the mill' --at 2026-11-01")
    firm.ok("set ravi title=Director")
    firm.ok("move website won")
    rows = told(firm, "acme")
    assert ["interaction", "visit", "saw the mill", "Meera"] in rows
    assert ["change", "contact", "Ravi Rao: title: (none) -> Director", "Meera"] in rows
    assert ["stage", "deal", "Website: prospecting -> won", "Meera"] in rows
    created = {row[2] for row in rows if row[0] == "created"}
    assert created == {"Acme", "Asha Sharma", "Ravi Rao", "Website"}
    assert told(firm, "ravi", without="change") == [
        ["interaction", "visit", "saw the mill", "Meera"],
        ["created", "contact", "Ravi Rao", "Meera"],
    ]


def test_every_time_that_a_recurring_task_was_done(firm: Shell) -> None:
    done = "done:\n  - 2026-10-05\n  - 2026-11-05\n"
    firm.write("tasks/pay-abcdef.yaml", f"name: Pay\nkind: todo\ndue: 2026-10-05\nevery: 1mo on 5\n{done}")
    firm.ok("set pay deal=website")
    rows = [line.split("\t")[:2] for line in firm.ok("timeline website").lines]
    assert [row for row in rows if row[1] == "task"] == [["2026-11-05", "task"], ["2026-10-05", "task"]]
    own = told(firm, "pay")
    assert [row[0] for row in own].count("task") == 2
    assert ["change", "task", "deal: (none) -> " + firm.ok("deal list --ids").out.strip(), "Meera"] in own


def test_a_finished_task_is_no_change_of_its_fields_and_opening_it_again_is(firm: Shell) -> None:
    task = firm.ok("task add Call --due 2026-11-19").out.strip()
    firm.ok(f"done {task}")
    assert [row[0] for row in told(firm, task)] == ["task", "created"]
    firm.ok(f"set {task} status=canceled")
    assert ["change", "task", "status: done -> canceled", "Meera"] in told(firm, task)


def test_what_is_planned_and_what_is_archived_is_not_told(firm: Shell) -> None:
    firm.ok("log meeting asha 'next week' --at 2026-11-27T10:00+05:30")
    gone = firm.ok("log note asha 'a slip of the pen' --at 2026-11-01").out.strip()
    firm.ok(f"rm {gone}")
    assert [row[0] for row in told(firm, "asha")] == ["stage", "created"]


def test_moments_in_other_zones_take_their_place(firm: Shell) -> None:
    for at, text in (("2026-11-10T23:30:00-05:00", "later"), ("2026-11-11T09:30:00+05:30", "earlier")):
        firm.ok(f"log call asha '{text} one' --at {at}")
    texts = [row[2] for row in told(firm, "asha") if row[0] == "interaction"]
    assert texts == ["later one", "earlier one"]


def test_the_author_of_a_change_is_the_user_with_that_address(firm: Shell) -> None:
    with (firm.book / "crm.yaml").open("a") as settings:
        settings.write("users: {meera: {name: Meera Wagle, emails: [meera@studio.example]}}\n")
    firm.ok("set asha title=Head")
    assert ["change", "contact", "title: Buyer -> Head", "meera"] in told(firm, "asha")


def test_long_values_are_cut_and_the_shape_is_that_of_every_list(firm: Shell) -> None:
    firm.ok(f"set asha notes='{'tea ' * 100}'")
    rows = [json.loads(line) for line in firm.ok("timeline asha -o jsonl").lines]
    assert set(rows[0]) == {"at", "what", "id", "kind", "text", "by"}
    (change,) = [row for row in rows if row["what"] == "change"]
    assert change["text"].startswith("notes: (none) -> tea tea")
    assert len(change["text"]) < 90
    assert firm.crm("timeline", "nobody").code == 3
    assert firm.ok("timeline asha --ids").lines[-1].startswith("asha-sharma-")


def test_a_book_without_a_commit_tells_what_its_files_say(empty: Shell) -> None:
    (empty.book / ".git" / "HEAD").write_text("ref: refs/heads/unborn\n")
    empty.write("contacts/asha-abcdef.yaml", "name: Asha\ncreated: 2026-01-01\n")
    empty.write(
        "interactions/2026/11/2026-11-02-call-asha-abcdeg.yaml", "at: 2026-11-02\nkind: call\ncontacts: [asha-abcdef]\n"
    )
    assert told(empty, "asha") == [["interaction", "call", "", ""]]


def test_files_in_several_folders_give_the_commits_that_each_of_them_gives(firm: Shell) -> None:
    firm.ok("set ravi title=Director")
    firm.ok("set website amount=5000")
    git = open_git(firm.book)
    head = firm.git("rev-parse", "HEAD").strip()
    paths = [path for path in firm.files() if path.endswith(".yaml") and "/" in path and "ravi" not in path]
    together = {commit.oid: commit.paths for commit in commits(git, head, paths, merges=False)}
    alone: dict[str, tuple[tuple[str, str], ...]] = {}
    for path in paths:
        for commit in commits(git, head, [path], merges=False):
            alone[commit.oid] = (*alone.get(commit.oid, ()), *commit.paths)
    assert {oid: sorted(found) for oid, found in together.items()} == {
        oid: sorted(found) for oid, found in alone.items()
    }
    assert len(together) == 4
