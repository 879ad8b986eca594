"""Between a record and its file: typed values out of the tree, the changed part of the tree out of them."""

from collections.abc import Callable, Mapping
from typing import Any

from crm_cli.base.errors import BadValue
from crm_cli.schema.kind import Kind
from crm_cli.schema.node import Map, Node, Plain, alike, plain, written
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.schema.shapes import read, write

Resolve = Callable[[str], str]


def load(kind: Kind, id: str, path: str, root: Map, settings: Settings) -> Record:
    """The record that a file holds. A bad value costs its field: null, with a problem beside it."""
    return kind.record(**load_values(kind, id, path, root, settings))


def load_values(kind: Kind, id: str, path: str, root: Map, settings: Settings) -> dict[str, Any]:
    """The same as a dict of what there is, for whoever looks at it once: a record has 40 attributes, a file has ten."""
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    problems: list[Problem] = []
    known = kind.stored_by_name

    def report(name: str, bad: BadValue, node: Node) -> None:
        problems.append(Problem(path, node.line, bad.code, _sentence(bad), name, _written(node)))

    for key, node in root.entries.items():
        field = known.get(key)
        if field is None:
            extra[key] = written(node)
            continue
        try:
            values[key] = read(node, field, settings, kind.name, report)
        except BadValue as bad:
            report(key, bad, node)
    for field in kind.required:
        if not values.get(field.name) and not any(p.field == field.name for p in problems):
            problems.append(Problem(path, 1, "missing", f"{field.name} is missing", field.name))
    values |= {"id": id, "path": path, "extra": extra, "problems": tuple(problems)}
    return values | _following(kind, values)


def build(kind: Kind, values: Mapping[str, Any]) -> Record:
    """A record of these values, with the fields that follow from them."""
    return kind.record(**{**values, **_following(kind, values)})


def _following(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: follow(values) for name, follow in kind.followed.items()}


def _sentence(bad: BadValue) -> str:
    return f"{bad.message} ({bad.hint})" if bad.hint else bad.message


def _written(node: Node) -> str:
    """The text of a value; of a list or map, which is rarely one line, the same as JSON."""
    text = plain(node)
    if isinstance(text, str):
        return text
    import json  # 3 ms, only where something is wrong

    return json.dumps(text, ensure_ascii=False)


def values_of(record: Record) -> dict[str, Any]:
    """The stored values of a record by field."""
    return {field.name: getattr(record, field.name) for field in record.kind_.stored}


def everything_of(record: Record) -> dict[str, Any]:
    """All that `build` makes the same record of, but for its problems."""
    return {**values_of(record), "id": record.id, "path": record.path, "extra": record.extra}


def changed_fields(before: Record, after: Record) -> tuple[str, ...]:
    """The stored fields whose typed values differ, and `extra` where unknown keys do."""
    names = [f.name for f in after.kind_.stored if getattr(before, f.name) != getattr(after, f.name)]
    return (*names, "extra") if changed_keys(before, after) else tuple(names)


def changed_keys(before: Record, after: Record) -> tuple[str, ...]:
    """The unknown top-level keys whose values differ; one without a value is as good as none."""
    keys = dict.fromkeys((*before.extra, *after.extra))
    return tuple(key for key in keys if not alike(before.extra.get(key), after.extra.get(key)))


def file_changes(before: Record, after: Record, settings: Settings) -> dict[str, Plain | None]:
    """Top-level key -> what is to be written, None for a key that goes away; only what differs."""
    kind = after.kind_
    out: dict[str, Plain | None] = {}
    for name in changed_fields(before, after):
        if name == "extra":
            out |= {key: after.extra.get(key) for key in changed_keys(before, after)}
        else:
            out[name] = write(getattr(after, name), kind.by_name[name], settings, kind.name)
    return out


def file_tree(record: Record, settings: Settings) -> dict[str, Plain]:
    """Everything that a new file of the record holds, in the order of the file."""
    kind = record.kind_
    written = {f.name: write(getattr(record, f.name), f, settings, kind.name) for f in kind.stored}
    tree = {name: value for name, value in written.items() if value is not None}
    return {**tree, **{key: value for key, value in record.extra.items() if value is not None}}


def resolved(value: Any, resolve: Resolve) -> Any:
    """The JSON form of a field of links, each as the id that `resolve` gives for it."""
    if isinstance(value, str):
        return resolve(value.rpartition("/")[2])
    if isinstance(value, dict):
        return {**value, "value": resolved(value["value"], resolve)}
    return [resolved(part, resolve) for part in value]


def json_problem(problem: Problem) -> dict[str, Any]:
    """One problem, as JSON."""
    return {
        "class": problem.severity,
        "code": problem.code,
        "field": problem.field or None,
        "line": problem.line or None,
        "value": problem.value,
        "message": problem.message,
    }
