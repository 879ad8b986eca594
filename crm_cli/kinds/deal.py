"""A deal: what may be sold to whom, how far it has come, what it is worth."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from crm_cli.base.dates import Stamp
from crm_cli.base.money import Money
from crm_cli.schema import agenda
from crm_cli.schema.context import Context
from crm_cli.schema.field import Field
from crm_cli.schema.kind import declare
from crm_cli.schema.record import Item, Record, attr, derived, rollup
from crm_cli.schema.workflow import enter_stage


def state(pipeline: str | None, stage: str | None, context: Context) -> str:
    """Open, won or lost, by its stage; a deal without a known stage is open."""
    found = context.settings.stage(pipeline, stage)
    return found.type if found else "open"


def weighted(
    amount: Mapping[str, str] | None, own: int | None, pipeline: str | None, stage: str | None, context: Context
) -> dict[str, str] | None:
    """Amount × probability: its own in an open stage, else the stage's."""
    found = context.settings.stage(pipeline, stage)
    if amount is None or (own is None and found is None):
        return None
    percent = own if own is not None and (found is None or not found.closed) else (found.probability if found else 0)
    value = Decimal(amount["amount"]) * percent / 100
    return {"amount": f"{value.normalize():f}", "currency": amount["currency"]}


def stage_since(history: Sequence[Mapping[str, Any]], created: str | None) -> str | None:
    """When the deal came into its stage."""
    return (history[-1]["at"] if history else None) or created


def days_in_stage(history: Sequence[Mapping[str, Any]], created: str | None, context: Context) -> int | None:
    """Whole days since the last entry of the stage history."""
    return agenda.days_since(stage_since(history, created), context)


def idle(last: str | None, history: Sequence[Mapping[str, Any]], created: str | None, context: Context) -> int | None:
    """Whole days since the last interaction or stage change."""
    return agenda.days_since(agenda.latest(last, stage_since(history, created)), context)


def rotting(idle_days: int | None, pipeline: str | None, stage: str | None, context: Context) -> bool:
    """Idle for longer than its stage allows."""
    found = context.settings.stage(pipeline, stage)
    limit = found.rotting_days if found and not found.closed else None
    return limit is not None and idle_days is not None and idle_days > limit


@declare(
    folder="deals",
    columns="id name organization.name stage amount close_date next_task",
    sorted_by="pipeline stage close_date",
    bare=True,
    settle=enter_stage,
)
class Deal(Record):
    """Something that may be sold."""

    organization: str | None = attr("link", to=("organization",), doc="who would buy")
    contacts: tuple[Item[str], ...] = attr(
        "labelled", item="link", to=("contact",), singular="contact", doc="who decides; the label is the role"
    )
    pipeline: str | None = attr("choice", choices="pipelines", group=1, doc="which pipeline; the first one if absent")
    stage: str | None = attr("choice", choices="stages", group=1, doc="how far it has come")
    amount: Money | None = attr("money", group=1, doc="what it is worth")
    probability: int | None = attr("integer", group=1, doc="percent, instead of the stage's")
    close_date: Stamp | None = attr("date", group=1, doc="when it is expected to close")
    closed_at: Stamp | None = attr("moment", group=1, doc="when it was won or lost")
    medium: str | None = attr("text", group=2, doc="through which medium it came")
    campaign: str | None = attr("text", group=2, doc="through which campaign it came")
    lead: str | None = attr("link", to=("lead",), group=2, doc="the lead that it came from")
    competitor: str | None = attr("text", group=2, doc="who else is bidding")
    next_step: str | None = attr("text", group=2, doc="what is to happen next")
    lost_reason: str | None = attr("choice", choices="lost_reasons", group=2, doc="why it was lost")
    won_reason: str | None = attr("text", group=2, doc="why it was won")
    stage_history: tuple[Mapping[str, Any], ...] = attr(
        "maps",
        parts=(Field("stage"), Field("at", "moment"), Field("by")),
        group=3,
        doc="every stage it was in, since when, moved by whom",
    )

    weighted = derived("money", "amount", "probability", "pipeline", "stage", work=weighted)
    days_in_stage = derived("integer", "stage_history", "created", work=days_in_stage)
    age = derived("integer", "created", work=agenda.days_since, doc="days since it was made")
    _last = rollup("newest", "interaction", "deal", type="moment", field="at", where=agenda.any_interaction)
    idle = derived("integer", "_last", "stage_history", "created", work=idle, doc="days without any activity")
    rotting = derived("bool", "idle", "pipeline", "stage", work=rotting, doc="idle longer than its stage allows")
    last_contact = rollup("newest", "interaction", "deal", type="moment", field="at", where=agenda.real_contact)
    next_task = rollup("earliest", "task", "deal", type="moment", field="_next", where=agenda.open_task)
    next_task_id = rollup("earliest", "task", "deal", type="link", field="_next", give="id", where=agenda.open_task)
    _state = derived("text", "pipeline", "stage", work=state)
