"""From a selection to one statement: columns here and behind links, order, several kinds together."""

from collections.abc import Callable, Sequence
from typing import Any

from crm_cli.schema.condition import Path, Selection, Sort
from crm_cli.store.index.conditions import condition_sql
from crm_cli.store.index.decode import Decode, decode_json
from crm_cli.store.index.layout import KindTable, quoted
from crm_cli.store.index.places import Link, Scope, own_column, own_order

Shape = Callable[[Scope, KindTable, str], list[str]]
OWN = "t"


def statement(scope: Scope, tables: Sequence[KindTable], selection: Selection, shape: Shape, width: int) -> str:
    """The statement whose rows are the `width` columns of `shape`.

    Where it is about several kinds there is one more column in front: which of the kinds a row is of.
    """
    limit = "" if selection.limit is None else f" limit {max(0, selection.limit)}"
    if len(tables) == 1:
        return _of_one(scope, tables[0], selection, shape) + limit
    parts = [_of_several(scope, place, table, selection, shape) for place, table in enumerate(tables)]
    names = ", ".join(["kind_", *(f"c{at}" for at in range(width))])
    source = " union all ".join(parts) or f"select {', '.join(f'null {name}' for name in names.split(', '))} where 0"
    order = [_directed(f"s{at}", sort) for at, sort in enumerate(selection.sort)]
    ties = ["id_", "kind_", "path_"] if selection.sort else ["kind_", "id_", "path_"]
    return f"select {names} from ({source}) order by {', '.join([*order, *ties] if parts else ['1'])}{limit}"


def _of_one(scope: Scope, table: KindTable, selection: Selection, shape: Shape) -> str:
    # What it is sorted by is no column, so that rows can be handed on as they come.
    columns = ", ".join(shape(scope, table, OWN)) or "1"
    where = condition_sql(scope, table, OWN, selection.condition)
    order = [_directed(order_sql(scope, table, OWN, sort), sort) for sort in selection.sort]
    order += [f"{OWN}.id", f"{OWN}.path"]
    return f"select {columns} from {table.name} {OWN} where {where} order by {', '.join(order)}"


def _of_several(scope: Scope, place: int, table: KindTable, selection: Selection, shape: Shape) -> str:
    values = [f"{place} kind_", *(f"{sql} c{at}" for at, sql in enumerate(shape(scope, table, OWN)))]
    values += [f"{order_sql(scope, table, OWN, sort)} s{at}" for at, sort in enumerate(selection.sort)]
    where = condition_sql(scope, table, OWN, selection.condition)
    return f"select {', '.join(values)}, {OWN}.id id_, {OWN}.path path_ from {table.name} {OWN} where {where}"


def _directed(key: str, sort: Sort) -> str:
    """Nulls last, whichever way."""
    return f"{key} desc nulls last" if sort.descending else f"{key} nulls last"


def order_sql(scope: Scope, table: KindTable, alias: str, sort: Sort) -> str:
    """What records are sorted by, here or behind links."""
    return _order(scope, table, alias, sort.path)


def _order(scope: Scope, table: KindTable, alias: str, path: Path) -> str:
    crossing = scope.link(table, path)
    if crossing is None or (not crossing[1] and not crossing[0].back):
        return own_order(scope, table, alias, path)
    link, rest = crossing
    found = [
        f"({_behind(scope, table, alias, link, target, other, _order(scope, target, other, rest or ('id',)))} limit 1)"
        for target, other in ((target, scope.alias()) for target in link.kinds)
    ]
    return f"coalesce({', '.join(found)}, null)" if found else "null"


def column(scope: Scope, table: KindTable, alias: str, path: Path) -> tuple[str, Decode | None]:
    """The SQL of a value and what makes JSON form of it; a list where the path goes over several links."""
    crossing = scope.link(table, path)
    if crossing is None or (not crossing[1] and not crossing[0].back):
        return own_column(scope, table, alias, path)
    link, rest = crossing
    parts, decode = [], None
    for target in link.kinds:
        other = scope.alias()
        inner, found = column(scope, target, other, rest or ("id",))
        decode = found or decode
        parts.append(_behind(scope, table, alias, link, target, other, inner))
    if not parts:
        return "null", None
    if not link.many:
        return f"coalesce({', '.join(f'({part} limit 1)' for part in parts)}, null)", decode
    gathered = ", ".join(f"json((select json_group_array(v) from ({part})))" for part in parts)
    return f"json_array({gathered})", _each(decode)


def _behind(scope: Scope, table: KindTable, alias: str, link: Link, target: KindTable, other: str, value: str) -> str:
    """The select of a value of the records that a link leads to, in the order of the links."""
    if link.column:
        here = f"{alias}.{link.column}"
        return f"select {value} v from {target.name} {other} where {other}.id = {here} order by {other}.path"
    edge = scope.alias()
    fields = f"{edge}.field in ({', '.join(scope.bind(field) for field in link.fields)})"
    if link.back:
        folder = scope.bind(table.kind.folder)
        # A record that links here by two fields, or twice by one, is one record.
        return (
            f"select {value} v from {target.name} {other} where {other}.archived is null and {other}.rid in "
            f"(select {edge}.src from link {edge} where {edge}.id = {alias}.id and {fields} "
            f"and {edge}.folder in ('', {folder})) order by {other}.id, {other}.path"
        )
    folder = scope.bind(target.kind.folder)
    return (
        f"select {value} v from link {edge} join {target.name} {other} on {other}.id = {edge}.id "
        f"where {edge}.src = {alias}.rid and {fields} and {edge}.folder in ('', {folder}) "
        f"order by {edge}.pos, {other}.path"
    )


def _each(decode: Decode | None) -> Decode:
    def gather(value: Any) -> list[Any]:
        found: list[Any] = []
        for part in (part for kind in decode_json(value) for part in kind):
            shown = decode(part) if decode else part
            found += shown if isinstance(shown, list) else [shown]
        return [part for part in found if part is not None]

    return gather


def json_shape(_scope: Scope, _table: KindTable, alias: str) -> list[str]:
    """Whole records as JSON."""
    doc = f"(select {{}} from doc d where d.rid = {alias}.rid)"
    return [f"{doc.format('d.stored')} || {alias}.{quoted('json:c')} || {doc.format('d.tail')}"]
