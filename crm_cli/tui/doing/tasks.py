"""Logging what happened, finishing tasks, putting them off."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_cli.base.errors import CrmError
from crm_cli.base.phrases import understand
from crm_cli.book import Book
from crm_cli.services.edit import entry_of
from crm_cli.services.filling import Sheet, Typed
from crm_cli.services.followups.asking import NEXT, NOTE, done_sheet, log_sheet, next_meaning, titles, told_of
from crm_cli.services.followups.logbook import write_down
from crm_cli.services.followups.tasks import finish
from crm_cli.services.followups.tasks import snooze as put_off
from crm_cli.services.meant import parties_of, tasks_of
from crm_cli.services.wording import day_in_words
from crm_cli.tui.dialogs.choose import Choose
from crm_cli.tui.dialogs.understood import Understood
from crm_cli.tui.forms import Form
from crm_cli.tui.helping import Helper, sentence

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp

LATER = ("tomorrow", "+3d", "mon", "+1w", "+2w", "+1mo", "eom")
"""What is offered when a task is put off."""


async def log(app: "CrmApp", refs: Sequence[str], kind: str) -> None:
    """Writes down what happened with these, and the next step."""
    sheet = await app.desk.ask(lambda book: log_sheet(book, kind, parties_of(book, refs) if refs else []))

    async def save(typed: Typed) -> bool:
        told = told_of(typed)
        await app.hand.write(lambda book: write_down(book, told))
        return True

    helper = Helper(app.desk, ("interaction",), {NEXT: next_meaning})
    start = "with" if not sheet.names else "text" if kind else "kind"
    await app.hand.ask(Form("Log", sheet, helper, save, start=start))


async def done(app: "CrmApp", refs: Sequence[str]) -> None:
    """Finishes tasks; a single one with a note and the next step."""
    names = await app.desk.ask(lambda book: titles(tasks_of(book, refs)))
    if len(names) > 1:
        await app.hand.write(lambda book: finish(book, tasks_of(book, refs), text=None, next_step=None, at=None))
        return

    async def save(typed: Typed) -> bool:
        text, step = typed.one(NOTE) or None, typed.one(NEXT) or None
        await app.hand.write(lambda book: finish(book, tasks_of(book, refs), text=text, next_step=step, at=None))
        return True

    sheet: Sheet = done_sheet()
    helper = Helper(app.desk, ("task",), {NEXT: next_meaning})
    await app.hand.ask(Form(f"Done: {names[0]}", sheet, helper, save, save="done"))


async def snooze(app: "CrmApp", refs: Sequence[str]) -> None:
    """Puts tasks off until a day that is offered or typed."""

    def asked(book: Book) -> tuple[list[str], list[tuple[str, str]]]:
        return titles(tasks_of(book, refs)), [(phrase, _day(book, phrase)) for phrase in LATER]

    async def check(phrase: str) -> Understood:
        try:
            return Understood(await app.desk.ask(lambda book: _day(book, phrase)))
        except CrmError as error:
            return Understood(sentence(error), fits=False)

    names, later = await app.desk.ask(asked)
    what = names[0] if len(names) == 1 else f"{len(names)} tasks"
    when = await app.hand.ask(
        Choose(f"Put off until when? {what}", later, check=check, hint="a day, or words for it: 28 nov, fri 15:00")
    )
    if when is not None:
        await app.hand.write(lambda book: put_off(book, tasks_of(book, refs), when))


def _day(book: Book, phrase: str) -> str:
    return day_in_words(understand(phrase, entry_of(book).frame("ahead")))
