"""Settles conflicts: the plan that writes what was chosen and takes the notes away, in one commit."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.book import SETTINGS, Book
from crm_cli.schema.convert import values_of
from crm_cli.schema.plan import Change, FileChange, Plan
from crm_cli.schema.record import Record
from crm_cli.services import assign
from crm_cli.services.assign import Assignment
from crm_cli.services.conflicts.choices import Choice, Decision, other_of
from crm_cli.services.conflicts.places import Place, place_of
from crm_cli.services.conflicts.wholes import settle_file, settle_settings
from crm_cli.services.edit import check_part, entry_of, update
from crm_cli.store.merge.case import Case
from crm_cli.store.sync.filemerge import QUARANTINE


def resolve(book: Book, decisions: Sequence[Decision]) -> Plan:
    """The plan that settles what was decided."""
    changes: list[Change] = []
    whole: list[FileChange] = []
    for path in dict.fromkeys(decision.path for decision in decisions):
        choices = [(decision.field, decision.choice) for decision in decisions if decision.path == path]
        if path == SETTINGS:
            whole += settle_settings(book, [(str(field), choice) for field, choice in choices])
        elif path.startswith(f"{QUARANTINE}/"):
            whole += settle_file(book, path, choices[0][1])
        else:
            changes += _settled(book, book.record(path), choices)
    return Plan("resolve", tuple(changes), files=tuple(whole))


def _settled(book: Book, before: Record, choices: Iterable[tuple[str | None, Choice]]) -> list[Change]:
    """One change of a record for all that was chosen in it."""
    after = before
    for field, choice in choices:
        changed = _chosen(book, after, field or "", choice)
        if changed is None:
            return [Change(before, None)]
        after = changed
    return [Change(before, after)] if after is not before else []


def _chosen(book: Book, record: Record, field: str, choice: Choice) -> Record | None:
    """The record with one field settled; None where it is deleted."""
    entries = [entry for entry in record.conflicts if (entry.get("field") or "") == field]
    left = {"conflicts": tuple(entry for entry in record.conflicts if entry not in entries)}
    if choice.way == "keep":
        return _updated(book, record, left)
    if is_removal(record, entries):
        if choice.way == "value":
            raise BadRequest("the record itself is in conflict", hint="--keep leaves it, --other deletes it")
        return None
    if field in ("", "conflicts"):
        raise Invalid(f"{record.id}: this note names no field", hint="crm resolve --keep drops it")
    names = field.split("+")
    if len(names) > 1 and all(name in record.kind_.stored_by_name for name in names):
        return _group(book, record, names, entries, left, choice)
    entry = entries[0] if choice.way == "value" else other_of(entries, record.id, choice)
    place = place_of(record, field, entry.get("kept"), book.settings)
    if place.field is not record.kind_.stored_by_name.get(field) and not place.raw:
        check_part(record, field.partition(".")[0])
    value = place.typed(choice.text, entry_of(book)) if choice.way == "value" else place.read(entry.get("other"))
    return _updated(book, record, {**left, **place.put(value)})


def is_removal(record: Record, entries: Sequence[Mapping[str, Any]]) -> bool:
    """Whether what lost is the removal of the record itself."""
    return bool(entries) and entries[0].get("field") == "record" and "record" not in record.extra


def _updated(book: Book, record: Record, values: Mapping[str, Any], *, force: bool = False) -> Record:
    change = update(book, record, values, force=force, meant=values)
    assert change is not None  # the notes at least are fewer
    assert change.after is not None
    return change.after


def _group(
    book: Book,
    record: Record,
    names: Sequence[str],
    entries: Sequence[Mapping[str, Any]],
    left: Mapping[str, Any],
    choice: Choice,
) -> Record:
    """Fields that are one value together: all of them from the other side, or those that were typed."""
    if choice.way == "value":
        return _updated(book, record, {**left, **_typed(book, record, names, choice.text)})
    other = other_of(entries, record.id, choice).get("other") or {}
    if not isinstance(other, dict):
        raise Invalid(f"{record.id}: what was kept aside for {'+'.join(names)} is no map", hint="--value gives one")
    case = Case(book.settings, record.kind_.name)
    fields = record.kind_.stored_by_name
    values = {name: Place(case, fields[name], None, dict).read(other.get(name)) for name in names}
    if "stage" not in names:
        return _updated(book, record, {**left, **values})
    return _staged(book, record, left, values)


def _staged(book: Book, record: Any, left: Mapping[str, Any], values: Mapping[str, Any]) -> Record:
    """A stage from another machine: valid there, so what it asks for is not asked again; it says itself when it closed.

    The history ends with the stage that the record has.
    """
    after: Any = _updated(book, record, {**left, **values}, force=True)
    context = book.with_user().context
    line = context.settings.pipeline(after.pipeline)
    stage = line.stage(after.stage) if line and after.stage else None
    history = record.stage_history
    if stage and (not history or history[-1].get("stage") != stage.name):
        history = (*history, {"stage": stage.name, "at": context.stamp, "by": context.user or None})
    facts = {name: values[name] for name in ("closed_at", "lost_reason")}
    if stage and stage.closed and facts["closed_at"] is None:
        facts["closed_at"] = after.closed_at
    made: Record = replace(after, stage_history=history, **facts)
    return made


def _typed(book: Book, record: Record, names: Sequence[str], text: str) -> dict[str, Any]:
    """What was typed for a group: a value for its main field, or `stage=lost lost_reason=price`."""
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    found = [one for word in words if (one := assign.parse(word))]
    if not found or len(found) < len(words):
        found = [Assignment(("stage" if "stage" in names else names[0],), "=", text)]
    values: Mapping[str, Any] = values_of(record)
    for assignment in found:
        if assignment.path[0] not in names:
            raise BadRequest(f"{assignment.name} is none of {', '.join(names)}")
        values = assign.assign(values, assignment, record.kind_, entry_of(book))
    return {name: values[name] for name in names}
