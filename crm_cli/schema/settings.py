"""The settings of a book: what `crm.yaml` may say, its defaults, and what is wrong with one.

A list that is given replaces the default list, `pipelines` the default pipeline; other maps merge.
"""

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import Any

from crm_cli.base.dates import Cadence
from crm_cli.base.lean import dataclass

CUSTOM_TYPES = "text long number integer money date moment bool choice list link phone email url duration".split()


@dataclass(frozen=True)
class Stage:
    """A step of a pipeline; `probability` in percent, `rotting_days` None where it never goes stale."""

    name: str
    type: str = "open"
    probability: int = 0
    rotting_days: int | None = None
    required: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether a deal in it is over."""
        return self.type != "open"


@dataclass(frozen=True)
class Pipeline:
    """Stages in their order."""

    name: str
    stages: tuple[Stage, ...]

    def stage(self, name: str) -> Stage | None:
        """The stage of that name."""
        return next((stage for stage in self.stages if stage.name == name), None)


@dataclass(frozen=True)
class CustomField:
    """A field that the book declares for a kind."""

    name: str
    type: str = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    required_from: str = ""
    to: str = ""


@dataclass(frozen=True)
class User:
    """Somebody who works in the book."""

    key: str
    name: str = ""
    emails: tuple[str, ...] = ()


SALES = Pipeline(
    "sales",
    (
        Stage("prospecting", probability=10, rotting_days=14),
        Stage("qualification", probability=20, rotting_days=14),
        Stage("proposal", probability=50, rotting_days=14),
        Stage("negotiation", probability=80, rotting_days=14),
        Stage("won", type="won", probability=100),
        Stage("lost", type="lost", probability=0, required=("lost_reason",)),
    ),
)


@dataclass(frozen=True)
class Settings:
    """Everything that every clone of the book shares."""

    format: int = 1
    name: str = ""
    currency: str = "INR"
    country: str = "IN"
    language: str = "en"
    timezone: str = "UTC"
    fiscal_year_start: str = "04-01"
    week_start: str = "monday"
    date_order: str = "dmy"
    pipelines: Mapping[str, Pipeline] = field(default_factory=lambda: {"sales": SALES})
    lifecycle: tuple[str, ...] = ("lead", "prospect", "customer", "former", "other")
    lost_reasons: tuple[str, ...] = ("price", "competitor", "timing", "no-need", "no-reply", "other")
    lead_statuses: tuple[str, ...] = ("new", "assigned", "in-process", "converted", "recycled", "dead")
    ratings: tuple[str, ...] = ("hot", "warm", "cold")
    cadence_by_tag: Mapping[str, Cadence] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, CustomField]] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    holidays: tuple[str, ...] = ()

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The names of all stages of all pipelines, each once, in their order."""
        return tuple(dict.fromkeys(stage.name for line in self.pipelines.values() for stage in line.stages))

    @property
    def default_pipeline(self) -> Pipeline:
        """The first pipeline."""
        return next(iter(self.pipelines.values()))

    def pipeline(self, name: str | None) -> Pipeline | None:
        """The pipeline of that name; the first one for none."""
        return self.default_pipeline if not name else self.pipelines.get(name)

    def stage(self, pipeline: str | None, name: str | None) -> Stage | None:
        """A stage of a pipeline (the first pipeline for none)."""
        line = self.pipeline(pipeline)
        return line.stage(name) if line and name else None

    def custom(self, kind: str) -> Mapping[str, CustomField]:
        """The declared custom fields of a kind."""
        return self.fields.get(kind, {})

    def choices(self, source: tuple[str, ...] | str) -> tuple[str, ...]:
        """The choices of a field: its own, or those that the settings list."""
        if isinstance(source, tuple):
            return source
        value: Any = tuple(self.pipelines) if source == "pipelines" else getattr(self, source)
        return tuple(value)
