"""Clones of a book in memory: commits, and a sync as crm does it, without a process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm_cli.kinds import KINDS
from crm_cli.store.sync.combine import combine

Tree = dict[str, bytes]


@dataclass(frozen=True)
class Commit:
    """One commit in memory."""

    parents: tuple[str, ...]
    tree: Tree
    time: int
    touched: tuple[str, ...]


@dataclass
class Repository:
    """All commits of all clones; answers what a merge asks, as `GitHistory` does."""

    commits: dict[str, Commit] = field(default_factory=dict)

    def add(self, parents: Sequence[str], tree: Tree, time: int) -> str:
        name = f"{len(self.commits):08d}"
        before = self.commits[parents[0]].tree if parents else {}
        touched = tuple(path for path in {**before, **tree} if before.get(path) != tree.get(path))
        self.commits[name] = Commit(tuple(parents), tree, time, touched)
        return name

    def ancestors(self, commit: str) -> set[str]:
        found, open_ = set(), [commit]
        while open_:
            name = open_.pop()
            if name not in found:
                found.add(name)
                open_ += self.commits[name].parents
        return found

    def merge_bases(self, ours: str, theirs: str) -> Sequence[str]:
        common = self.ancestors(ours) & self.ancestors(theirs)
        below = {parent for name in common for parent in self.commits[name].parents}
        covered = set().union(*(self.ancestors(name) for name in below)) if below else set()
        return sorted(common - covered)

    def differing(self, ours: str, theirs: str) -> Sequence[str]:
        x, y = self.commits[ours].tree, self.commits[theirs].tree
        return sorted(path for path in {**x, **y} if x.get(path) != y.get(path))

    def contents(self, commit: str, paths: Sequence[str]) -> Sequence[bytes | None]:
        return [self.commits[commit].tree.get(path) for path in paths]

    def last_edits(self, side: str, without: Sequence[str]) -> Mapping[str, int]:
        known = set().union(*(self.ancestors(name) for name in without)) if without else set()
        found: dict[str, int] = {}
        for name in self.ancestors(side) - known:
            commit = self.commits[name]
            if len(commit.parents) < 2:
                for path in commit.touched:
                    found[path] = max(commit.time, found.get(path, 0))
        return found


@dataclass
class Clone:
    """One machine: where its branch stands, and how its clock is wrong."""

    all: Repository
    head: str
    skew: int = 0

    @property
    def tree(self) -> Tree:
        return self.all.commits[self.head].tree

    def commit(self, path: str, data: bytes | None, now: int) -> None:
        tree = {**self.tree, path: data} if data is not None else {p: d for p, d in self.tree.items() if p != path}
        self.head = self.all.add([self.head], tree, max(now + self.skew, self.all.commits[self.head].time))  # type: ignore[arg-type]

    def take(self, theirs: str) -> None:
        """Merge another head into ours as the service does: forward where that is all, else with two parents."""
        combined = combine(self.all, KINDS, self.head, theirs, "book")
        if combined.up_to_date or self.head == theirs:
            return
        if combined.fast_forward:
            self.head = theirs
            return
        tree = dict(self.tree)
        for path, (_, data) in combined.came.items():
            if data is None:
                tree.pop(path, None)
            else:
                tree[path] = data
        times = (self.all.commits[self.head].time, self.all.commits[theirs].time)
        self.head = self.all.add([self.head, theirs], tree, max(times))
