"""The acts of the screens: what is asked, what is written, one commit each; the files are looked at afterwards."""

import asyncio
import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_cli.base.errors import Unreachable
from crm_cli.services.syncing import sync as syncing
from crm_cli.tui.dialogs.choose import Choose
from crm_cli.tui.dialogs.confirm import Confirm
from crm_cli.tui.forms import Form
from tests.shell import Shell
from tests.tui.conftest import ENDED, SMALL, play, press, settled, shown, told, write

SETTINGS = """
fields:
  deal:
    decision_maker: {type: text, required_from: offer}
pipelines:
  sales:
    stages:
      - {name: talk, probability: 10}
      - {name: offer, probability: 50, required: [amount]}
      - {name: won, type: won}
      - {name: lost, type: lost, required: [lost_reason]}
"""


@pytest.fixture
def work(empty: Shell) -> Shell:
    """A person, a deal, three tasks that are due."""
    with (empty.book / "crm.yaml").open("a") as settings:
        settings.write(SETTINGS)
    empty.write("organizations/acme-b4x8w2.yaml", "name: Acme\n")
    empty.write("contacts/asha-a1b2c3.yaml", "name: Asha Sharma\norganization: acme-b4x8w2\ntags: [old]\n")
    empty.write(
        "deals/website-d1d2d3.yaml",
        "name: Website\norganization: acme-b4x8w2\ncontacts: [asha-a1b2c3]\nstage: talk\n"
        "created: 2026-11-19T10:00:00+05:30\n",
    )
    for number, (name, links) in enumerate(
        (("Call Asha", "contact: asha-a1b2c3\ndeal: website-d1d2d3\n"), ("Post it", ""), ("Sweep", "")), 1
    ):
        text = f"name: {name}\ndue: 2026-11-2{number}\nkind: call\n{links}status: open\n"
        empty.write(f"tasks/{name.lower().replace(' ', '-')}-t{number}t{number}t{number}.yaml", text)
    empty.git("add", "-A")
    empty.git("commit", "-qm", "work")
    return empty


def task(shell: Shell, number: int) -> str:
    return next(shell.book.glob(f"tasks/*-t{number}t{number}t{number}.yaml")).read_text()


def subjects(shell: Shell) -> list[str]:
    """The commits since the book was made, newest first."""
    return shell.git("log", "--format=%s").splitlines()[:-2]


def interactions(shell: Shell) -> list[str]:
    return [path.read_text() for path in sorted(shell.book.glob("interactions/**/*.yaml"))]


def said(pilot: Pilot[int], text: str) -> bool:
    return any(text in line for line in told(pilot.app))


def test_a_call_is_logged_with_its_follow_up_in_one_commit(work: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "c")
        form = pilot.app.screen
        assert isinstance(form, Form)
        assert {row.blank.name: row.lines for row in form.rows[:2]} == {
            "kind": ("call",),
            "with": ("Asha Sharma, Website",),
        }
        await write(pilot, "wants blue")
        await press(pilot, "enter")
        await write(pilot, "and green")
        await press(pilot, "tab")
        await write(pilot, "fri call back")
        assert any("Fri 27 Nov 2026: call back" in line for line in shown(pilot.app))
        await press(pilot, "ctrl+s")
        assert said(pilot, "call: Asha Sharma (a1b2c3); Website (d1d2d3); next: call back, due 2026-11-27 - u takes it")

    play(work, act, first="day")
    [text] = interactions(work)
    assert "kind: call" in text
    assert "- asha-a1b2c3" in text
    assert "deal: website-d1d2d3" in text
    assert "subject: wants blue" in text
    assert "and green" in text
    [step] = work.book.glob("tasks/call-back-*.yaml")
    assert "due: 2026-11-27" in step.read_text()
    assert len(subjects(work)) == 1


def test_a_line_that_wants_one_of_a_few_words_offers_them_below_it_and_takes_none_unasked(work: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "L")
        lines = shown(pilot.app)
        at = next(number for number, line in enumerate(lines) if "*kind" in line)
        assert "call" in lines[at + 1]
        assert "whatsapp" in lines[at + 2]
        await press(pilot, "tab")
        assert pilot.app.screen.rows[0].lines == ()
        await press(pilot, "shift+tab", "down", "down", "enter")
        assert pilot.app.screen.rows[0].lines == ("whatsapp",)
        assert next(number for number, line in enumerate(shown(pilot.app)) if "*kind" in line) == at
        await press(pilot, "ctrl+s")

    play(work, act, first="contact", size=SMALL)
    [text] = interactions(work)
    assert "kind: whatsapp" in text


