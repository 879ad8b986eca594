"""Which records an update reaches: those whose computed values may be others than before."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import field

from crm_cli.base.lean import dataclass
from crm_cli.schema.condition import Path
from crm_cli.schema.field import Rollup
from crm_cli.store.index.delta import Delta
from crm_cli.store.index.graph import Graph, Node
from crm_cli.store.index.lists import as_list
from crm_cli.store.index.places import Link


@dataclass
class Reach:
    """`delta` is what changed in the files, `moved` holds the ids whose computed value changed, as far as done."""

    db: sqlite3.Connection
    graph: Graph
    delta: Delta
    moved: dict[Node, set[str]] = field(default_factory=dict)

    def of(self, node: Node) -> set[str]:
        """The ids, of the node's kind, that this value is to be worked out for again."""
        one, found = self.graph.nodes[node], set(self._changed(node[0]))
        if isinstance(one, Rollup):
            return found | self._by_links(node, one)
        return found.union(*(self._by_need(kind, path) for kind, path in self.graph.needs(node)))

    def touched(self, kind: str) -> set[str]:
        """The ids of a kind of which anything changed: the file, or a computed value."""
        moved = (ids for (name, _), ids in self.moved.items() if name == kind)
        return self._changed(kind).union(*moved)

    def _changed(self, kind: str) -> set[str]:
        return self.delta.ids.get(kind, set())

    def _by_need(self, kind: str, path: Path) -> set[str]:
        """Records for which the path reads a computed value that moved, or looks into a record that changed."""
        if (kind, path[0]) in self.graph.nodes:
            return self.moved.get((kind, path[0]), set())
        crossing = self.graph.scope.link(self.graph.layout.tables[kind], path)
        if crossing is None or not (crossing[1] or crossing[0].back):
            return set()
        return self._looking_at(kind, *crossing)

    def _looking_at(self, kind: str, link: Link, rest: Path) -> set[str]:
        found: set[str] = set()
        for target in link.kinds:
            name = target.kind.name
            ids = self._changed(name) | (self._by_need(name, rest) if rest else set())
            if link.back:
                found |= self._led_to(name, link.fields, ids)
                found.update(*(self.delta.edges.get((name, field), ()) for field in link.fields))
            else:
                found |= self._leading_to(kind, link.fields, ids)
        return found

    def _leading_to(self, kind: str, fields: Sequence[str], ids: Iterable[str]) -> set[str]:
        """Records of a kind that link to one of these."""
        return self._ends(
            "r.id from json_each(?) j join link l on l.id = j.value join record r on r.rid = l.src", kind, fields, ids
        )

    def _led_to(self, kind: str, fields: Sequence[str], ids: Iterable[str]) -> set[str]:
        """What these records of a kind link to."""
        return self._ends(
            "l.id from json_each(?) j join record r on r.id = j.value join link l on l.src = r.rid", kind, fields, ids
        )

    def _ends(self, source: str, kind: str, fields: Sequence[str], ids: Iterable[str]) -> set[str]:
        sql = f"select {source} where r.kind = ? and l.field in ({', '.join('?' * len(fields))})"
        return {id for (id,) in self.db.execute(sql, (*as_list(ids), kind, *fields))}

    def _by_links(self, node: Node, rollup: Rollup) -> set[str]:
        """What the records of the source that changed lead or led to, by one step or by two."""
        source = self.graph.layout.kinds[rollup.source]
        moved = set[str]().union(*(self._by_need(kind, path) for kind, path in self.graph.needs(node)))
        found: set[str] = set()
        for way in rollup.paths:
            first, _, second = way.partition(".")
            ends = self.delta.edges.get((source.name, first), set()) | self._led_to(source.name, (first,), moved)
            if second:
                middles = [name for name in source.by_name[first].to if name in self.graph.layout.tables]
                ends = set[str]().union(
                    *(self.delta.edges.get((middle, second), set()) for middle in middles),
                    *(self._led_to(middle, (second,), ends) for middle in middles),
                )
            found |= ends
        return found
