"""The day's work as it is typed: write down, see what is due, do it, put it off, keep in touch."""

import json

import pytest

from crm_cli.cli.terminal import headed
from tests.shell import Shell

ASHA = "name: Asha Sharma\ncadence: 1w\nbirthday: 1984-11-21\ncreated: 2026-11-20\n"


def commits(shell: Shell) -> int:
    return len(shell.git("log", "--format=%h").splitlines())


def test_from_an_empty_book_one_line_writes_down_and_the_loop_closes(empty: Shell) -> None:
    before = commits(empty)
    call, task, contact = empty.ok('log call "Asha Sharma" "wants a website" --create --next "fri Call back"').lines
    assert commits(empty) == before + 1
    assert [len(empty.ok(f"{kind} list --ids").lines) for kind in ("contact", "interaction", "task")] == [1, 1, 1]
    due = "2026-11-27\ttask\t" + f"{task}\tcall\tCall back\tAsha Sharma\t\n"
    assert empty.ok("due --within 7d").out == due
    done = empty.ok(f"done {task} --log agreed")
    assert (done.out, done.err) == ("", f"done: Call back ({task[-6:]}); logged\n")
    assert commits(empty) == before + 2
    assert empty.ok("due --within 90d").out == ""
    rows = [row.split("\t") for row in empty.ok("interaction list --fields id,kind,contact,subject").lines]
    assert [call, "call", contact, "wants a website"] in rows
    assert ["call", contact, "agreed"] in [row[1:] for row in rows]


def test_log_says_in_a_line_what_it_took_your_words_for(empty: Shell) -> None:
    empty.write("contacts/asha-sharma-k7m3q9.yaml", ASHA)
    empty.write("deals/website-h2v8c1.yaml", "name: Website\nstage: proposal\n")
    said = empty.crm(
        *("log", "visit", "asha", "Ravi Rao", "ravi rao", "-m", "x", "--create", "--deal", "website", "-q"),
        *("--at", "21 nov 10:30"),
    )
    assert (said.code, said.err, len(said.lines)) == (0, "", 2)
    words = ("log", "meeting", "asha", "asha", "--deal", "website", "--at", "yesterday", "--minutes", "45", "--in")
    result = empty.crm(*words, "-m", "met", "--outcome", "agreed", "--next", "+1w: may send it")
    assert result.code == 0
    assert result.err == (
        "meeting at 2026-11-19: Asha Sharma (k7m3q9); Website (h2v8c1); next: may send it, due 2026-11-27\n"
    )
    (met,), (visit,) = (
        json.loads(empty.ok(f"interaction list kind:{kind} --json").out) for kind in ("meeting", "visit")
    )
    wanted = {"duration_min": 45, "direction": "in", "outcome": "agreed", "at": "2026-11-19", "deal": "website-h2v8c1"}
    assert {name: met[name] for name in wanted} == wanted
    assert met["contacts"] == ["asha-sharma-k7m3q9"]
    assert len(visit["contacts"]) == 2
    assert visit["at"] == "2025-11-21T10:30:00+05:30"


