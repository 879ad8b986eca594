"""What tests of the screens share: the screens over a book, played by a pilot, and what stands on them."""
# ruff: noqa: E402

from rich import cells

from crm_cli.base.cellwidth import teach

teach(cells)  # as the program does, before Textual is imported

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea
from textual.worker import WorkerState

from crm_cli.base.config import UserConfig
from crm_cli.tui import app as screens
from crm_cli.tui.app import CrmApp
from crm_cli.tui.desk import Desk
from crm_cli.tui.page import Page
from tests.shell import Shell

Play = Callable[[Pilot[int]], Awaitable[None]]
SMALL, LARGE = (80, 24), (120, 40)
ENDED = (WorkerState.SUCCESS, WorkerState.CANCELLED, WorkerState.ERROR)


async def _nobody(_root: Path) -> AsyncIterator[None]:
    """Nobody changes the book beside the test."""
    await asyncio.Event().wait()
    yield


def play(
    shell: Shell,
    act: Play,
    *,
    size: tuple[int, int] = (100, 30),
    first: str = "day",
    filter: str = "",
    config: UserConfig | None = None,
    read_only: bool = False,
    watch: bool = False,
) -> CrmApp:
    """Shows the screens over the shell's book and lets `act` use them; the app as it was left. A crash is raised."""

    async def run() -> CrmApp:
        desk = Desk(shell.book, config or UserConfig(), read_only=read_only)
        app = CrmApp(desk, first=first, filter=filter)
        try:
            async with app.run_test(size=size) as pilot:
                await settled(pilot)
                await act(pilot)
        finally:
            desk.close()
        if app.crash:
            raise app.crash
        return app

    watching = screens.watch if watch else _nobody
    with (
        mock.patch.dict(os.environ, shell.environ, clear=True),
        mock.patch.object(screens, "watch", watching),
        mock.patch("textual.app.wait_for_idle", _at_once),
        mock.patch("textual.pilot.wait_for_idle", _at_once),
    ):
        return asyncio.run(run())


async def settled(pilot: Pilot[int]) -> None:
    """Waits until nothing is under way: no message, no worker but those that wait for an answer in a dialog."""
    quiet, deadline = 0, time.monotonic() + PATIENCE
    while quiet < ROUNDS and not pilot.app._exit:
        assert time.monotonic() < deadline, f"{pilot.app.screen} never came to rest"
        await pilot._wait_for_screen()
        pilot.app.screen._on_timer_update()  # lays out and paints what waits for the next frame
        open_ones = sum(isinstance(screen, ModalScreen) for screen in pilot.app.screen_stack)
        waiting = ("watch", *("act", "save")[:open_ones])  # a form that saves may ask something itself
        busy = any(worker.state not in ENDED and worker.group not in waiting for worker in pilot.app.workers)
        screen = pilot.app.screen
        busy = busy or (isinstance(pilot.app, CrmApp) and pilot.app.behind)
        busy = busy or not screen.is_mounted or (isinstance(screen, Page) and screen._stale)  # it has yet to begin
        quiet = 0 if busy else quiet + 1
        await asyncio.sleep(0.002 if busy else 0)


PATIENCE = 60
ROUNDS = 3
"""A key goes to the app, from there to a widget, and from there as a message to its screen."""


async def _at_once(*_times: float) -> None:
    """Instead of Textual's guess from the load of the machine whether a key has been worked off."""
    await asyncio.sleep(0)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Presses keys, and waits until what they began is done."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def resized(pilot: Pilot[int], size: tuple[int, int]) -> None:
    """Gives the terminal another size, and waits until the screen has it."""
    await pilot.resize_terminal(*size)
    async with asyncio.timeout(PATIENCE):
        while tuple(pilot.app.screen._compositor.size) != size:
            await pilot.pause(0.01)
    await settled(pilot)


def at_once(pilot: Pilot[int], *keys: str | events.Paste) -> None:
    """As from a terminal that was slow, or a hand that was quick: all of it is there before the first is looked at."""
    for key in keys:
        char = CHARS.get(key, key) if isinstance(key, str) else ""
        event = events.Key(key, char if len(char) == 1 else None) if isinstance(key, str) else key
        pilot.app.post_message(event)


CHARS = {"space": " "}


async def write(pilot: Pilot[int], text: str) -> None:
    """Types a text."""
    await press(pilot, *(NAMED.get(char, char) for char in text))


NAMED = {" ": "space", ":": "colon", "@": "at", ".": "full_stop", "-": "minus", "/": "slash", ",": "comma"}


def shown(app: App[Any]) -> list[str]:
    """The lines of the screen, as text."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def told(app: App[Any]) -> list[str]:
    """What was said in notes at the corner."""
    return [note.message for note in app._notifications]


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """No animation, whatever the machine says, and no cursor that is gone in every other half of a second."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    for widget in (Input, TextArea):
        monkeypatch.setattr(widget.cursor_blink, "_default", False)
