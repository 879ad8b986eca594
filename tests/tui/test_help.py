"""Help: nothing that is declared is missing, and the user's own keys are the ones that are shown."""

from collections.abc import Mapping

from textual.binding import Binding
from textual.pilot import Pilot

from crm_cli.base.config import Ui, UserConfig
from crm_cli.tui import commands
from crm_cli.tui.screens.help import GROUPS, Help
from crm_cli.tui.screens.records import Records
from tests.shell import Shell
from tests.tui.conftest import LARGE, SMALL, play, press, settled, shown


def test_every_declared_command_is_in_the_help() -> None:
    declared = {
        binding.id
        for value in vars(commands).values()
        if isinstance(value, tuple)
        for binding in value
        if isinstance(binding, Binding)
    }
    assert declared <= {binding.id for _heading, group in GROUPS for binding in group}


def test_two_commands_of_a_group_never_share_a_name_or_a_key() -> None:
    for heading, group in GROUPS:
        names = [binding.id for binding in group]
        keys = [key for binding in group for key in binding.key.split(",")]
        assert len(set(names)) == len(names), heading
        assert len(set(keys)) == len(keys), heading


def lines_of(pilot: Pilot[int]) -> Mapping[str, str]:
    """Title to key, of the lines that are shown."""
    return {line[16:32].strip(): line[2:16].strip() for line in shown(pilot.app)}


def test_keys_are_those_of_the_user(empty: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "question_mark")
        assert isinstance(pilot.app.screen, Help)
        assert lines_of(pilot)["Sync"] == "ctrl+y" or lines_of(pilot)["Sync"] == "^y"
        assert lines_of(pilot)["Undo"] == "u"
        await press(pilot, "end")
        assert any("crm man" in line for line in shown(pilot.app))

    play(empty, act, config=UserConfig(ui=Ui(keys={"sync": "ctrl+y"})), size=SMALL)


def test_enter_on_a_place_goes_there(empty: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        page = pilot.app.screen
        assert isinstance(page, Help)
        page.query_one("#help").go_to("go-contact 3")  # type: ignore[attr-defined]
        await press(pilot, "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, Records)

    play(empty, act, first="help", size=LARGE)
