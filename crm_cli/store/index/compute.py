"""Works out computed values, for all records or for those that a change reaches, and keeps track of the time."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from crm_cli.base.lean import dataclass
from crm_cli.schema.context import Context
from crm_cli.schema.field import Rollup
from crm_cli.schema.kind import Kind
from crm_cli.store.index.computed import blank, cells, json_part
from crm_cli.store.index.graph import Graph, Node
from crm_cli.store.index.layout import KindTable, Layout, quoted
from crm_cli.store.index.lists import as_list
from crm_cli.store.index.load import Delta
from crm_cli.store.index.places import Scope
from crm_cli.store.index.reach import Reach
from crm_cli.store.index.rollups import fold_up
from crm_cli.store.index.rows import column

Values = dict[str, Any]


def compute(db: sqlite3.Connection, layout: Layout, context: Context, delta: Delta | None) -> None:
    """Brings every computed value up to the files and to the time of the context."""
    if delta is not None and not _follows(db, context):
        delta = None
    if delta is not None:
        passed = db.execute("select distinct rid from later where key <= ?", (_seconds(context),))
        delta.note(db, [rid for (rid,) in passed])
    graph = Graph(layout, context)
    reach = None if delta is None else Reach(db, graph, delta)
    for nodes in graph.batches():
        ids = None if reach is None else set[str]().union(*map(reach.of, nodes))
        if ids is None or ids:
            batch = Batch(db, layout, context, layout.kinds[nodes[0][0]], [name for _, name in nodes], ids)
            moved = batch.run()
            if reach is not None:
                reach.moved |= moved
    _watch(db, layout, context, reach)


@dataclass(frozen=True)
class Batch:
    """Some computed values of one kind, for the records of these ids, or for all."""

    db: sqlite3.Connection
    layout: Layout
    context: Context
    kind: Kind
    names: Sequence[str]
    ids: Collection[str] | None

    @property
    def table(self) -> KindTable:
        """The table of the kind."""
        return self.layout.tables[self.kind.name]

    def run(self) -> dict[Node, set[str]]:
        """Works them out and writes them; says whose changed."""
        folded = {name: self._folded(one) for name in self.names if isinstance(one := self._one(name), Rollup)}
        needed = dict.fromkeys(
            n for name in self.names if not isinstance(c := self._one(name), Rollup) for n in c.needs
        )
        inputs = [need for need in needed if need not in self.kind.computed_by_name]
        moved: dict[Node, set[str]] = {(self.kind.name, name): set() for name in self.names}
        rows = []
        for rid, id, old, given in self._records(inputs):
            new = self._worked_out(id, old, given, folded)
            for name in self.names:
                if new[name] != old[name]:
                    moved[self.kind.name, name].add(id)
            rows.append((*self._cells(new), json_part(self.kind, new), rid))
        self._write(rows)
        return moved

    def _one(self, name: str) -> Any:
        return self.kind.computed_by_name[name]

    def _folded(self, rollup: Rollup) -> Mapping[str, Any]:
        return fold_up(self.db, self.layout, self.kind, rollup, self.context, self.ids)

    def _worked_out(self, id: str, old: Values, given: Values, folded: Mapping[str, Mapping[str, Any]]) -> Values:
        new = dict(old)
        for name in self.names:
            one = self._one(name)
            if isinstance(one, Rollup):
                new[name] = folded[name].get(id, blank(one))
            else:
                values = (new[need] if need in new else given[need] for need in one.needs)
                new[name] = one.work(*values, self.context)
        return new

    def _records(self, inputs: Sequence[str]) -> list[tuple[int, str, Values, Values]]:
        """Row, id, computed values as they were, and what they are worked out from."""
        scope, own = Scope(self.layout, self.context.settings), [one.name for one in self.kind.computed]
        found = [column(scope, self.table, "t", tuple(name.split("."))) for name in (*own, *inputs)]
        where = (
            ""
            if self.ids is None
            else f" where t.id in (select value from json_each({scope.bind(as_list(self.ids)[0])}))"
        )
        columns = "".join(f", {sql}" for sql, _ in found)
        decoders = [decode for _, decode in found]
        records = []
        for row in self.db.execute(f"select t.rid, t.id{columns} from {self.table.name} t{where}", scope.parameters):
            values = [decode(one) if decode else one for decode, one in zip(decoders, row[2:], strict=True)]
            given = dict(zip(inputs, values[len(own) :], strict=True))
            records.append((row[0], row[1], dict(zip(own, values[: len(own)], strict=True)), given))
        return records

    def _cells(self, values: Values) -> list[Any]:
        settings = self.context.settings
        return [cell for slot in self.table.computed for cell in cells(slot, values[slot.name], settings)]

    def _write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        names = [name for slot in self.table.computed for name in slot.columns]
        sets = ", ".join(f"{quoted(name)} = ?" for name in [*names, "json:c"])
        self.db.executemany(f"update {self.table.name} set {sets} where rid = ?", rows)


def _seconds(context: Context) -> int:
    return int(context.now.timestamp())


def _follows(db: sqlite3.Connection, context: Context) -> bool:
    """Whether it is a later moment of the same local day, so that only what happened in between counts."""
    known = dict(db.execute("select key, value from meta where key in ('day', 'zone', 'computed')"))
    same = (known.get("day"), known.get("zone")) == (context.today.isoformat(), context.settings.timezone)
    return same and bool(known["computed"] <= context.now.timestamp())


def _watch(db: sqlite3.Connection, layout: Layout, context: Context, reach: Reach | None) -> None:
    """Notes the moments ahead at which something will be different, and up to when all is worked out."""
    now = _seconds(context)
    # A moment that is this very second stays: some things happen at it and others once it is over.
    db.execute("delete from later where key < ?" if reach else "delete from later", (now,) if reach else ())
    for table in layout.tables.values():
        ids = None if reach is None else reach.touched(table.kind.name)
        if ids is not None and not ids:
            continue
        chosen = "" if ids is None else " and id in (select value from json_each(?))"
        for slot in table.slots.values():
            if slot.type in ("date", "moment"):
                key = quoted(f"{slot.name}:k")
                parameters = (now, *(as_list(ids) if ids is not None else ()))
                sql = f"insert or ignore into later select {key}, rid from {table.name} where {key} >= ?{chosen}"
                db.execute(sql, parameters)
    known = {
        "day": context.today.isoformat(),
        "zone": context.settings.timezone,
        "computed": context.now.timestamp(),
        "next": db.execute("select min(key) from later").fetchone()[0],
    }
    db.executemany("insert or replace into meta values (?, ?)", known.items())
