"""What a change of stage brings with it: one function for every writer.

It checks that the pipeline has the stage and that the fields which the stage asks for are there, adds to
the stage history, and sets or clears what belongs to a closed deal.
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from crm_cli.base.dates import Stamp
from crm_cli.base.errors import Invalid
from crm_cli.base.lean import replace
from crm_cli.schema.context import Context
from crm_cli.schema.settings import Pipeline, Settings, Stage


class Staged(Protocol):
    """A record that moves through the stages of a pipeline."""

    @property
    def name(self) -> str | None: ...
    @property
    def pipeline(self) -> str | None: ...
    @property
    def stage(self) -> str | None: ...
    @property
    def closed_at(self) -> Stamp | None: ...
    @property
    def created(self) -> Stamp | None: ...
    @property
    def stage_history(self) -> tuple[Mapping[str, Any], ...]: ...


S = TypeVar("S", bound=Staged)


def enter_stage(before: S | None, after: S, context: Context) -> S:
    """The record as its stage asks for; `Invalid` where something is missing, unless forced."""
    settings = context.settings
    line = settings.pipeline(after.pipeline)
    if line is None:
        raise Invalid(f"no pipeline is called {after.pipeline}", hint=f"there is {', '.join(settings.pipelines)}")
    name = after.stage
    if before is None:
        name = name or line.stages[0].name
        after = replace(after, pipeline=line.name, stage=name)
    elif (before.pipeline, before.stage) == (after.pipeline, name) or name is None:
        return after
    stage = line.stage(name)
    if stage is None:
        names = ", ".join(s.name for s in line.stages)
        raise Invalid(f"the pipeline {line.name} has no stage {name}", hint=f"it has {names}")
    after = _close(before, after, stage, context)
    missing = missing_for(after, line, stage, settings)
    if missing and not context.force:
        raise Invalid(
            f"{after.name}: the stage {stage.name} asks for {', '.join(missing)}",
            hint=_how(before, after, stage, missing),
        )
    return after


def _how(before: Any, after: Any, stage: Stage, missing: list[str]) -> str:
    """The command that gives what is missing; only a reason has an option of `move`."""
    if before is None or not after.id:
        return "give it in the same command"
    if missing == [f"{stage.type}_reason"]:
        return f"crm move {after.id} {stage.name} --reason ..."
    return f"crm set {after.id} stage={stage.name} {' '.join(f'{name}=...' for name in missing)}"


def _close(before: S | None, after: S, stage: Stage, context: Context) -> S:
    given = after.closed_at if before is None or after.closed_at != before.closed_at else None
    at = given if stage.closed else None
    at = at or (after.created if before is None else None) or context.stamp
    entry = {"stage": stage.name, "at": at, "by": context.user or None}
    history = (*after.stage_history, entry)
    if before is None and after.stage_history:
        history = after.stage_history
    if stage.closed:
        return replace(after, stage_history=history, closed_at=after.closed_at if given else at)
    return replace(after, stage_history=history, closed_at=None, lost_reason=None)


def missing_for(record: Any, line: Pipeline, stage: Stage, settings: Settings) -> list[str]:
    """The fields that a stage asks for and the record lacks: the stage's own, and custom ones from a stage on."""
    needed = list(stage.required)
    if stage.type != "lost":
        names = [s.name for s in line.stages]
        for field in settings.custom(record.kind_.name).values():
            if field.required_from in names and names.index(field.required_from) <= names.index(stage.name):
                needed.append(f"custom.{field.name}")
    return [name for name in dict.fromkeys(needed) if not _value(record, name)]


def _value(record: Any, name: str) -> Any:
    field, _, key = name.partition(".")
    value = getattr(record, field, None)
    if key:
        return (value or {}).get(key)
    return record.custom.get(name) if value is None and not hasattr(record, field) else value
