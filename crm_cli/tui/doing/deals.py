"""Moving deals: the stage, the reason of one that is lost, and whatever else the stage asks for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crm_cli.book import Book
from crm_cli.schema.plan import Plan
from crm_cli.schema.settings import Pipeline
from crm_cli.services.deals.pipeline import move_deal, wanted_for
from crm_cli.services.filling import Sheet, Typed, changed_values, sheet_of
from crm_cli.services.followups.asking import titles
from crm_cli.services.meant import deals_of
from crm_cli.tui.dialogs.choose import Choose
from crm_cli.tui.forms import Form
from crm_cli.tui.helping import Helper

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp


async def move(app: "CrmApp", refs: Sequence[str], stage: str) -> bool:
    """Moves deals to a stage; without one it asks which. What the stage wants and a deal lacks is asked in a form.

    False where it was left.
    """
    deals = await app.desk.ask(lambda book: deals_of(book, refs))
    if not deals:
        return False
    stage = stage or await _stage(app, deals) or ""
    if not stage:
        return False
    sheet = await app.desk.ask(lambda book: _wanted(book, deals, stage))
    if not sheet.blanks:
        await app.hand.write(lambda book: _moved(book, refs, stage, sheet, Typed()))
        return True

    async def save(typed: Typed) -> bool:
        await app.hand.write(lambda book: _moved(book, refs, stage, sheet, typed))
        return True

    form = Form(f"{_what(deals)} -> {stage}", sheet, Helper(app.desk, ("deal",)), save, save="move")
    return await app.hand.ask(form) is not None


async def _stage(app: "CrmApp", deals: Sequence[Any]) -> str | None:
    """One of the stages of the pipeline that the deals are in."""

    def lines(book: Book) -> list[Pipeline]:
        found = (book.settings.pipeline(deal.pipeline) or book.settings.default_pipeline for deal in deals)
        return list({line.name: line for line in found}.values())

    pipelines = await app.desk.ask(lines)
    stages = [stage for stage in pipelines[0].stages if all(line.stage(stage.name) for line in pipelines)]
    choices = [(stage.name, "" if stage.closed else f"{stage.probability} %") for stage in stages]
    at, names = str(deals[0].stage or ""), [stage.name for stage in stages]
    following = names[names.index(at) + 1 :][:1] if at in names else []
    return await app.hand.ask(Choose(f"{_what(deals)}: {at} ->", choices, at=following[0] if following else at))


def _wanted(book: Book, deals: Sequence[Any], stage: str) -> Sheet:
    """What has to be filled in before these deals may enter the stage."""
    names = list(dict.fromkeys(name for deal in deals for name in wanted_for(book, deal, stage)))
    sheet = sheet_of(book, book.kinds["deal"], None, names) if names else Sheet((), {})
    return Sheet(tuple(replace(blank, required=True) for blank in sheet.blanks), sheet.names)


def _moved(book: Book, refs: Sequence[str], stage: str, sheet: Sheet, typed: Typed) -> tuple[Plan, list[str]]:
    """The plan of a move, and what is said of each deal."""
    deals: list[Any] = deals_of(book, refs)
    values = changed_values(book, None, sheet, typed)
    plan = move_deal(book, deals, stage, reason=None, note=None, at=None, values=values)
    before = {deal.id: deal.stage for deal in deals}
    moved = [change.record for change in plan.changes if before.get(change.record.id, stage) != stage]
    return plan, [f"{deal.name}: {before[deal.id] or '(no stage)'} -> {stage}" for deal in moved]


def _what(deals: Sequence[Any]) -> str:
    names = titles(deals)
    return names[0] if len(names) == 1 else f"{len(names)} deals"
