"""Two people at the screens, a command line in a loop and a sync on one book: nothing is lost, and all see it.

CRM_TEST_TOGETHER=60 lets them work for a minute; how long a change took to be seen is printed at the end (`pytest -s`).
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from textual.pilot import Pilot

from crm_cli.base.config import UserConfig
from crm_cli.tui.app import CrmApp
from crm_cli.tui.desk import Desk
from tests.machines import Machines
from tests.shell import Shell
from tests.tui.conftest import shown

SECONDS = float(os.environ.get("CRM_TEST_TOGETHER", "4"))
PATIENCE = 30.0
"""Seconds after which a change counts as never seen; how soon it is seen is measured, not asserted."""


async def _crm(user: Shell, *words: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "crm_cli", *words,
        cwd=user.book, env=user.environ, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _out, err = await process.communicate()
    assert process.returncode in (0, 6), (words, err)


async def _seen(app: CrmApp, text: str) -> float:
    """How long until the text stands on the list, which a dialog may cover in part."""
    began = time.monotonic()
    while not any(text in strip.text for strip in app.screen_stack[0]._compositor.render_strips()):
        assert time.monotonic() - began < PATIENCE, f"{text} never came:\n" + "\n".join(shown(app))
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def _cli(user: Shell, apps: list[CrmApp], until: float) -> tuple[int, list[float]]:
    """A command line that changes a name again and again, and waits until both screens show it."""
    number, waited = 0, []
    while time.monotonic() < until:
        number += 1
        await _crm(user, "set", "guest", f"phones.mobile=+91 98765 {number:05}")
        waited += await asyncio.gather(*(_seen(app, f"98765 {number:05}") for app in apps))
    return number, waited


async def _typist(pilot: Pilot[int], word: str, until: float) -> int:
    """Somebody at the screens who writes tags onto the record under the cursor."""
    number = 0
    while time.monotonic() < until:
        number += 1
        await pilot.press("t")
        await _until(pilot, lambda: len(pilot.app.screen_stack) > 1)
        await pilot.press(*f"{word}{number}", "ctrl+s")
        await _until(pilot, lambda: len(pilot.app.screen_stack) == 1)
    return number


async def _until(pilot: Pilot[int], met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, shown(pilot.app)
        await pilot.pause(0.02)


async def _sync(here: Shell, there: Shell, until: float) -> int:
    """A colleague who makes contacts, and a sync on both sides."""
    number = 0
    while time.monotonic() < until:
        number += 1
        await _crm(there, "contact", "add", f"Colleague {number}")
        for user in (there, here):
            await _crm(user, "sync")
    return number


def test_nothing_is_lost_and_all_is_seen(tmp_path: Path) -> None:
    machines = Machines.two(tmp_path, {})
    here, there = machines.all
    here.ok("contact add Guest")
    here.ok("contact add Zoe")
    here.ok("sync")
    there.ok("sync")

    async def run() -> tuple[int, list[float], int, int, int]:
        desks = [Desk(here.book, UserConfig()) for _ in range(2)]
        apps = [CrmApp(desk, first="contact") for desk in desks]
        try:
            async with apps[0].run_test(size=(120, 40)) as one, apps[1].run_test(size=(120, 40)) as two:
                await asyncio.gather(_seen(apps[0], "Zoe"), _seen(apps[1], "Zoe"))
                until = time.monotonic() + SECONDS
                (changes, waited), first, second, synced = await asyncio.gather(
                    _cli(here, apps, until),
                    _typist(one, "a", until),
                    _typist(two, "b", until),
                    _sync(here, there, until),
                )
                await asyncio.gather(*(_seen(app, f"Colleague {synced}") for app in apps))
                return changes, waited, first, second, synced
        finally:
            for desk in desks:
                desk.close()

    with mock.patch.dict(os.environ, here.environ, clear=True):
        changes, waited, first, second, synced = asyncio.run(run())
    print(f"{changes} changes, seen after {sorted(waited)[len(waited) // 2]:.2f} s, at most {max(waited):.2f} s")
    tags = {tag for path, data in here.files().items() if path.startswith("contacts/") for tag in data.decode().split()}
    assert {f"a{number}" for number in range(1, first + 1)} <= tags
    assert {f"b{number}" for number in range(1, second + 1)} <= tags
    subjects = here.git("log", "--format=%s")
    assert subjects.count("set contact") == changes
    assert subjects.count("tag contact") == first + second
    assert len(here.ok("contact list Colleague --ids").lines) == synced
    assert here.git("fsck", "--strict") == ""
