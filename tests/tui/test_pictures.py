"""Pictures of every screen, kept and compared: what changes on a screen is seen, and looked at, before it is committed.

CRM_TEST_PICTURES=write keeps what is shown now. Those in docs/screens are the ones that docs/tui.md shows.
"""

import os
import re
import tempfile
from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_cli.base.config import Ui, UserConfig
from crm_cli.tui.app import CrmApp
from tests.shell import Shell
from tests.tui.conftest import LARGE, SMALL, Play, play, press, settled, write

HERE = Path(__file__).parent / "pictures"
DOCS = Path(__file__).parents[2] / "docs" / "screens"
PLACES = ("day", "pipeline", "contact", "organization", "deal", "task", "timeline", "conflicts", "doctor", "help")
WRITE = os.environ.get("CRM_TEST_PICTURES") == "write"
NOW = Path(tempfile.gettempdir())
_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # Textual names a server to fetch a font from


def keep(app: CrmApp, name: str, folder: Path = HERE) -> None:
    """Compares what is shown with what was kept."""
    text = "\n".join(line.rstrip() for line in _FONT.sub("", app.export_screenshot(title="crm")).splitlines()) + "\n"
    place = folder / f"{name}.svg"
    if WRITE:
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
    elif not place.exists() or place.read_text() != text:
        now = NOW / f"crm-{name}.svg"
        now.write_text(text)
        pytest.fail(f"{place} is not what is shown now, {now}; if that is meant: CRM_TEST_PICTURES=write")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_place(looking: Shell, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[int]) -> None:
        for place in PLACES:
            await pilot.app.run_action(f"app.go('{place}')")
            await settled(pilot)
            keep(pilot.app, f"{place}-{size[0]}", DOCS if size == LARGE else HERE)

    play(looking, act, size=size)


async def _asha(pilot: Pilot[int]) -> None:
    pilot.app.open_record("asha@acme.example")
    await settled(pilot)


async def _searched(pilot: Pilot[int]) -> None:
    await press(pilot, "f")
    await write(pilot, "sharma")


async def _filtered(pilot: Pilot[int]) -> None:
    await press(pilot, "5", "slash")
    await write(pilot, "stage:pro")


async def _mistyped(pilot: Pilot[int]) -> None:
    await press(pilot, "5", "slash")
    await write(pilot, "stag:won")


async def _logging(pilot: Pilot[int]) -> None:
    await press(pilot, "c")


async def _adding(pilot: Pilot[int]) -> None:
    await press(pilot, "5")
    await press(pilot, "a")


async def _moving(pilot: Pilot[int]) -> None:
    await press(pilot, "2")
    await press(pilot, "m")


async def _palette(pilot: Pilot[int]) -> None:
    await pilot.press("ctrl+p")
    await pilot.pause(0.3)
    await settled(pilot)


STATES: dict[str, Play] = {
    "record": _asha,
    "search": _searched,
    "filter": _filtered,
    "filter-error": _mistyped,
    "log": _logging,
    "form": _adding,
    "move": _moving,
    "palette": _palette,
}


ALONE = ("filter", "filter-error")
"""States that stay with their screen."""
TOGETHER = tuple(state for state in STATES if state not in ALONE)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("states", [TOGETHER, *((state,) for state in ALONE)], ids=lambda states: states[-1])
def test_every_state(looking: Shell, states: tuple[str, ...], size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[int]) -> None:
        for state in states:
            await STATES[state](pilot)
            keep(pilot.app, f"{state}-{size[0]}", DOCS if size == LARGE else HERE)
            while len(pilot.app.screen_stack) > 1:
                await press(pilot, "escape")
            await pilot.app.run_action("app.go('day')")
            await settled(pilot)

    play(looking, act, size=size)


def test_a_light_theme(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        keep(pilot.app, "day-light", DOCS)

    play(looking, act, size=LARGE, config=UserConfig(ui=Ui(theme="textual-light")))


def test_an_empty_book(empty: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        for place in ("day", "pipeline", "contact"):
            await pilot.app.run_action(f"app.go('{place}')")
            await settled(pilot)
            keep(pilot.app, f"{place}-empty")

    play(empty, act, size=SMALL)