@pytest.mark.parametrize("kind", ["post", "form", "social", "sms"])
def test_every_way_of_contact_can_be_written_down(empty: Shell, kind: str) -> None:
    empty.write("contacts/asha-sharma-k7m3q9.yaml", ASHA)
    empty.ok(f"log {kind} asha", stdin="a line\nand more\n")
    row = json.loads(empty.ok("interaction list --json").out)[0]
    assert (row["kind"], row["subject"], row["body"]) == (kind, "a line", "and more")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("log call asha x --minutes abc", 2, "--minutes wants a whole number, not abc"),
        ("log call asha x --minutes -5", 2, "--minutes wants a whole number, not -5"),
        ("log call asha x --in --out", 2, "exclude each other"),
        ("log phone asha x", 2, "phone is no kind of interaction"),
        ("log call asha x --next soon", 2, "begins with no date"),
        ("log call asha x --at someday", 2, "is not a date"),
        ("log call -- -x text --create", 3, ""),
        ("snooze back-up +3d", 5, "one time alone cannot be put off"),
        ("snooze old yesterday", 2, "is over, and snooze puts off"),
        ("snooze nothing mon", 3, "no task is known as nothing"),
        ("done closed", 5, "Closed (t00003) is already done, on 2026-11-19"),
        ("cancel closed", 5, "is already done"),
        ("done old closed --log x", 5, "is already done"),
        ("occasions --within soon", 2, "--within"),
        ("touch bogus:1", 2, "bogus"),
        ("due --fields bogus", 2, "due has no column bogus"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(empty: Shell, words: str, code: int, said: str) -> None:
    empty.write("contacts/asha-sharma-k7m3q9.yaml", ASHA)
    empty.write("tasks/old-t00001.yaml", "name: Old\ndue: 2026-11-18\nstatus: open\n")
    empty.write("tasks/back-up-t00002.yaml", "name: Back up\ndue: 2026-11-18\nevery: 1w\nstatus: open\n")
    empty.write("tasks/closed-t00003.yaml", "name: Closed\nstatus: done\ndone: [2026-11-19]\n")
    before = empty.files()
    result = empty.crm(*words.split())
    assert (result.code, said in result.err) == (code, True), result.err
    assert empty.files() == before


def test_done_snooze_and_cancel_say_what_became_of_each(empty: Shell) -> None:
    empty.write("tasks/old-t00001.yaml", "name: Old\ndue: 2026-11-18\nstatus: open\n")
    empty.write("tasks/back-up-t00002.yaml", "name: Back up\ndue: 2026-11-06\nevery: 2w\nstatus: open\n")
    empty.write("tasks/new-t00003.yaml", "name: New\ndue: 2026-11-18T15:00+05:30\nstatus: open\n")
    empty.ok("done old -n")
    assert empty.ok("snooze new +3d").err.splitlines()[-1] == (
        "snoozed: New (t00003), due 2026-11-23 15:00, was 2026-11-18 15:00"
    )
    assert empty.ok("snooze new +3d").err == "nothing to change\n"
    assert empty.ok("done - --next '+1w Send quote'", stdin="back-up-t00002\told\nt00001\n").err.splitlines() == [
        "done: Back up (t00002), 2026-11-20; next: 2026-12-04; next: Send quote, due 2026-11-27",
        "done: Old (t00001); next: Send quote, due 2026-11-27",
    ]
    assert empty.ok("cancel new back-up").err.splitlines() == [
        "canceled: New (t00003)",
        "canceled: Back up (t00002), the whole series: every 2w",
    ]
    assert [line.split("\t")[0] for line in empty.ok("due --within 30d").lines] == ["2026-11-27", "2026-11-27"]


def test_a_task_that_repeats_begins_today_unless_it_says_when(empty: Shell) -> None:
    task = empty.ok("task add 'Water plants' --every 2d").out.strip()
    assert "due: 2026-11-20" in (empty.book / f"tasks/{task}.yaml").read_text()
    days = [line[:10] for line in empty.ok("due --within 5d").lines]
    assert days == ["2026-11-20", "2026-11-22", "2026-11-24"]
    assert empty.ok("due --within 5d --ids").lines == [task] * 3


def test_due_touch_and_occasions_end_with_1_where_nothing_is_and_that_is_asked(empty: Shell) -> None:
    for words in ("due", "due --occasions --stalled", "touch", "touch --all", "occasions"):
        assert (empty.ok(words).out, empty.crm(*words.split(), "--exit-code").code) == ("", 1)
    empty.write("contacts/asha-sharma-k7m3q9.yaml", ASHA)
    assert (
        empty.ok("due --exit-code").out
        == "2026-11-27\tcontact\tasha-sharma-k7m3q9\ttouch\tAsha Sharma\tAsha Sharma\t\n"
    )
    assert empty.ok("due --occasions --exit-code --within 1d --format '{name}'").out == "Birthday: Asha Sharma\n"
    assert empty.ok("touch --all").out == "asha-sharma-k7m3q9\tcontact\tAsha Sharma\tgreen\t2026-11-27\t\t1w\n"
    assert empty.ok("occasions").out == "2026-11-21\tasha-sharma-k7m3q9\tcontact\tAsha Sharma\tbirthday\t42\n"
    assert json.loads(empty.ok("occasions --json").out)[0]["years"] == 42
    assert empty.ok("touch --all --fields name,cadence,owner").out == "Asha Sharma\t1w\t\n"


def test_logging_a_contact_resets_their_cadence_at_once(empty: Shell) -> None:
    empty.write("contacts/asha-sharma-k7m3q9.yaml", ASHA.replace("2026-11-20", "2026-08-01"))
    assert empty.ok("touch --fields name,touch").out == "Asha Sharma\tred\n"
    empty.ok("log note asha 'thought of her'")
    assert empty.ok("touch --fields name,touch").out == "Asha Sharma\tred\n"
    empty.ok("log call asha 'spoke'")
    assert empty.ok("touch").out == ""


def test_a_table_of_what_is_due_has_a_heading_for_how_soon(empty: Shell) -> None:
    empty.write("tasks/old-t00001.yaml", "name: पुराना काम\ndue: 2026-11-18\nstatus: open\n")
    empty.write("tasks/now-t00002.yaml", "name: Now\ndue: 2026-11-20\nstatus: open\n")
    empty.write("tasks/next-t00003.yaml", "name: Next\ndue: 2026-11-24\nstatus: open\n")
    lines = empty.ok("due -o table --fields name").lines
    assert [line.rstrip() for line in lines] == [
        *("name", "", "Overdue (1)", "पुराना काम", "", "Today (1)", "Now", "", "Later (1)", "Next"),
    ]
    assert empty.ok("due").lines[0].startswith("2026-11-18\ttask")
    assert empty.crm("due", "kind:visit", "-o", "table", "--exit-code").code == 1


def test_headings_are_bold_where_there_is_colour() -> None:
    assert headed("name\na\nb\n", [("Today", 2)], colored=True) == "name\n\n\x1b[1mToday (2)\x1b[0m\na\nb\n"


def test_how_late_is_a_word_in_its_colour(empty: Shell) -> None:
    empty.write("contacts/asha-sharma-k7m3q9.yaml", ASHA.replace("2026-11-20", "2026-08-01"))
    assert "\x1b[1;31mred" in empty.ok("touch -o table --color always").out
    assert "\x1b" not in empty.ok("touch -o table").out


def test_somebody_at_a_terminal_hears_that_a_deal_has_no_next_step(
    empty: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.write("deals/website-h2v8c1.yaml", "name: Website\nstage: proposal\n")
    for number in (1, 2):
        text = f"name: Call {number}\ndue: 2026-11-18\nstatus: open\ndeal: website-h2v8c1\n"
        empty.write(f"tasks/call-t0000{number}.yaml", text)
    monkeypatch.setattr("crm_cli.cli.commands.done.is_terminal", lambda _stream: True)
    assert "no next step" not in empty.ok("done t00001").err
    hint = 'no next step: crm log call website-h2v8c1 "..." --next "+1w Call"'
    assert empty.ok("done t00002").err.splitlines()[-1] == hint


@pytest.mark.parametrize("verb", ["done", "snooze", "cancel"])
def test_the_tab_key_offers_tasks(looking: Shell, verb: str) -> None:
    offered = [line.partition("\t")[0] for line in looking.crm(verb, "", _CRM_COMPLETE="zsh").lines]
    assert offered
    assert set(offered) <= set(looking.ok("task list --ids").lines)
    when = [line.partition("\t")[0] for line in looking.crm("snooze", "x", "+", _CRM_COMPLETE="zsh").lines]
    assert when == ["+1d", "+3d", "+1w", "+1mo"]


def test_a_log_is_about_firms_and_deals_and_may_be_written_in_the_editor(empty: Shell) -> None:
    empty.write("organizations/acme-b4x8w2.yaml", "name: Acme\n")
    empty.write("contacts/asha-sharma-k7m3q9.yaml", ASHA)
    deal = "name: Website\nstage: proposal\norganization: acme-b4x8w2\ncontacts: [contacts/asha-sharma-k7m3q9]\n"
    empty.write("deals/website-h2v8c1.yaml", deal)
    empty.crm("log", "note", "acme", "--edit", EDITOR="sh -c 'echo written at leisure > $0'")
    empty.ok("log call website 'agreed'")
    shown = "--fields subject,contact,organization,deal --header"
    rows = empty.ok(f"interaction list {shown}").lines[1:]
    assert sorted(rows) == [
        "agreed\tasha-sharma-k7m3q9\tacme-b4x8w2\twebsite-h2v8c1",
        "written at leisure\t\tacme-b4x8w2\t",
    ]
    assert empty.crm("log", "call", "-", stdin="acme\n").code == 2
    refused = empty.crm("log", "call", "-m", "x", "--create", "--", "-x")
    assert (refused.code, "no name for a new contact" in refused.err) == (2, True), refused.err
