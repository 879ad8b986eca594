"""Works out computed values, for all records or for those that a change reaches, and keeps track of the time."""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from crm_cli.base.lean import dataclass
from crm_cli.schema.context import Context
from crm_cli.schema.field import Derived, Rollup
from crm_cli.schema.kind import Kind
from crm_cli.store.index.computed import Form, blank
from crm_cli.store.index.delta import Delta
from crm_cli.store.index.graph import Graph, Node
from crm_cli.store.index.layout import KindTable, Layout, quoted
from crm_cli.store.index.lists import as_list
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
        """Works them out and writes them; says whose changed, where only some are worked out."""
        steps = [(name, self._step(name)) for name in self.names]
        moved: dict[Node, set[str]] = {(self.kind.name, name): set() for name in self.names}
        form, rows = Form(self.table, self.context.settings), []
        for rid, id, known in self._records():
            before = dict(known) if self.ids is not None else {}
            for name, step in steps:
                known[name] = step(id, known)
                if before and known[name] != before[name]:
                    moved[self.kind.name, name].add(id)
            rows.append((*form.row(known), rid))
        self._write(rows)
        return moved

    def _step(self, name: str) -> Callable[[str, Values], Any]:
        """What gives the value for an id and what is known of it: its fields, and the values worked out before."""
        one = self.kind.computed_by_name[name]
        if isinstance(one, Rollup):
            folded, nothing = fold_up(self.db, self.layout, self.kind, one, self.context, self.ids), blank(one)
            return lambda id, _known: folded.get(id, nothing)
        needs, work, context = one.needs, one.work, self.context
        return lambda _id, known: work(*[known[need] for need in needs], context)

    def _inputs(self) -> list[str]:
        """What is to be read: the computed values as they are, but not those that are all new, and the needs."""
        own = [one.name for one in self.kind.computed if self.ids is not None or one.name not in self.names]
        derived = [one for name in self.names if isinstance(one := self.kind.computed_by_name[name], Derived)]
        needed = dict.fromkeys(need for one in derived for need in one.needs)
        return [*own, *(need for need in needed if need not in self.kind.computed_by_name)]

    def _records(self) -> Iterator[tuple[int, str, Values]]:
        """Row, id, and what is known of each record before."""
        scope, names = Scope(self.layout, self.context.settings), self._inputs()
        found = [column(scope, self.table, "t", tuple(name.split("."))) for name in names]
        where = (
            ""
            if self.ids is None
            else f" where t.id in (select value from json_each({scope.bind(as_list(self.ids)[0])}))"
        )
        columns = "".join(f", {sql}" for sql, _ in found)
        decoders = [(name, decode) for name, (_, decode) in zip(names, found, strict=True) if decode]
        for row in self.db.execute(f"select t.rid, t.id{columns} from {self.table.name} t{where}", scope.parameters):
            known = dict(zip(names, row[2:], strict=True))
            for name, decode in decoders:
                known[name] = decode(known[name])
            yield row[0], row[1], known

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
