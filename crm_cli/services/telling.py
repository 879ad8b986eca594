"""Tells about a plan: which fields it changes, and in a line what it did."""

from collections.abc import Collection, Iterator
from typing import Any

from crm_cli.base.text import visible
from crm_cli.book import Receipt
from crm_cli.schema.convert import changed_fields
from crm_cli.schema.plan import Change, Plan
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import write


def diff_lines(plan: Plan, settings: Settings, without: Collection[str] = ()) -> Iterator[str]:
    """`id field: before -> after`, one line a field."""
    for change in plan.changes:
        record = change.record
        sign = "+" if change.before is None else "-" if change.after is None else " "
        yield f"{sign} {record.kind_.name} {record.id}  {visible(record.name or '')}"
        for name, before, after in field_diff(change, settings):
            if name not in without:
                yield f"    {name}: {before or '(none)'} -> {after or '(none)'}"


def field_diff(change: Change, settings: Settings) -> list[tuple[str, str, str]]:
    """Every stored field that differs: its name, its texts before and after."""
    empty = change.record.kind_.record()
    before, after = change.before or empty, change.after or empty
    return [
        (name, _text(before, name, settings), _text(after, name, settings)) for name in changed_fields(before, after)
    ]


def _text(record: Record, name: str, settings: Settings) -> str:
    value: Any = getattr(record, name)
    field = record.kind_.by_name.get(name)
    plain = write(value, field, settings, record.kind_.name) if field else value
    return visible(flat(plain))


def flat(plain: Any) -> str:
    """A value as it stands in a file, in one line to read: lists with `;`, maps with their keys, nothing is empty."""
    if plain is None:
        return ""
    if isinstance(plain, dict):
        return ", ".join(f"{key}: {flat(part)}" for key, part in plain.items())
    if isinstance(plain, list):
        return "; ".join(flat(part) for part in plain)
    return str(plain)


def summary(plan: Plan, receipt: Receipt) -> str:
    """What a plan did, where whoever made it has no words of its own."""
    if receipt.commit is None:
        return "nothing to change"
    if len(plan.changes) == 1:
        record = plan.changes[0].record
        return f"{plan.verb}: {record.name or record.id} ({record.id})"
    if not plan.changes:
        return f"{plan.verb}: {', '.join(change.path for change in plan.files)}"
    return f"{plan.verb}: {len(plan.changes)} records"
