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

from crm_cli.tui.app import CrmApp
from crm_cli.tui.desk import Desk
from crm_cli.tui.widgets.rows import Rows

TIMES = 30
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
            found["search, key to the hits painted"] = median([await _hits(pilot, letter) for letter in "sharma"])

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


async def _hits(pilot: Pilot[int], letter: str) -> float:
    """Until the list under the line shows what was found."""
    app: Any = pilot.app
    rows = app.screen.query_one(Rows)
    before, began = rows.items, time.perf_counter()
    app.post_message(events.Key(letter, letter))
    while rows.items is before or app.painted < began:
        assert time.perf_counter() - began < PATIENCE, f"nothing was found for {letter}"
        await asyncio.sleep(0.001)
    await _quiet(pilot)
    return float(app.painted - began)


async def _quiet(pilot: Pilot[int]) -> None:
    """Nothing is read any more."""
    while True:
        await pilot.pause()
        if not any(worker.is_running and worker.group != "watch" for worker in pilot.app.workers):
            return
        await asyncio.sleep(0.001)


if __name__ == "__main__":
    main()
