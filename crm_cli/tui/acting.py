"""How something is done: it asks what it has to, writes beside the keyboard, and says what became of it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from textual.screen import ModalScreen, Screen
from textual.worker import Worker

from crm_cli.base.errors import CrmError
from crm_cli.base.text import clip
from crm_cli.book import Book, Receipt
from crm_cli.schema.plan import Plan
from crm_cli.services.telling import summary
from crm_cli.tui.places import place

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp

T = TypeVar("T")
Act = Callable[[], Awaitable[None]]
BACK = "u takes it back"


class Hand:
    """Does what the keys ask for. While it asks, nothing else is begun; while it writes, the keyboard is free."""

    def __init__(self, app: "CrmApp") -> None:
        self._app = app
        self._busy: set[tuple[str, ...]] = set()
        self._asking = False

    def begin(self, act: Act, *key: str, writes: bool = True) -> None:
        """Begins an act unless the same one, by its key, is under way; its trouble is told."""
        if self._asking or key in self._busy:
            return
        self._busy.add(key)
        self._asking = True

        async def run() -> None:
            await self._run(act, key, writes)

        _: Worker[None] = self._app.run_worker(run, group="act", name=key[0])

    async def _run(self, act: Act, key: tuple[str, ...], writes: bool) -> None:
        try:
            if writes:
                self._app.desk.check_writable()
            await act()
        except CrmError as error:
            self._app.forget_typed()
            self._app.complain(error)
        finally:
            self._busy.discard(key)
            self._asking = False

    async def ask(self, dialog: Screen[T]) -> T | None:
        """What a dialog gives back; None where it was left. What was said before does not lie on top of it."""
        self._app.clear_notifications()
        return await self._app.push_screen_wait(dialog)

    @property
    def opening(self) -> bool:
        """Whether a dialog is about to open: what is typed ahead is meant for it, not for the page."""
        screen = self._app.screen
        return self._asking and not (isinstance(screen, ModalScreen) and screen.focused)

    def free(self) -> None:
        """Nothing more is asked: another act may begin."""
        self._asking = False

    async def write(self, make: Callable[[Book], tuple[Plan, str | Sequence[str]]]) -> Receipt:
        """One commit, and a sentence about it; the words of the plan's maker, else a summary."""
        self.free()
        plan, receipt, said = await self.commit(make)
        self.tell(plan, receipt, said)
        return receipt

    async def commit(
        self, make: Callable[[Book], tuple[Plan, str | Sequence[str]]]
    ) -> tuple[Plan, Receipt, str | Sequence[str]]:
        """One commit; the screens see it at once."""

        def work(book: Book) -> tuple[Plan, Receipt, str | Sequence[str]]:
            plan, said = make(book)
            return plan, book.apply(plan), said

        self._app.desk.check_writable()
        done = await self._app.desk.ask(work)
        if done[1].commit:
            self._app.book_changed()
        return done

    def tell(self, plan: Plan, receipt: Receipt, said: str | Sequence[str] = "", back: str = BACK) -> None:
        """What a plan did, how to take it back, and what was kept aside."""
        lines = [said] if isinstance(said, str) else list(said)
        if receipt.commit is None or not any(lines):
            lines = [summary(plan, receipt)]
        elif len(lines) > MOST:
            lines = [*lines[: MOST - 1], f"and {len(lines) - MOST + 1} more"]
        lines += [f"committed your edit of {path}" for path in receipt.swept]
        lines += list(plan.warnings)
        if receipt.kept_aside:
            lines.append(kept_aside(receipt.kept_aside))
        if receipt.commit:
            lines[0] = f"{clip(lines[0], LONGEST)} - {back}"
        self._app.clear_notifications()  # of what was done before: they would pile up over the rows
        for line in lines:
            self._app.say(clip(line, LONGEST + len(back)))


MOST = 4
"""So many lines are said of one act."""
LONGEST = 160
"""Cells of a line that is said."""


def kept_aside(count: int) -> str:
    """What is said of values that did not make it into a field."""
    conflicts = place("conflicts")
    key = conflicts.key if conflicts else ""
    return f"{count} kept aside: {key} shows conflicts"
