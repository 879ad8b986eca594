"""Clones of a book in memory: commits, edits that leave a mark, and a sync as crm does it, without a process."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from crm_cli.base.dates import stamp_of
from crm_cli.kinds import KINDS
from crm_cli.schema.convert import build, file_tree, load
from crm_cli.schema.record import Item, Record
from crm_cli.schema.settings import Settings
from crm_cli.store.codec import Document, emit, parse, splice
from crm_cli.store.merge import splice_of
from crm_cli.store.sync.combine import combine

BOOK = Settings(timezone="Asia/Kolkata")
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
        """Merge another head into ours, as the service does: forward where that is all, else a commit of two parents."""
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


@dataclass
class World:
    """Several clones, the remote they share, and which marks somebody has taken away knowingly."""

    random: random.Random
    all: Repository = field(default_factory=Repository)
    clones: list[Clone] = field(default_factory=list)
    remote: str = ""
    now: int = 1_700_000_000
    marks: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)

    @staticmethod
    def begin(seed: int, clones: int = 3) -> "World":
        world = World(random.Random(seed))
        files = {path: emit(file_tree(_record(path, {"name": path[-11:-5]}), BOOK), _kind(path).groups) for path in PATHS[:2]}
        world.remote = world.all.add([], {"crm.yaml": b"format: 1\n", **files}, world.now)
        skews = [0, world.random.choice((0, -500, 5000)), world.random.choice((0, 40))]
        world.clones = [Clone(world.all, world.remote, skew) for skew in skews[:clones]]
        return world

    def mark(self, path: str) -> str:
        mark = f"mark{len(self.marks)}z"
        self.marks[mark] = path
        return mark

    def sync(self, clone: Clone) -> None:
        clone.take(self.remote)
        self.remote = clone.head

    def step(self) -> None:
        """Something that happens to one of the clones."""
        self.now += self.random.choice((0, 1, 60))
        clone = self.random.choice(self.clones)
        act = self.random.random()
        if act < 0.25:
            self.sync(clone)
        elif act < 0.32:
            clone.take(self.random.choice(self.clones).head)  # two laptops on one table: criss-cross
        else:
            self.edit(clone)

    def edit(self, clone: Clone) -> None:
        path = self.random.choice(PATHS)
        data = clone.tree.get(path)
        if data is None:
            name = self.mark(path)
            made = _record(path, {"name": name})
            clone.commit(path, emit(file_tree(made, BOOK), made.kind_.groups), self.now)
            return
        if self.random.random() < 0.08:
            self.gone |= _marks_in(data)
            self.deleted.add(path)
            clone.commit(path, None, self.now)
            return
        document = parse(data, path)
        assert isinstance(document, Document)
        before = load(_kind(path), _stem(path), path, document.root, BOOK)
        after = self.random.choice(EDITS[_kind(path).name])(self, before)
        new = splice(document, splice_of(before, after, BOOK), after.kind_.file_order)
        self.gone |= _marks_in(data) - _marks_in(new)
        clone.commit(path, new, self.now)

    def settle(self) -> None:
        """Everybody syncs, three times at most."""
        for _ in range(3):
            for clone in self.clones:
                self.sync(clone)

    def lost(self) -> set[str]:
        """Marks that nobody took away and that stand nowhere any more."""
        there = set().union(*map(_marks_in, self.clones[0].tree.values()))
        return set(self.marks) - self.gone - there

    def returned(self) -> set[str]:
        """Marks that somebody took away and that stand in a field again; a record that outlived a removal has all."""
        fields = {path: data.partition(b"\nconflicts:")[0] for path, data in self.clones[0].tree.items()}
        there = set().union(*(_marks_in(data) for path, data in fields.items() if path not in self.deleted))
        return there & self.gone


PATHS = (
    "contacts/one-k7m3q1.yaml",
    "deals/two-k7m3q2.yaml",
    "contacts/new-k7m3q3.yaml",
    "tasks/do-k7m3q4.yaml",
)


def _kind(path: str) -> Any:
    kind = KINDS.of_path(path)
    assert kind is not None
    return kind


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")


def _record(path: str, values: Mapping[str, Any]) -> Record:
    return build(_kind(path), {**values, "id": _stem(path), "path": path})


def _marks_in(data: bytes) -> set[str]:
    return set(re.findall(r"mark\d+z", data.decode()))


def _text(name: str) -> Any:
    def edit(world: World, record: Record) -> Record:
        return replace(record, **{name: world.mark(record.path)})

    return edit


def _cleared(name: str) -> Any:
    def edit(_world: World, record: Record) -> Record:
        return replace(record, **{name: None})

    return edit


def _tag_added(world: World, record: Record) -> Record:
    return replace(record, tags=(*record.tags, world.mark(record.path)))


def _tag_removed(world: World, record: Record) -> Record:
    return replace(record, tags=tuple(tag for tag in record.tags if world.random.random() < 0.5))


def _mail_added(world: World, record: Any) -> Record:
    item = Item(world.random.choice((None, "work")), f"{world.mark(record.path)}@acme.example")
    emails = [*record.emails]
    emails.insert(world.random.randint(0, len(emails)), item)
    return replace(record, emails=tuple(emails))


def _mail_labelled(world: World, record: Any) -> Record:
    emails = [Item(world.mark(record.path), item.value) for item in record.emails[:1]]
    return replace(record, emails=(*emails, *record.emails[1:]))


def _noted(world: World, record: Record) -> Record:
    lines = (record.notes or "").splitlines()
    lines.insert(world.random.randint(0, len(lines)), world.mark(record.path))
    return replace(record, notes="\n".join(lines) + "\n")


def _custom(world: World, record: Record) -> Record:
    key = world.random.choice(("allergy", "size"))
    return replace(record, custom={**record.custom, key: world.mark(record.path)})


def _unknown(world: World, record: Record) -> Record:
    return replace(record, next_step=world.mark(record.path)) if hasattr(record, "next_step") else _custom(world, record)


def _moved(world: World, record: Any) -> Record:
    stage = world.random.choice(("proposal", "negotiation", "won", "lost"))
    day = stamp_of(world.random.choice((_DAY, _LATER)))
    reason = "price" if stage == "lost" else None
    return replace(record, stage=stage, closed_at=day if stage in ("won", "lost") else None, lost_reason=reason)


def _done(world: World, record: Any) -> Record:
    return replace(record, done=tuple(dict.fromkeys((*record.done, stamp_of(world.random.choice((_DAY, _LATER)))))))


_DAY, _LATER = date(2026, 11, 20), date(2026, 11, 27)
_COMMON = [_text("name"), _text("source"), _cleared("source"), _tag_added, _tag_removed, _noted, _custom, _unknown]
EDITS: dict[str, list[Any]] = {
    "contact": [*_COMMON, _text("title"), _text("nickname"), _cleared("title"), _mail_added, _mail_labelled],
    "deal": [*_COMMON, _moved],
    "task": [*_COMMON, _done],
}
