"""What every computed value is made from, and so the order in which they are worked out."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from crm_cli.base.lean import dataclass
from crm_cli.schema.condition import Path
from crm_cli.schema.context import Context
from crm_cli.schema.field import Computed, Rollup
from crm_cli.store.index.layout import Layout
from crm_cli.store.index.places import Scope
from crm_cli.store.index.rollups import counted, paths_of

Node = tuple[str, str]
"""Kind and name of a computed value."""


@dataclass(frozen=True)
class Graph:
    """The computed values of all kinds and their needs."""

    layout: Layout
    context: Context

    @cached_property
    def scope(self) -> Scope:
        """For asking where paths lead; no statement is made with it."""
        return Scope(self.layout, self.context.settings)

    @cached_property
    def nodes(self) -> Mapping[Node, Computed]:
        """Every computed value."""
        return {(kind.name, one.name): one for kind in self.layout.kinds.all for one in kind.computed}

    def needs(self, node: Node) -> list[tuple[str, Path]]:
        """Kind and path of everything that a value is made from."""
        one = self.nodes[node]
        if not isinstance(one, Rollup):
            return [(node[0], tuple(need.split("."))) for need in one.needs]
        source = self.layout.kinds[one.source].name
        names = [(one.field,), (one.give,), *paths_of(counted(one, self.context))]
        return [(source, path) for path in names if path[0]]

    def behind(self, kind: str, path: Path) -> list[Node]:
        """The computed values that a path reads, of this kind or of those that it crosses to."""
        if (kind, path[0]) in self.nodes:
            return [(kind, path[0])]
        crossing = self.scope.link(self.layout.tables[kind], path)
        if crossing is None or not crossing[1]:
            return []
        return [node for target in crossing[0].kinds for node in self.behind(target.kind.name, crossing[1])]

    def batches(self) -> Iterator[list[Node]]:
        """Every value once, behind those that it needs; those of one kind together as far as can be."""
        left, done = list(self.nodes), set[Node]()
        while left:
            ready = [self._ready(kind.name, left, done) for kind in self.layout.kinds.all]
            whole = [batch for batch in ready if batch and len(batch) == sum(n[0] == batch[0][0] for n in left)]
            batch = whole[0] if whole else max(ready, key=len)
            if not batch:
                raise ValueError(f"computed values that need each other: {left}")
            yield batch
            done.update(batch)
            left = [node for node in left if node not in done]

    def _ready(self, kind: str, left: list[Node], done: set[Node]) -> list[Node]:
        found: list[Node] = []
        waiting = [node for node in left if node[0] == kind]
        while more := [node for node in waiting if node not in found and self._is_ready(node, done, found)]:
            found += more
        return found

    def _is_ready(self, node: Node, done: set[Node], found: list[Node]) -> bool:
        own, others = self._sources[node]
        return done.issuperset(others) and all(need in done or need in found for need in own)

    @cached_property
    def _sources(self) -> Mapping[Node, tuple[list[Node], list[Node]]]:
        """For each value those it needs of the record itself, which can come from the same batch, and of others."""
        found: dict[Node, tuple[list[Node], list[Node]]] = {node: ([], []) for node in self.nodes}
        for node, (own, others) in found.items():
            for kind, path in self.needs(node):
                is_own = len(path) == 1 and not isinstance(self.nodes[node], Rollup)
                (own if is_own else others).extend(self.behind(kind, path))
        return found
