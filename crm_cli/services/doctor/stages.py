"""What stages and the book's custom fields ask for, and whether the history of a deal tells its stage."""

from collections.abc import Iterator
from typing import Any

from crm_cli.base.dates import Stamp
from crm_cli.base.text import with_article
from crm_cli.schema.context import Context
from crm_cli.schema.problem import Problem
from crm_cli.schema.settings import Settings
from crm_cli.schema.workflow import missing_for
from crm_cli.services.doctor.survey import Page

_OF_A_STAGE = frozenset(("pipeline", "stage", "stage_history", "closed_at"))


def required_fields(page: Page, settings: Settings) -> Iterator[Problem]:
    """Custom fields that every record of the kind must have."""
    record = page.record
    if record.merged_into or _spoilt(page, {"custom"}):
        return
    for declared in settings.custom(page.kind.name).values():
        if declared.required and record.custom.get(declared.name) in (None, "", ()):
            message = f"{with_article(page.kind.name)} needs custom.{declared.name}, as crm.yaml says"
            yield Problem(page.path, 0, "workflow", message, f"custom.{declared.name}")


def workflow(page: Page, settings: Settings) -> Iterator[Problem]:
    """What the stage of a record asks for and the record lacks, or has although it is open."""
    record: Any = page.record
    if "stage" not in page.kind.by_name or record.merged_into or _spoilt(page, {"pipeline", "stage"}):
        return
    line = settings.pipeline(record.pipeline)
    if line is None or record.stage is None:
        first = line.stages[0].name if line else ""
        yield Problem(page.path, 0, "workflow", f"no stage is set; crm move {record.id} {first}", "stage")
        return
    stage = line.stage(record.stage)
    if stage is None:
        names = ", ".join(one.name for one in line.stages)
        message = f"the pipeline {line.name} has no stage {record.stage}; it has {names}"
        yield Problem(page.path, 0, "workflow", message, "stage")
        return
    for name in missing_for(record, line, stage, settings):
        if not _spoilt(page, {name.partition(".")[0]}):
            yield Problem(page.path, 0, "workflow", f"the stage {stage.name} asks for {name}", name)
    for name in ("closed_at", "lost_reason"):
        if not stage.closed and getattr(record, name, None):
            message = f"{name} is set, but the stage {stage.name} is open; crm set {record.id} {name}= clears it"
            yield Problem(page.path, 0, "workflow", message, name)


def stage_history(page: Page, settings: Settings) -> Iterator[Problem]:
    """A stage that was set by hand, without its entry in the history or without the day on which it was closed."""
    record: Any = page.record
    if not moved_by_hand(page, settings):
        return
    history = record.stage_history
    last = history[-1].get("stage") if history else None
    what = f"ends with {last}" if last else "is empty"
    if last == record.stage:
        message = f"the stage is {record.stage}, but closed_at is missing"
        yield Problem(page.path, 0, "stage-history", message, "closed_at", fix="sets closed_at")
        return
    message = f"the stage is {record.stage}, but its history {what}"
    yield Problem(page.path, 0, "stage-history", message, "stage_history", fix="adds the entry")


def moved_by_hand(page: Page, settings: Settings) -> bool:
    """Whether a known stage lacks its entry in the history, or a closed one its day."""
    record: Any = page.record
    if "stage_history" not in page.kind.by_name or record.merged_into or _spoilt(page, _OF_A_STAGE):
        return False
    stage = settings.stage(record.pipeline, record.stage)
    if stage is None:
        return False
    history = record.stage_history
    return not history or history[-1].get("stage") != stage.name or (stage.closed and record.closed_at is None)


def brought_up_to_date(record: Any, context: Context) -> dict[str, Any]:
    """The fields of a deal that was moved by hand as the workflow would have left them; nothing is cleared.

    The move counts from `closed_at`, from `created` where there is no history at all, else from now.
    """
    stage = context.settings.stage(record.pipeline, record.stage)
    assert stage is not None
    history = record.stage_history
    known = bool(history) and history[-1].get("stage") == stage.name
    at: Stamp | None = record.closed_at if stage.closed else None
    at = at or (history[-1].get("at") if known else None) or (record.created if not history else None) or context.stamp
    out: dict[str, Any] = {}
    if not known:
        out["stage_history"] = (*history, {"stage": stage.name, "at": at, "by": context.user or None})
    if stage.closed and record.closed_at is None:
        out["closed_at"] = at
    return out


def _spoilt(page: Page, fields: set[str] | frozenset[str]) -> bool:
    """Whether a field that a check needs has a problem of its own, so that nothing can be said."""
    return any(problem.field in fields for problem in page.record.problems)
