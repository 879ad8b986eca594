"""The three-way merge of one record, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from crm_cli.base.dates import Stamp
from crm_cli.base.lean import dataclass
from crm_cli.schema.convert import build, changed_fields
from crm_cli.schema.field import Field
from crm_cli.schema.keys import key
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import write
from crm_cli.store.merge.case import OPEN, Broken, Case, Entry, Three, atom, settled
from crm_cli.store.merge.fields import merged_field
from crm_cli.store.merge.kept import fresh, merged_conflicts, note
from crm_cli.store.merge.values import by_key, unknown

Side = Literal["x", "y"]

COUPLED = (("pipeline", "stage", "closed_at", "lost_reason"), ("due", "every"))
"""Fields that mean something only together. The pipeline is one of its group where a side changed it."""

GONE = note("record", kept="edited", other="deleted")
"""What is noted when one side deleted a record that the other one edited."""


@dataclass(frozen=True)
class Merged:
    """A merged record, None where it is deleted, and the entries that are new among its conflicts."""

    record: Record | None
    kept_aside: tuple[Entry, ...] = ()


def merge(base: Record | None, x: Record | None, y: Record | None, *, later: Side, settings: Settings) -> Merged:
    """Both edits of one record. `later` says which of two values that exclude each other is shown.

    A record that one side merged away stays away as that side has it: whoever calls brings the other
    side's edit to the survivor.
    """
    late, early = (x, y) if later == "x" else (y, x)
    if late is None or early is None:
        return _one_sided(base, late or early)
    if base is not None and _same(base, late):
        return Merged(early)
    if _same(late, early) or (base is not None and _same(base, early)):
        return Merged(late)
    away = merged_away(base, late, early)
    return Merged(away) if away else _both(base, late, early, settings)


def _same(one: Record, other: Record) -> bool:
    """Whether two versions say the same, whatever lines their problems stand on."""
    return (
        one.id == other.id
        and not changed_fields(one, other)
        and {(p.field, p.value) for p in one.problems} == {(p.field, p.value) for p in other.problems}
    )


def _one_sided(base: Record | None, left: Record | None) -> Merged:
    if base is None or left is None:
        return Merged(left)
    if _same(base, left):
        return Merged(None)
    lives = replace(left, conflicts=merged_conflicts(Three(None, left.conflicts, ()), [GONE]))
    return Merged(lives, fresh([GONE], left.conflicts))


def merged_away(base: Record | None, *sides: Record) -> Record | None:
    """The one side that merged the record into another one."""
    if base is not None and base.merged_into:
        return None
    away = [side for side in sides if side.merged_into]
    return away[0] if len(away) == 1 else None


def _both(base: Record | None, late: Record, early: Record, settings: Settings) -> Merged:
    kind = late.kind_
    case = Case(settings, kind.name)
    records = Three(base, late, early)
    values = coupled(case, records)
    values |= {field.name: field_of(case, records, field) for field in kind.stored if field.name not in values}
    extra = by_key(records.each(lambda record: record.extra), lambda key, three: unknown(case, key, three))
    kept = records.each(lambda record: held(record, kind.by_name["conflicts"]))
    named = early if base is not None and late.id == base.id else late
    whole = {
        **{field.name: _filled(values[field.name], field) for field in kind.stored},
        "conflicts": merged_conflicts(kept, case.notes),
        "extra": extra,
        "id": named.id,
        "path": named.path,
        "problems": tuple(_problems(values, late, early)),
    }
    return Merged(build(kind, whole), fresh(case.notes, late.conflicts, early.conflicts))


def held(record: Record, field: Field) -> Any:
    """What a record holds in a field: its value, or the text that is none; None where nothing stands."""
    value = getattr(record, field.name)
    if value is not None and value != () and value != {}:
        return value
    texts = [problem.value for problem in record.problems if problem.field == field.name]
    return next((Broken(text) for text in texts if text is not None), None)


def coupled(case: Case, records: Three) -> dict[str, Any]:
    """The fields that are one value together, so that no mix comes about which nobody wrote."""
    kind = records.late.kind_
    values: dict[str, Any] = {}
    for group in COUPLED:
        if all(name in kind.by_name for name in group):
            fields = [kind.by_name[name] for name in group if name != "pipeline" or _moved(records)]
            three = records.each(partial(_values, fields))
            name = "+".join(field.name for field in fields)
            value = atom(case, name, three, lambda value: _group_text(case, kind.by_name, value)) or {}
            values |= {field.name: value.get(field.name) for field in fields}
    return values


def _moved(records: Three) -> bool:
    pipelines = [record.pipeline for record in records if record is not None]
    return any(pipeline != pipelines[0] for pipeline in pipelines)


def _values(fields: Iterable[Field], record: Record) -> dict[str, Any] | None:
    found = {field.name: held(record, field) for field in fields}
    return {name: value for name, value in found.items() if value is not None} or None


def _group_text(case: Case, fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.text if isinstance(value, Broken) else write(value, fields[name], case.settings, case.kind)
        for name, value in values.items()
    }


def field_of(case: Case, records: Three, field: Field) -> Any:
    """The merged value of a field; what was made twice was made when it was made first."""
    if field.name == "conflicts":
        return ()
    three = records.each(lambda record: held(record, field))
    if field.name == "created" and settled(three) is OPEN and all(isinstance(v, Stamp) for v in three[1:]):
        return min(three[1:], key=lambda stamp: (key("moment", stamp, case.settings), stamp.text))
    return merged_field(case, field, field.name, three)


def _filled(value: Any, field: Field) -> Any:
    if value is None or isinstance(value, Broken):
        return () if field.many else {} if field.mapping else None
    return value


def _problems(values: Mapping[str, Any], *sides: Record) -> Iterable[Problem]:
    """The problems of the sides that the merged record still has, each once."""
    found: dict[tuple[str, str | None], Problem] = {}
    for problem in (problem for side in sides for problem in side.problems):
        value = values.get(problem.field)
        still = Broken(problem.value) if problem.value is not None else None
        if value == still:
            found.setdefault((problem.field, problem.value), problem)
    return found.values()
