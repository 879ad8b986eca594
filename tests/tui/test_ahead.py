"""Whoever types faster than a dialog opens, or pastes, loses nothing and starts nothing."""

from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from crm_cli.tui.screens.records import Records
from tests.shell import Shell
from tests.tui.conftest import at_once, play, press, settled, told


def typed(pilot: Pilot[int]) -> str:
    """The text in the field that has the focus."""
    field = pilot.app.focused
    assert isinstance(field, Input | TextArea), field
    return field.text if isinstance(field, TextArea) else field.value


def test_keys_go_into_the_dialog_that_they_were_typed_for(sample: Shell) -> None:
    before = sample.git("rev-parse", "HEAD")

    async def act(pilot: Pilot[int]) -> None:
        at_once(pilot, "n", *"hello", "space", *"dx")  # d and x are commands of the page
        await settled(pilot)
        assert typed(pilot) == "hello dx"

    play(sample, act, first="contact")
    assert sample.git("rev-parse", "HEAD") == before


def test_keys_go_into_the_place_that_they_were_typed_for(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        at_once(pilot, "f", *"xq")
        await settled(pilot)
        assert typed(pilot) == "xq"
        at_once(pilot, "escape", "escape", "3", "slash", *"tag:vip", "enter", "j", "enter", "ctrl+p", *"doc")
        await settled(pilot)
        assert typed(pilot) == "doc"
        at_once(pilot, "escape", "escape", "f", events.Paste("asha\nsharma"), "ctrl+p")
        await settled(pilot)
        assert typed(pilot) == ""
        await press(pilot, "escape")
        assert typed(pilot) == "asha sharma"

    play(sample, act, first="day")


def test_what_was_typed_for_a_dialog_that_does_not_open_starts_nothing(sample: Shell) -> None:
    before = sample.git("rev-parse", "HEAD")

    async def act(pilot: Pilot[int]) -> None:
        at_once(pilot, "n", *"fdx")
        await settled(pilot)
        assert "search" not in str(pilot.app.screen)
        assert any("read" in line for line in told(pilot.app)), told(pilot.app)

    play(sample, act, first="contact", read_only=True)
    assert sample.git("rev-parse", "HEAD") == before


def test_keys_behind_an_act_without_a_dialog_are_commands_again(sample: Shell) -> None:
    for what in ("plants", "garden"):
        sample.ok(f"task add 'water the {what}' --due today")

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "slash", *"water", "enter", "asterisk")
        at_once(pilot, "d", "3")
        await settled(pilot)
        assert isinstance(pilot.app.screen, Records)
        assert pilot.app.screen.kind.name == "contact"

    play(sample, act, first="task")
    assert sample.ok("task list water status:open").lines == []


def test_a_blank_does_not_mark_a_record_behind_the_dialog(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        page = pilot.app.screen
        await pilot.press("n", "space", "b")
        await settled(pilot)
        await press(pilot, "escape", "y")
        assert isinstance(page, Records)
        assert page.is_current
        assert "marked" not in str(page.query_one("Status").render())

    play(sample, act, first="contact")


def test_a_question_is_not_answered_by_what_was_typed_before_it_was_read(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await pilot.press("x", "y")
        await settled(pilot)
        await press(pilot, "escape")

    play(sample, act, first="contact")
    assert sample.ok("contact list archived:any --ids").lines == sample.ok("contact list --ids").lines


def test_pasted_lines_become_one_in_a_field_of_one(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        pilot.app.post_message(events.Paste("asha\nand\r\n\travi\n"))
        await settled(pilot)
        assert typed(pilot) == "asha and ravi"
        await press(pilot, "escape")
        pilot.app.post_message(events.Paste(" two  blanks "))
        await settled(pilot)
        assert typed(pilot) == " two  blanks "

    play(sample, act, first="search")


def test_who_goes_to_the_search_again_types_another_one(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, *"sharma", "down", "1", "f")
        await press(pilot, *"xy")
        assert typed(pilot) == "xy"
        await press(pilot, "down", "f", "q")
        assert typed(pilot) == "q"

    play(sample, act, first="search")
