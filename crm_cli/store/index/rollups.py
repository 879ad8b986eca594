"""Folds values over the records that link to others: counts, totals, the newest and the earliest."""

import sqlite3
from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from typing import Any

from crm_cli.schema.condition import And, Condition, Not, Or, Path, Test
from crm_cli.schema.context import Context
from crm_cli.schema.field import Rollup
from crm_cli.schema.kind import Kind
from crm_cli.store.index.conditions import condition_sql
from crm_cli.store.index.layout import KindTable, Layout
from crm_cli.store.index.lists import as_list
from crm_cli.store.index.places import Scope, key_column, own_column

EXACT = 60
"""Digits of a sum of money, so that none is rounded."""


def counted(rollup: Rollup, context: Context) -> Condition:
    """Which records of the source it folds."""
    return rollup.where(context) if rollup.where else And(())


def paths_of(condition: Condition) -> list[Path]:
    """Every path that a condition asks for."""
    match condition:
        case And(parts) | Or(parts):
            return [path for part in parts for path in paths_of(part)]
        case Not(part):
            return paths_of(part)
        case Test():
            return [condition.path]
    return []


def fold_up(
    db: sqlite3.Connection, layout: Layout, kind: Kind, rollup: Rollup, context: Context, ids: Iterable[str] | None
) -> Mapping[str, Any]:
    """By id, in JSON form, the value for these records, or for all; those that nothing links to are missing."""
    scope = Scope(layout, context.settings)
    table = layout.tables[layout.kinds[rollup.source].name]
    chosen = "" if ids is None else f" and id in (select value from json_each({scope.bind(as_list(ids)[0])}))"
    arriving = " union all ".join(_arriving(scope, layout, kind, table, path, chosen) for path in rollup.paths)
    where = condition_sql(scope, table, "s", counted(rollup, context))
    source = f"from (select distinct id, src from ({arriving})) e join {table.name} s on s.rid = e.src where {where}"
    if rollup.fold == "count":
        return dict(db.execute(f"select e.id, count(*) {source} group by e.id", scope.parameters))
    slot = table.slots[rollup.field]
    value, decode = own_column(scope, table, "s", (rollup.give or rollup.field,))
    key = key_column(slot, "s")
    if rollup.fold == "total":
        return _totals(db.execute(f"select e.id, {value} {source} and {key} is not null", scope.parameters))
    # The last one in a dict stays, so the winner comes last; of equals the smaller id wins.
    order = f"{key}{'' if rollup.fold == 'newest' else ' desc'}, s.id desc, s.path desc"
    found = dict(db.execute(f"select e.id, {value} {source} and {key} is not null order by {order}", scope.parameters))
    return {id: decode(one) for id, one in found.items()} if decode else found


def _arriving(scope: Scope, layout: Layout, kind: Kind, table: KindTable, path: str, chosen: str) -> str:
    """Pairs of an id of the kind and a record of the source, by a link field, or by one and then another."""
    first, _, second = path.partition(".")
    folder = f"folder in ('', {scope.bind(kind.folder)})"
    if not second:
        return (
            f"select l.id, l.src from link l join {table.name} r on r.rid = l.src "
            f"where field = {scope.bind(first)} and {folder}{chosen.replace('id in', 'l.id in')}"
        )
    middles = " union all ".join(
        f"select l.src, m.rid from link l join {layout.tables[name].name} m on m.id = l.id "
        f"join {table.name} r on r.rid = l.src "
        f"where l.field = {scope.bind(first)} and l.folder in ('', {scope.bind(layout.kinds[name].folder)})"
        for name in table.kind.by_name[first].to
        if name in layout.tables
    )
    return (
        f"select l2.id, m.src from ({middles}) m join link l2 on l2.src = m.rid "
        f"where l2.field = {scope.bind(second)} and l2.{folder}{chosen.replace('id in', 'l2.id in')}"
    )


def _totals(rows: Iterable[tuple[str, str]]) -> dict[str, list[dict[str, str]]]:
    sums: dict[str, dict[str, Decimal]] = {}
    with localcontext() as exact:
        exact.prec = EXACT
        for id, money in rows:
            digits, _, currency = money.partition(" ")
            by_currency = sums.setdefault(id, {})
            by_currency[currency] = by_currency.get(currency, Decimal(0)) + Decimal(digits)
    return {
        id: [{"amount": format(total, "f"), "currency": currency} for currency, total in sorted(by_currency.items())]
        for id, by_currency in sums.items()
    }
