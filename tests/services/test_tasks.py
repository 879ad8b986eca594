"""Tasks that are done, put off and given up: once, and again and again."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.schema.convert import file_tree
from crm_cli.services.tasks import cancel, finish, snooze, subject_and_body, without_step
from crm_cli.store.merge import merge
from tests.services.agenda_book import Agenda, after, said
from tests.shell import Shell

CALL = "{name: Call back | due: 2026-11-20 | kind: call | contact: asha-k7m3q9 | deal: website-h2v8c1 | status: open}"


def done(agenda: Agenda, now: str, text: str, **told: Any) -> tuple[dict[str, Any], str]:
    """What `done` makes of a task, and what it says."""
    book, task = agenda.task(now, text)
    plan, echo = finish(book, [task], text=None, next_step=None, at=told.get("at"))
    return said(after(plan)[0]), echo[0]


def test_a_task_that_is_done_has_its_day(agenda: Agenda) -> None:
    assert done(agenda, "2026-11-21", CALL) == (
        {"due": "2026-11-20", "status": "done", "done": "2026-11-21"},
        "done: Call back (k7m3q9)",
    )
    assert done(agenda, "2026-11-21", CALL, at="yesterday") == (
        {"due": "2026-11-20", "status": "done", "done": "2026-11-20"},
        "done: Call back (k7m3q9) on 2026-11-20",
    )


@pytest.mark.parametrize("status", ["done", "canceled"])
def test_what_is_closed_is_refused_in_a_sentence(agenda: Agenda, status: str) -> None:
    book, task = agenda.task("2026-11-21", f"{{name: Call back | status: {status} | done: [2026-11-19]}}")
    works = [lambda: finish(book, [task], text="x", next_step="mon", at=None), lambda: cancel(book, [task])]
    for work in [*works, lambda: snooze(book, [task], "mon")]:
        with pytest.raises(Invalid) as caught:
            work()
        on = ", on 2026-11-19" if status == "done" else ""
        assert caught.value.message == f"Call back (k7m3q9) is already {status}{on}"
        assert caught.value.hint == "crm set call-k7m3q9 status=open opens it again"


def test_nothing_is_done_before_its_day(agenda: Agenda) -> None:
    book, task = agenda.task("2026-11-21", CALL)
    with pytest.raises(BadRequest, match="nothing is done before its day"):
        finish(book, [task], text=None, next_step=None, at="2026-11-23")


AGAIN = [
    # due, every, done before, what is said of it, fields that are new
    ("2026-11-20", "2w", "", ", 2026-11-20; next: 2026-12-04", {"done": "2026-11-20"}),
    ("2026-10-09", "2w", "", ", 2026-11-20; next: 2026-12-04", {"done": "2026-11-20"}),
    ("2026-11-13", "2w", "", ", 2026-11-13; next: 2026-11-27", {"done": "2026-11-13"}),
    ("2026-11-13", "2w", "2026-11-13", ", 2026-11-27; next: 2026-12-11", {"done": "2026-11-13 2026-11-27"}),
    ("2026-11-10", "2w after", "", ", 2026-11-20; next: 2026-12-04", {"done": "2026-11-20"}),
    (
        "2026-12-24",
        "2w after",
        "2026-11-10",
        ", 2026-11-20; next: 2026-12-04",
        {"due": "2026-11-20", "done": "2026-11-10 2026-11-20"},
    ),  # it had been put off, and is done before that
    (
        "2026-11-06",
        "FREQ=WEEKLY;COUNT=3",
        "2026-11-13",
        ", 2026-11-20; it does not come again",
        {"done": "2026-11-13 2026-11-20", "status": "done"},
    ),
    (
        "2026-11-06",
        "FREQ=WEEKLY;UNTIL=20261110",
        "2026-11-06",
        "; it does not come again",
        {"done": "2026-11-06 2026-11-20", "status": "done"},
    ),
    ("2026-11-20T15:00+05:30", "1d", "", ", 2026-11-20; next: 2026-11-21", {"done": "2026-11-20"}),
]


@pytest.mark.parametrize(("due", "every", "before", "words", "new"), AGAIN)
def test_of_a_task_that_repeats_one_occurrence_is_done(
    agenda: Agenda, due: str, every: str, before: str, words: str, new: dict[str, str]
) -> None:
    text = f"{{name: Back up | due: {due} | every: {every} | status: open | done: [{before}]}}"
    values, echo = done(agenda, "2026-11-20", text)
    assert echo == f"done: Back up (k7m3q9){words}"
    assert values == {"due": due, "status": "open", **new}


def test_what_counts_from_its_completion_is_done_once_a_day(agenda: Agenda) -> None:
    book, task = agenda.task("2026-11-20", "{name: Back up | due: 2026-11-10 | every: 2w after | done: [2026-11-20]}")
    plan, echo = finish(book, [task], text=None, next_step=None, at=None)
    assert plan.changes == ()
    assert echo == ["done: Back up (k7m3q9), 2026-11-20; next: 2026-12-04"]


def test_a_rule_without_a_date_begins_on_the_day_it_is_done(agenda: Agenda) -> None:
    values, echo = done(agenda, "2026-11-20", "{name: Back up | every: 1w}")
    assert echo == "done: Back up (k7m3q9), 2026-11-20; next: 2026-11-27"
    assert values["done"] == "2026-11-20"


def test_done_writes_down_what_came_of_it_and_the_step_behind(agenda: Agenda) -> None:
    book, task = agenda.task("2026-11-20", CALL)
    plan, echo = finish(book, [task], text="agreed\nAll of it.", next_step="+1w Send quote", at="yesterday")
    assert echo == ["done: Call back (k7m3q9) on 2026-11-19; logged; next: Send quote, due 2026-11-27"]
    (call,), (_old, step) = after(plan, "interaction"), after(plan)
    assert (call.kind, call.at.text, call.subject, call.body) == ("call", "2026-11-19", "agreed", "All of it.")
    assert (call.contacts, call.deal) == (("asha-k7m3q9",), "website-h2v8c1")
    assert (step.contact, step.deal, step.kind, step.due.text) == (
        "asha-k7m3q9",
        "website-h2v8c1",
        "todo",
        "2026-11-27",
    )


def test_what_is_no_call_or_message_is_written_down_as_a_note(agenda: Agenda) -> None:
    book, task = agenda.task("2026-11-20", "{name: Prepare | kind: todo}")
    plan, _echo = finish(book, [task], text="x" * 81, next_step=None, at=None)
    note = after(plan, "interaction")[0]
    assert (note.kind, note.subject, note.body) == ("note", None, "x" * 81)
    assert subject_and_body("\n") == {"subject": None, "body": None}


def test_a_next_step_begins_with_a_date_and_says_what_else(agenda: Agenda) -> None:
    book, task = agenda.task("2026-11-20", CALL)
    plan, _echo = finish(book, [task], text=None, next_step="mon", at=None)
    assert after(plan)[1].name == "Follow up: Call back"
    with pytest.raises(BadRequest, match="begins with no date"):
        finish(book, [task], text=None, next_step="Call back", at=None)


SNOOZED = [
    ("due: 2026-11-20", "+3d", {"due": "2026-11-23", "snoozed_from": "2026-11-20"}),
    ("due: 2026-11-02", "+3d", {"due": "2026-11-23", "snoozed_from": "2026-11-02"}),
    ("due: 2026-11-30", "+3d", {"due": "2026-11-23", "snoozed_from": "2026-11-30"}),
    ("due: 2026-11-20 | snoozed_from: 2026-11-01", "mon", {"due": "2026-11-23", "snoozed_from": "2026-11-01"}),
    ("due: 2026-11-20T15:30+05:30", "mon", {"due": "2026-11-23T15:30:00+05:30", "snoozed_from": "2026-11-20"}),
    ("due: 2026-11-20T15:30+05:30", "today", {"due": "2026-11-20T15:30+05:30"}),
    (
        "due: 2026-11-20",
        "tomorrow 15:00",
        {"due": "2026-11-21T15:00:00+05:30", "snoozed_from": "2026-11-20"},
    ),
    ("kind: todo", "mon", {"due": "2026-11-23"}),
    ("due: 2026-11-20 | every: 2w after", "mon", {"due": "2026-11-23", "snoozed_from": "2026-11-20"}),
    (
        "due: 2026-10-20 | every: 2w after | done: [2026-11-05]",
        "mon",
        {"due": "2026-11-23", "snoozed_from": "2026-10-20", "done": "2026-11-05"},
    ),
]


@pytest.mark.parametrize(("fields", "when", "expected"), SNOOZED)
def test_a_task_is_put_off(agenda: Agenda, fields: str, when: str, expected: dict[str, str]) -> None:
    book, task = agenda.task("2026-11-20", f"{{name: Call | {fields}}}")
    plan, echo = snooze(book, [task], when)
    changed = after(plan)
    assert said(changed[0]) == expected if changed else expected == {"due": task.due.text}
    assert f"due {expected['due'][:16].replace('T', ' ')}" in echo[0]


def test_what_was_put_off_says_when_it_was_due(agenda: Agenda) -> None:
    book, task = agenda.task("2026-11-20", CALL)
    assert snooze(book, [task], "mon")[1] == ["snoozed: Call back (k7m3q9), due 2026-11-23, was 2026-11-20"]


@pytest.mark.parametrize(("fields", "when"), [("", "2026-11-19"), (" | due: 2026-11-20T09:00+05:30", "today")])
def test_nothing_is_put_off_into_the_past(agenda: Agenda, fields: str, when: str) -> None:
    book, task = agenda.task("2026-11-20", f"{{name: Call{fields}}}")
    with pytest.raises(BadRequest, match="is over, and snooze puts off"):
        snooze(book, [task], when)


@pytest.mark.parametrize("every", ["2w", "FREQ=DAILY", "2w after"])
def test_one_time_of_a_series_cannot_be_put_off(agenda: Agenda, every: str) -> None:
    book, task = agenda.task("2026-11-20", f"{{name: Call | due: 2026-11-06 | every: {every} | done: [2026-11-19]}}")
    with pytest.raises(Invalid) as caught:
        snooze(book, [task], "tomorrow")
    assert caught.value.message == f"Call (k7m3q9) repeats: every {every}; one time alone cannot be put off"
    assert "crm done call-k7m3q9" in caught.value.hint
    assert "crm set call-k7m3q9 due=2026-11-21 moves the series" in caught.value.hint


def test_what_is_given_up_is_canceled_a_series_as_a_whole(agenda: Agenda) -> None:
    agenda.write({"tasks/back-up-b4x8w2": "{name: Back up | due: 2026-11-06 | every: 2w | status: open}"})
    book, call = agenda.task("2026-11-20", CALL)
    plan, echo = cancel(book, [call, book.record("tasks/back-up-b4x8w2.yaml")])
    assert [said(task)["status"] for task in after(plan)] == ["canceled", "canceled"]
    assert echo == ["canceled: Call back (k7m3q9)", "canceled: Back up (b4x8w2), the whole series: every 2w"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ["website-h2v8c1"]),
        ({"deals/website-h2v8c1": "{name: Website | stage: won}"}, []),
        ({"tasks/more-b4x8w2": "{name: More | due: 2026-12-01 | deal: website-h2v8c1 | status: open}"}, []),
        ({"tasks/more-b4x8w2": "{name: More | deal: website-h2v8c1 | status: done}"}, ["website-h2v8c1"]),
        ({"tasks/call-k7m3q9": "{name: Call | contact: asha-k7m3q9}"}, ["asha-k7m3q9"]),
        ({"tasks/call-k7m3q9": "{name: Call | contact: nobody-k7m3q9}"}, []),
        ({"tasks/call-k7m3q9": "{name: Call}"}, []),
        ({"tasks/call-k7m3q9": "{name: Call | deal: website-h2v8c1 | due: 2026-11-20 | every: 1w | status: open}"}, []),
    ],
)
def test_a_deal_without_a_next_step_is_noticed(agenda: Agenda, files: dict[str, str], expected: list[str]) -> None:
    agenda.write(
        {
            "contacts/asha-k7m3q9": "{name: Asha}",
            "deals/website-h2v8c1": "{name: Website | stage: proposal}",
            "tasks/call-k7m3q9": CALL,
            **files,
        }
    )
    book = agenda.at("2026-11-20")
    plan, _echo = finish(book, [book.record("tasks/call-k7m3q9.yaml")], text=None, next_step=None, at=None)
    assert without_step(book, plan) == expected


SERIES = "{name: Back up | due: 2026-11-06 | every: 2w | status: open}"


@pytest.mark.parametrize(
    ("one", "other", "done_days", "next_day"),
    [
        ("2026-11-21", "2026-11-22", "2026-11-20", "2026-12-04"),  # both mean the same occurrence
        ("2026-11-21T00:30:00+05:30", "2026-11-20T23:30:00+05:30", "2026-11-20", "2026-12-04"),
        ("2026-11-19", "2026-11-22", "2026-11-06 2026-11-20", "2026-12-04"),
    ],
)
def test_two_machines_that_finish_an_occurrence_agree(
    agenda: Agenda, one: str, other: str, done_days: str, next_day: str
) -> None:
    versions = []
    for now in (one, other):
        book, task = agenda.task(now, SERIES)
        versions.append(after(finish(book, [task], text=None, next_step=None, at=None)[0])[0])
    for later in ("x", "y"):
        merged = merge(task, *versions, later=later, settings=book.settings)  # type: ignore[arg-type]
        assert merged.kept_aside == ()
        assert sorted(said(merged.record)["done"].split()) == done_days.split()
        tree = file_tree(merged.record, book.settings)  # type: ignore[arg-type]
        agenda.write({"tasks/call-k7m3q9": "\n".join(f"{name}: {_flow(value)}" for name, value in tree.items())})
        found = agenda.at("2026-11-23")
        rows = found.table("task", [found.kinds["task"]], found.parse([], []), ["status", "overdue"]).rows
        assert [row[:2] for row in rows] == [("open", False)]
        assert _next(found) == next_day


def _flow(value: Any) -> str:
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


def _next(book: Any) -> str:
    return str(next(iter(book.index.select([book.kinds["task"]], book.parse([], []), [("_next",)])))[0])


def test_two_clones_that_finish_the_same_occurrence_merge_in_git_by_themselves(tmp_path: Path) -> None:
    one = Shell(tmp_path / "home", tmp_path / "one")
    one.ok(f"init {one.book}")
    task = one.ok("task add 'Back up' --due 2026-11-06 --every 2w").out.strip()
    shutil.copytree(one.book, tmp_path / "two")
    two = Shell(tmp_path / "home", tmp_path / "two")
    one.ok(f"done {task}", CRM_NOW="2026-11-21T10:00:00+05:30")
    two.ok(f"done {task}", CRM_NOW="2026-11-23T20:00:00+05:30")
    one.git("fetch", "-q", str(two.book), "HEAD")
    one.git("merge", "-q", "--no-edit", "FETCH_HEAD")
    assert one.git("status", "--porcelain") == ""
    assert "done:\n  - 2026-11-20\n" in (one.book / f"tasks/{task}.yaml").read_text()
    assert one.ok("due --within 14d", CRM_NOW="2026-11-23T20:00:00+05:30").out.startswith("2026-12-04\t")
