"""What can be done with the records that are chosen: every act is one plan through the services, one commit."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from crm_cli.book import Book
from crm_cli.schema.plan import Plan
from crm_cli.services.deals.pipeline import move_deal
from crm_cli.services.edit import archive
from crm_cli.services.followups.tasks import finish, snooze
from crm_cli.services.meant import deals_of, records_of, tasks_of
from crm_cli.tui.acting import Hand
from crm_cli.tui.dialogs.choose import Choose
from crm_cli.tui.dialogs.confirm import Confirm

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp


LATER = (
    ("tomorrow", ""), ("+3d", "in three days"), ("mon", "on Monday"), ("+1w", "in a week"),
    ("+2w", "in two weeks"), ("+1mo", "in a month"), ("eom", "at the end of the month"),
)  # fmt: skip
"""What is offered when a task is put off."""


class Acts:
    """The acts of a page, on the records that its `chosen` names."""

    @property
    def crm(self) -> "CrmApp":
        """The application."""
        raise NotImplementedError

    def chosen(self) -> list[str]:
        """References of the records that a command is for."""
        raise NotImplementedError

    @property
    def _hand(self) -> Hand:
        return self.crm.hand

    def _begin(self, name: str, act: Callable[[list[str]], Awaitable[None]], refs: Sequence[str] | None = None) -> None:
        """Begins an act on what is chosen, or on these records."""
        refs = self.chosen() if refs is None else list(refs)
        if refs:
            self._hand.begin(lambda: act(refs), name, *refs)

    # -- tasks

    def action_done(self) -> None:
        """Finishes tasks."""
        self._begin("done", self._done)

    async def _done(self, refs: list[str]) -> None:
        await self._hand.write(lambda book: finish(book, tasks_of(book, refs), text=None, next_step=None, at=None))

    def action_snooze(self) -> None:
        """Puts tasks off."""
        self._begin("snooze", self._snooze)

    async def _snooze(self, refs: list[str]) -> None:
        names = await self.crm.desk.ask(lambda book: [task.name or task.id for task in tasks_of(book, refs)])
        when = await self._hand.ask(Choose(f"Put off until when? {_what(names)}", LATER))
        if when is not None:
            await self._hand.write(lambda book: snooze(book, tasks_of(book, refs), when))

    # -- deals

    def action_move(self) -> None:
        """Moves deals to a stage that is asked for."""
        self._begin("move", lambda refs: self.move_to(refs, ""))

    async def move_to(self, refs: Sequence[str], stage: str) -> None:
        """Moves deals; without a stage it asks for one. To be awaited in a worker."""
        deals: list[Any] = list(await self.crm.desk.ask(lambda book: deals_of(book, refs)))
        settings = await self.crm.desk.ask(lambda book: book.settings)
        line = settings.pipeline(deals[0].pipeline) or settings.default_pipeline
        if not stage:
            choices = [(each.name, "") for each in line.stages]
            asked = await self._hand.ask(Choose(_what([deal.name for deal in deals]), choices, at=deals[0].stage or ""))
            if asked is None:
                return
            stage = asked
        found = line.stage(stage)
        reason = None
        if found and found.type == "lost":
            reason = await self._hand.ask(Choose("Why was it lost?", [(word, "") for word in settings.lost_reasons]))
            if reason is None:
                return
        await self._hand.write(lambda book: _moved(book, refs, stage, reason))

    # -- any record

    def action_archive(self) -> None:
        """Puts records out of sight, after asking."""
        self._begin("archive", self._archive)

    async def _archive(self, refs: list[str]) -> None:
        names = await self.crm.desk.ask(lambda book: [each.name or each.id for each in records_of(book, refs)])
        about = ["out of sight, still there; u brings it back"]
        if await self._hand.ask(Confirm(f"Archive {_what(names)}?", about, yes="archive", no="leave")):
            await self._hand.write(lambda book: (archive(book, records_of(book, refs)), ""))


def _what(names: Sequence[str | None]) -> str:
    """What an act is about, in a title."""
    return names[0] or "?" if len(names) == 1 else f"{len(names)} records"


def _moved(book: Book, refs: Sequence[str], stage: str, reason: str | None) -> tuple[Plan, list[str]]:
    """The plan of a move, and what is said of each deal."""
    deals: list[Any] = deals_of(book, refs)
    plan = move_deal(book, deals, stage, reason=reason, note=None, at=None)
    before = {deal.id: deal.stage for deal in deals}
    moved = [change.record for change in plan.changes if before.get(change.record.id, stage) != stage]
    return plan, [f"{deal.name}: {before[deal.id]} -> {stage}" for deal in moved]
