"""Going from place to place and back, and what must not happen on the way."""

import re

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from crm_cli.tui.app import CrmApp
from crm_cli.tui.forms import Form
from crm_cli.tui.page import Page
from tests.shell import Shell
from tests.tui.conftest import SMALL, play, press, settled, shown, told, write


def here(pilot: Pilot[int]) -> str:
    page = pilot.app.screen
    assert isinstance(page, Page), page
    return page.here


def test_back_leads_the_way_that_one_came(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "5", "question_mark", "escape")
        assert here(pilot) == "deal"
        await press(pilot, "f", "escape", "9", "question_mark", "escape")
        assert here(pilot) == "doctor"
        await press(pilot, "escape")
        assert here(pilot) == "deal"
        await press(pilot, "escape", "escape", "escape")
        assert here(pilot) == "day"

    play(sample, act)


@pytest.mark.parametrize("size", [SMALL, (45, 15)])
def test_the_present_place_is_among_those_on_top(looking: Shell, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[int]) -> None:
        for key, name in (("6", "6 Tasks"), ("8", "8 Conflicts"), ("9", "9 Doctor"), ("f", "Find"), ("1", "1 My day")):
            await press(pilot, key)
            places = re.split(r"\s{2,}", shown(pilot.app)[0].strip())
            assert places[0] == "1 My day"
            assert name in places
            assert shown(pilot.app)[0].count(name) == 1
            await press(pilot, "escape")

    play(looking, act, size=size)


def test_a_record_is_left_to_where_it_was_opened(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "3", "enter", "escape")
        assert here(pilot) == "contact"

    play(sample, act)


def test_the_palette_over_a_dialog_leaves_what_was_typed(sample: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "3", "n")
        await write(pilot, "a long note")
        await press(pilot, "ctrl+p")
        await write(pilot, "organizations")
        await press(pilot, "enter", "escape")
        assert isinstance(pilot.app, CrmApp)
        pilot.app.action_go("day")
        await settled(pilot)
        assert isinstance(pilot.app.screen, Form)
        assert "a long note" in "\n".join(shown(pilot.app))
        await press(pilot, "ctrl+s")
        assert any("a long note" in line or "note" in line for line in told(pilot.app))
        await press(pilot, "5")
        assert here(pilot) == "deal"

    play(sample, act)


@pytest.mark.parametrize("place", ["day", "pipeline", "timeline", "doctor"])
def test_a_slash_leads_to_the_search_where_nothing_can_be_filtered(sample: Shell, place: str) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "slash", "q")
        assert here(pilot) == "search"
        assert isinstance(pilot.app.focused, Input)
        assert pilot.app.focused.value == "q"

    play(sample, act, first=place, size=SMALL)


@pytest.mark.parametrize("keys", ["3 t", "3 i", "3 a", "c", "2 m", "3 o"])
def test_ctrl_c_twice_leaves_a_dialog_as_it_leaves_a_screen(sample: Shell, keys: str) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, *keys.split())
        assert isinstance(pilot.app.screen, ModalScreen)
        await press(pilot, "ctrl+c")
        assert any("once more" in line for line in told(pilot.app))
        assert isinstance(pilot.app.screen, ModalScreen)
        await pilot.press("ctrl+c")

    assert play(sample, act).return_value == 130


@pytest.mark.parametrize("keys", ["3 t", "3 i", "3 a", "c", "2 m", "3 o"])
def test_ctrl_q_leaves_a_dialog(sample: Shell, keys: str) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, *keys.split())
        await press(pilot, "ctrl+q")
        assert isinstance(pilot.app.screen, Page)

    play(sample, act)
