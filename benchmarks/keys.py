"""Measures from a key to its paint, in the screens over a book: `python -m benchmarks.keys BOOK` prints JSON."""
# ruff: noqa: E402

import asyncio
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from rich import cells

from crm_cli.base.cellwidth import teach
from crm_cli.base.config import UserConfig

teach(cells)  # as the program does, before Textual is imported
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from crm_cli.tui.app import CrmApp
from crm_cli.tui.desk import Desk
from crm_cli.tui.widgets.rows import Rows

TIMES = 30
WORDS = ("sharma", "patel", "acme", "offer")
PATIENCE = 30.0


class Watched(CrmApp):
    """The screens, noting when they were painted last."""

    CSS_PATH = str(Path(sys.modules[CrmApp.__module__].__file__ or "").parent / "styles" / "crm.tcss")
    painted = 0.0

    def _display(self, *args: Any, **more: Any) -> None:
        super()._display(*args, **more)
        self.painted = time.perf_counter()


def main() -> None:
    """Plays with the screens and prints the medians in seconds."""
    desk = Desk(Path(sys.argv[1]), UserConfig())
    app = Watched(desk)
    found: dict[str, float] = {}

    async def run() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await _quiet(pilot)
            for place, what in (("contact", "cursor in a list of contacts"), ("pipeline", "cursor on the board")):
                app.action_go(place)
                await _quiet(pilot)
                found[f"{what}, key to paint"] = median([await _paint(app, "down") for _ in range(TIMES)])
            app.action_go("search")
            await _quiet(pilot)
            hits: list[tuple[float, float]] = []
            for word in WORDS:
                hits += [await _hits(pilot, letter) for letter in word]
                app.screen.query_one(Input).value = ""
                await _quiet(pilot)
            found["search, key to paint"] = median(letter for letter, _hit in hits)
            found["search, key to the hits painted"] = median(hit for _letter, hit in hits)

    asyncio.run(run())
    desk.close()
    print(json.dumps(found))


async def _paint(app: Watched, key: str) -> float:
    began = time.perf_counter()
    app.post_message(events.Key(key, key if len(key) == 1 else None))
    while app.painted < began:
        assert time.perf_counter() - began < PATIENCE, f"{key} painted nothing"
        await asyncio.sleep(0)
    return app.painted - began


async def _hits(pilot: Pilot[int], letter: str) -> tuple[float, float]:
    """Until the letter stands in the line, and until the list under it shows what was found."""
    app: Any = pilot.app
    rows = app.screen.query_one(Rows)
    before, began, seen = rows.items, time.perf_counter(), 0.0
    app.post_message(events.Key(letter, letter))
    while rows.items is before or app.painted < began:
        assert time.perf_counter() - began < PATIENCE, f"nothing was found for {letter}"
        seen = seen or (app.painted - began if app.painted > began else 0.0)
        await asyncio.sleep(0.001)
    await _quiet(pilot)
    return seen or app.painted - began, app.painted - began


async def _quiet(pilot: Pilot[int]) -> None:
    """Nothing is read any more."""
    while True:
        await pilot.pause()
        if not any(worker.is_running and worker.group != "watch" for worker in pilot.app.workers):
            return
        await asyncio.sleep(0.001)


if __name__ == "__main__":
    main()
