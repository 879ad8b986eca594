"""The pipeline: deals by stage with their sums, and moving a deal along."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.base.text import nearest
from crm_cli.book import Book
from crm_cli.schema.condition import And, Selection
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Stage
from crm_cli.schema.table import Column, Table
from crm_cli.schema.workflow import missing_for
from crm_cli.services.deals.board import Pile
from crm_cli.services.deals.stuck import stalled
from crm_cli.services.edit import create, entry_of, update
from crm_cli.services.entry import scalar

COLUMNS = (
    Column("pipeline"),
    Column("stage"),
    Column("count", "integer"),
    Column("amount", "totals"),
    Column("weighted", "totals"),
)


def board(book: Book, selection: Selection, *, only_stalled: bool = False) -> Table:
    """Count, sum and weighted sum of each stage; each currency has a sum of its own."""
    deal = book.kinds["deal"]
    if only_stalled:
        selection = replace(selection, condition=And((selection.condition, stalled(book))))
    paths = [("pipeline",), ("stage",), ("amount",), ("weighted",)]
    piles: dict[tuple[str, str], tuple[Pile, Pile]] = {
        (line.name, stage.name): (Pile(), Pile()) for line in book.settings.pipelines.values() for stage in line.stages
    }
    for pipeline, stage, amount, weighted in book.index.select([deal], replace(selection, sort=()), paths):
        line = book.settings.pipeline(pipeline) or book.settings.default_pipeline
        whole, expected = piles.setdefault((line.name, stage or ""), (Pile(), Pile()))
        whole.add(amount)
        expected.add(weighted)
    rows = [(*names, whole.count, whole.totals, expected.totals) for names, (whole, expected) in piles.items()]
    return Table("pipeline", COLUMNS, rows, ids=1)


def move_deal(
    book: Book,
    records: Sequence[Record],
    stage: str,
    *,
    reason: str | None,
    note: str | None,
    at: str | None,
    values: Mapping[str, Any] | None = None,
) -> Plan:
    """A deal in another stage, with `values` that it asks for; a note is written down in the same commit."""
    entry, changes = entry_of(book), []
    for record in records:
        found = _stage_of(book, record, stage)
        new: dict[str, Any] = {**_onto(record, values or {}), "stage": stage}
        if reason is not None:
            if not found.closed:
                raise BadRequest(f"{stage} is an open stage: a reason is for won and lost")
            field = record.kind_.by_name[f"{found.type}_reason"]
            new[field.name] = scalar(reason, field, entry)
        if at is not None:
            # A deal enters an open stage when that is written down: nothing else would keep the history in order.
            if not found.closed:
                raise BadRequest(f"{stage} is an open stage: --at is for the day on which a deal was won or lost")
            new["closed_at"] = scalar(at, record.kind_.by_name["closed_at"], entry)
        change = update(book, record, new)
        changes += [change] if change else []
        changes += [_note(book, record, note)] if note else []
    return Plan("move", tuple(changes))


def _onto(record: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values for a record: those under the keys of a map join what stands there."""
    return {
        name: {**getattr(record, name), **value} if isinstance(value, Mapping) else value
        for name, value in values.items()
    }


def wanted_for(book: Book, deal: Record, stage: str) -> list[str]:
    """The fields that a stage asks for and the deal lacks; of a lost deal the reason in any case."""
    found = _stage_of(book, deal, stage)
    if getattr(deal, "stage", None) == stage:
        return []
    line = book.settings.pipeline(getattr(deal, "pipeline", None)) or book.settings.default_pipeline
    reason = [f"{found.type}_reason"] if found.type == "lost" else []
    wanted = dict.fromkeys((*reason, *missing_for(deal, line, found, book.settings)))
    own = deal.kind_.by_name
    return [name if name.partition(".")[0] in own else f"custom.{name}" for name in wanted]


def _stage_of(book: Book, deal: Record, name: str) -> Stage:
    """The stage of that name in the deal's own pipeline; `Invalid` with what it has, or with where such a stage is."""
    line = book.settings.pipeline(getattr(deal, "pipeline", None)) or book.settings.default_pipeline
    if found := line.stage(name):
        return found
    other = next((each.name for each in book.settings.pipelines.values() if each.stage(name)), None)
    if other:
        hint = f"{other} has one: crm set {deal.id} pipeline={other} stage={name}"
    else:
        names = [each.name for each in line.stages]
        near = nearest(name, names)
        hint = f"did you mean {near}?" if near else f"it has {', '.join(names)}"
    raise Invalid(f"the pipeline {line.name} has no stage {name}", hint=hint)


def _note(book: Book, deal: Record, text: str) -> Change:
    people = tuple(item.value.rpartition("/")[2] for item in getattr(deal, "contacts", ()))
    values = {
        "kind": "note",
        "deal": deal.id,
        "organization": getattr(deal, "organization", None),
        "contacts": people,
        "body": text,
    }
    return create(book, book.kinds["interaction"], values)
