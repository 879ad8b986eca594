"""What is done with the book as a whole: taking back, syncing, leaving it."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from crm_cli.book import Book
from crm_cli.schema.plan import Plan
from crm_cli.tui.acting import Hand
from crm_cli.tui.acting import kept_aside as told_aside
from crm_cli.tui.page import Page

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp

UNDOES = "Undoes: "
AGAIN = "u takes back the one before"
KEPT_BY_US = ("stage_history", "created", "conflicts")
"""Fields that change with others, and that nobody typed."""
MOST = 40
"""So many lines of what an undo does are shown."""


class Whole:
    """The acts of the application."""

    hand: Hand
    _interrupted = 0.0

    @property
    def _app(self) -> "CrmApp":
        return cast("CrmApp", self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No other place, and no end, while a dialog is about to open."""
        del parameters
        return not (action in ("go", "back", "leave") and self.hand.opening)

    def action_help_quit(self) -> None:
        """Ctrl-C: the second one within two seconds leaves."""
        if time.monotonic() - self._interrupted < 2:
            self._app.leave(130)
        self._interrupted = time.monotonic()
        self._app.say("ctrl+c once more leaves; so does q")

    def action_undo(self) -> None:
        """Takes back the last change, after showing it."""
        self.hand.begin(self._undo, "undo")

    async def _undo(self) -> None:
        from crm_cli.services.telling import diff_lines
        from crm_cli.services.undo import undo  # 15 ms with the history, behind the first frame
        from crm_cli.tui.dialogs.confirm import Confirm

        def foreseen(book: Book) -> tuple[Plan, str, list[str]]:
            plan, said = undo(book, None)
            return plan, said, list(diff_lines(plan, book.settings, without=KEPT_BY_US))[: MOST + 1]

        plan, said, lines = await self._app.desk.ask(foreseen)
        what = said.partition(": ")[2].partition(" (")[0]
        names = {change.record.name for change in plan.changes}
        what += f" ({names.pop()})" if len(names) == 1 and names != {None} else ""
        lines = [*lines[:MOST], "and more"] if len(lines) > MOST else lines
        commit = plan.trailer.removeprefix(UNDOES)
        if await self.hand.ask(Confirm(f"Take back: {what}?", lines, yes="take it back", no="leave it")):
            self.hand.free()
            # The commit that was shown, also where somebody has made another one since.
            done, receipt, _said = await self.hand.commit(lambda book: (undo(book, commit)[0], ""))
            self.hand.tell(done, receipt, f"taken back: {what}", AGAIN)

    def action_sync(self) -> None:
        """Brings the book and its remote to the same state, beside the keyboard."""
        self.hand.begin(self._sync, "sync")

    async def _sync(self) -> None:
        from crm_cli.services.syncing.report import kept_aside, summary
        from crm_cli.services.syncing.sync import Synced, sync  # 45 ms, behind the first frame

        self.hand.free()
        shown = _from_another_thread(self._progress)
        shown("syncing")

        def work(book: Book) -> tuple[Synced, str, int]:
            done = sync(book, progress=shown)
            return done, summary(book, done), kept_aside(book, done)

        try:
            done, line, kept = await self._app.desk.aside(work)
        finally:
            shown("")
        self._app.book_changed()
        lines = [f"committed your edit of {path}" for path in done.by_hand]
        lines += [line for line in (done.doubtful, done.across, *done.failed) if line]
        lines += [f"{done.remote}: {line}"] + ([told_aside(kept)] if kept else [])
        for each in lines:
            self._app.say(each)

    def _progress(self, text: str) -> None:
        """How far the sync is, at the right of the line on top."""
        if isinstance(self._app.screen, Page):
            self._app.screen.tell(text)


def _from_another_thread(show: Callable[[str], None]) -> Callable[[str], None]:
    """The same function, for whoever does not run in the thread of the screens."""
    loop = asyncio.get_running_loop()
    return lambda text: (loop.call_soon_threadsafe(show, text), None)[1]