def test_what_is_typed_before_the_dialog_stands_there_does_not_leave_the_screen(work: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        pilot.app.screen.action_log("call")
        assert pilot.app.hand.opening
        await pilot.press("q", "2", "x")
        await settled(pilot)
        assert isinstance(pilot.app.screen, Form)
        await press(pilot, "ctrl+q")
        assert not isinstance(pilot.app.screen, Form)
        assert not pilot.app.hand.opening

    play(work, act, first="day")
    assert subjects(work) == []


def test_a_next_step_without_a_date_stays_in_the_form(work: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "n", "tab")
        await write(pilot, "call back")
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, Form)
        assert any("that begins with no date" in line for line in shown(pilot.app))

    play(work, act, first="task")
    assert interactions(work) == []


def test_a_task_is_done_with_a_note_and_what_comes_next(work: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "d")
        await write(pilot, "sent")
        await press(pilot, "tab")
        await write(pilot, "+1w ask again")
        await press(pilot, "ctrl+s")

    play(work, act, first="task")
    assert "status: done" in task(work, 1)
    [text] = interactions(work)
    assert "subject: sent" in text
    assert len(list(work.book.glob("tasks/ask-again-*.yaml"))) == 1
    assert len(subjects(work)) == 1


def test_marked_tasks_are_done_and_put_off_in_one_commit_each_and_pressing_twice_does_it_once(work: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "space", "space", "z")
        choose = pilot.app.screen
        assert isinstance(choose, Choose)
        assert ("+3d", "Mon 23 Nov 2026") in choose.choices
        await write(pilot, "28 nov")
        assert any("Sat 28 Nov 2026" in line for line in shown(pilot.app))
        await press(pilot, "enter")
        assert said(pilot, "snoozed: Call Asha (t1t1t1), due 2026-11-28")
        await pilot.press("d", "d")
        await settled(pilot)

    play(work, act, first="task")
    assert "status: done" in task(work, 1)
    assert "due: 2026-11-28" in task(work, 1)
    assert "status: done" in task(work, 2)
    assert "status: open" in task(work, 3)
    assert subjects(work) == ["done task t1t1t1, task t2t2t2", "snooze task t1t1t1, task t2t2t2"]


def test_a_deal_moves_and_what_the_stage_asks_for_is_asked(work: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "m")
        await write(pilot, "off")
        await press(pilot, "enter")
        form = pilot.app.screen
        assert isinstance(form, Form), shown(pilot.app)
        assert [row.blank.name for row in form.rows] == ["amount", "custom.decision_maker"]
        await write(pilot, "1.5 lakh")
        await press(pilot, "tab")
        await write(pilot, "Asha")
        await press(pilot, "ctrl+s")
        assert said(pilot, "Website: talk -> offer")
        await press(pilot, "m")
        await write(pilot, "lost")
        await press(pilot, "enter")
        await write(pilot, "pri")
        await press(pilot, "enter", "ctrl+s")
        assert said(pilot, "Website: offer -> lost")

    play(work, act, first="deal")
    text = (work.book / "deals/website-d1d2d3.yaml").read_text()
    assert "amount: 150000 INR" in text
    assert "decision_maker: Asha" in text
    assert "lost_reason: price" in text
    assert "stage: lost" in text
    assert subjects(work) == ["move deal d1d2d3", "move deal d1d2d3"]


def test_tags_come_and_go_together(work: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "t")
        await write(pilot, "vip -old")
        await press(pilot, "enter")
        assert said(pilot, "tagged Asha Sharma: +vip -old - u takes it back")

    play(work, act, first="contact")
    text = (work.book / "contacts/asha-a1b2c3.yaml").read_text()
    assert "vip" in text
    assert "old" not in text.partition("tags")[2]
    assert subjects(work) == ["tag contact a1b2c3"]


