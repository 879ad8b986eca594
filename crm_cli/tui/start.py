"""Starts the screens: Rich learns the widths of Indic signs before Textual is imported."""

from pathlib import Path

from rich import cells

from crm_cli.base.cellwidth import spacing, teach
from crm_cli.base.config import UserConfig
from crm_cli.base.errors import BadRequest
from crm_cli.base.text import nearest
from crm_cli.tui.desk import Desk
from crm_cli.tui.ending import Terminal, end_by_signal
from crm_cli.tui.opening import Opening, first_time, opening

WELCOME = "? shows every command, ctrl+p finds one by its name, u takes back, q leaves"


def start(
    root: Path,
    config: UserConfig,
    *,
    screen: str | None = None,
    view: str | None = None,
    record: str | None = None,
    read_only: bool = False,
) -> int:
    """Shows the screens until the user leaves; the exit code. What is asked for and not there is an error before."""
    if spacing(config.ui.indic_width):
        teach(cells)
    desk = Desk(root, config, read_only=read_only)
    try:
        first = desk.now(lambda book: opening(book, view, record))
        desk.begin()  # the index is opened while Textual is imported
        return _shown(desk, screen, first)
    finally:
        desk.close()


def _shown(desk: Desk, screen: str | None, first: Opening) -> int:
    import asyncio

    from crm_cli.tui.app import CrmApp  # behind the lesson: Textual keeps a function of Rich's under its own name
    from crm_cli.tui.places import PLACES, place

    if screen and not place(screen):
        names = [each.name for each in PLACES]
        near = nearest(screen, names)
        raise BadRequest(
            f"there is no screen {screen}", hint=f"did you mean {near}?" if near else f"one of {', '.join(names)}"
        )
    app = CrmApp(desk, first=screen or first.place or "day", filter=first.filter, record=first.record)
    app.greeting = WELCOME if first_time() else ""

    async def run() -> int:
        end_by_signal(app.leave, terminal)
        return await app.run_async() or 0

    with Terminal() as terminal:
        code = asyncio.run(run())
    if app.crash:
        raise app.crash
    return code