def test_archiving_is_asked_and_undo_shows_what_it_takes_back(work: Shell) -> None:
    before = (work.book / "contacts/asha-a1b2c3.yaml").read_text()

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "x")
        assert isinstance(pilot.app.screen, Confirm)
        await press(pilot, "n", "x", "y")
        assert "archived: 2026-11-20" in (work.book / "contacts/asha-a1b2c3.yaml").read_text()
        await press(pilot, "u")
        lines = "\n".join(shown(pilot.app))
        assert "Take back: archive contact a1b2c3 (Asha Sharma)?" in lines
        assert "archived: 2026-11-20 -> (none)" in lines
        work.ok("set website-d1d2d3 next_step=Wait")  # what was shown is taken back, not what came meanwhile
        await press(pilot, "y")
        assert said(pilot, "taken back: archive contact a1b2c3")

    play(work, act, first="contact")
    assert (work.book / "contacts/asha-a1b2c3.yaml").read_text() == before
    assert subjects(work) == ["undo archive contact a1b2c3", "set deal d1d2d3", "archive contact a1b2c3"]
    assert "next_step: Wait" in (work.book / "deals/website-d1d2d3.yaml").read_text()


def test_a_book_that_is_open_for_reading_refuses_in_a_sentence(work: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        for key in ("c", "d", "z", "t", "i", "e", "a", "x", "u", "S"):
            await press(pilot, key)
            assert said(pilot, "the book is open for reading only")
            pilot.app.clear_notifications()

    play(work, act, first="task", read_only=True)
    assert subjects(work) == []


def test_a_task_is_not_done_twice_and_what_has_no_task_says_so(work: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "d")
        assert said(pilot, "Acme is no task and has none that is open")
        await press(pilot, "m")
        assert said(pilot, "Acme is no deal")

    play(work, act, first="organization")
    assert subjects(work) == []


EDITOR = """#!/bin/sh
sed -i "s/Asha Sharma/$(cat "$0.word")/" "$1"
"""


def test_the_editor_changes_the_file_and_what_does_not_read_is_opened_again(
    work: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    word = tmp_path / "editor.word"
    word.write_text('"broken')
    work.environ["EDITOR"] = str(editor)
    monkeypatch.setattr("crm_cli.tui.app.CrmApp.suspend", lambda _app: asyncio_null())

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, Confirm), told(pilot.app)
        assert any("contacts/asha-a1b2c3.yaml" in line for line in shown(pilot.app))
        word.write_text("never there")
        await press(pilot, "n")
        assert said(pilot, "nothing was changed; what you wrote is in")
        word.write_text("Asha Verma")
        await press(pilot, "e")

    play(work, act, first="contact")
    assert "name: Asha Verma" in (work.book / "contacts/asha-a1b2c3.yaml").read_text()
    assert subjects(work) == ["edit contact a1b2c3"]


def asyncio_null() -> "threading.Lock":
    """A context that does nothing, where there is no terminal to leave."""
    return threading.Lock()


def test_a_sync_leaves_the_keyboard_free_and_tells_how_it_went(
    work: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    work.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    gate = threading.Event()
    real = syncing.sync

    def slow(*given: object, **named: object) -> object:
        assert gate.wait(30)
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(syncing, "sync", slow)

    async def act(pilot: Pilot[int]) -> None:
        await pilot.press("S", "S")
        await pilot.press("3")
        async with asyncio.timeout(30):
            while pilot.app.screen.here != "contact":
                await asyncio.sleep(0.005)
            gate.set()
            while any(worker.group == "act" and worker.state not in ENDED for worker in pilot.app.workers):
                await asyncio.sleep(0.005)
        await settled(pilot)
        assert told(pilot.app) == ["origin: everything went"]

    play(work, act, first="day")
    assert work.git("ls-remote", "origin", "main").split()[0] == work.git("rev-parse", "HEAD").strip()


def test_being_offline_is_one_sentence(work: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_given: object, **_named: object) -> object:
        raise Unreachable("git.example cannot be reached", hint="try again when there is a network")

    monkeypatch.setattr(syncing, "sync", offline)

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "S")
        assert told(pilot.app) == ["git.example cannot be reached\ntry again when there is a network"]

    play(work, act, first="day")
